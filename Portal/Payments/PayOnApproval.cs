using Billing.Orders;
using Database;
using Portal.Access;
using Portal.Approvals;

namespace Portal.Payments;

/// <summary>A payment out of the account's credit that somebody else has to approve.</summary>
internal sealed class PayOnApproval(PayFromWallet payFromWallet) : IAskable
{
    public string Action => "order.pay";

    /// <param name="token">Tells one form from another: a double click asks once.</param>
    public static NewApproval Ask(SalesOrder order, IReadOnlyList<SalesOrderLine> lines, string token, string? reason) => new(
        "order.pay",
        Permissions.BillingPay,
        $"pay:{order.Id}:{token}",
        $"Pay from the credit: {(lines.Count > 0 ? lines[0].Description : order.Id.Value)}",
        order.Total)
    {
        Resource = order.Id.Value,
        Reason = reason,
    };

    public Task<Func<Tx, Task<AskedOutcome>>> Prepare(Approval approval, DateTimeOffset now)
    {
        var order = SalesOrderId.From(approval.Resource!);
        return Task.FromResult<Func<Tx, Task<AskedOutcome>>>(async tx => await payFromWallet.Run(tx, approval.AccountId.Value, order, now) switch
        {
            WalletPaymentOutcome.Paid => new AskedOutcome.Done(order.Value, order.Value),
            WalletPaymentOutcome.NotEnough little =>
                new AskedOutcome.NotNow($"The credit of {little.Balance.Show()} does not cover {little.Total.Show()}. Nothing was taken from it."),
            WalletPaymentOutcome.SoldOut => new AskedOutcome.NotNow("It is sold out, so nothing was paid."),
            WalletPaymentOutcome.NotPayable => new AskedOutcome.NotNow("The order does not wait for a payment any more. Decline this."),
            _ => new AskedOutcome.NotNow("There is no such order any more. Decline this."),
        });
    }
}
