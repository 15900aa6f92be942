using Billing.Orders;
using Database;
using Portal.Access;
using Portal.Identity;

namespace Portal.Payments;

/// <summary>Pays an order with the account's credit, which counts against the payer's monthly limit unless they ordered it, which did.</summary>
internal static class PayWithinLimit
{
    public static async Task<(WalletPaymentOutcome? Outcome, BeyondLimit? Beyond)> Run(
        HttpContext context, Db db, PayFromWallet payFromWallet, SalesOrderId order, DateTimeOffset now)
    {
        var who = context.SignedIn();
        // what they hold on the server that it is for counts, and nothing that they hold on others
        var server = await db.One<string>(Sql.Server, new { who.AccountId, OrderId = order });
        var limit = context.Access().SpendLimitPaise(Permissions.BillingPay, server);
        try
        {
            return (await db.Write(async tx =>
            {
                var outcome = await payFromWallet.Run(tx, who.AccountId.Value, order, now);
                if (outcome is not WalletPaymentOutcome.Paid paid) return outcome;
                var beyond = await SpendLimit.Count(tx, who.AccountId, who.PersonId, order.Value, paid.Invoice.Total, limit, now);
                return beyond is null ? outcome : throw new BeyondLimitException(beyond);
            }), null);
        }
        catch (BeyondLimitException limited)
        {
            return (null, limited.Beyond);
        }
    }

    internal static class Sql
    {
        public const string Server = "select min(ServerId) from ServerOrder where AccountId = @AccountId and SalesOrderId = @OrderId";
    }
}
