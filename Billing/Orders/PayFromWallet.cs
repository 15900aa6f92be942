using Billing.Invoices;
using Billing.Ledger;
using Billing.Prices;
using Billing.Tax;
using Database;

namespace Billing.Orders;

/// <summary>How paying with credit ended.</summary>
public abstract record WalletPaymentOutcome
{
    private WalletPaymentOutcome()
    {
    }

    /// <summary>Paid, invoiced, its work is added.</summary>
    public sealed record Paid(IssuedDocument Invoice, DateTimeOffset? PromisedAt) : WalletPaymentOutcome;

    /// <summary>The credit does not cover the order; nothing was spent.</summary>
    public sealed record NotEnough(Money Balance, Money Total) : WalletPaymentOutcome;

    /// <summary>None was left: the order is cancelled, nothing was spent.</summary>
    public sealed record SoldOut(string ItemCode, string Region) : WalletPaymentOutcome;

    /// <summary>It does not wait for a payment (any more); nothing was spent.</summary>
    public sealed record NotPayable(string State) : WalletPaymentOutcome;

    /// <summary>There is no such order of this account.</summary>
    public sealed record UnknownOrder : WalletPaymentOutcome;
}

/// <summary>Pays an order whole out of the customer's credit.</summary>
public sealed class PayFromWallet(Supplier supplier)
{
    private readonly SettleOrder settleOrder = new(supplier);

    /// <summary>Pays the order. Two concurrent spenders never spend the same credit.</summary>
    public async Task<WalletPaymentOutcome> Run(Tx tx, string accountId, SalesOrderId orderId, DateTimeOffset now)
    {
        var balance = await Wallet.Hold(tx, accountId);
        if (await SalesOrder.Find(tx, accountId, orderId) is not { } order) return new WalletPaymentOutcome.UnknownOrder();
        if (order.State != SalesOrder.AwaitingPayment) return new WalletPaymentOutcome.NotPayable(order.State);
        if (balance < order.Total) return new WalletPaymentOutcome.NotEnough(balance, order.Total);
        return await settleOrder.Run(tx, order, new PaidWith.Credit(balance), now) switch
        {
            SettleOutcome.Settled settled => new WalletPaymentOutcome.Paid(settled.Invoice, settled.PromisedAt),
            SettleOutcome.SoldOut missing => new WalletPaymentOutcome.SoldOut(missing.ItemCode, missing.Region),
            SettleOutcome.NotPayable not => new WalletPaymentOutcome.NotPayable(not.State),
            _ => throw new InvalidOperationException("Unknown outcome of a settlement."),
        };
    }
}
