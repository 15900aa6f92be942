using Billing.Orders;
using Database;
using Database.Work;
using Microsoft.Extensions.Options;

namespace Billing.Subscriptions;

/// <summary>
/// <c>subscription.renew</c>: one item for each thing that is paid for, asleep until its period ends. Then the next period is paid out of
/// the customer's credit, or an order for it is raised and waits; the item looks again every day. One period at a time, so that a long
/// standstill is made up month by month.
/// </summary>
internal sealed class RenewSubscription(PlaceSalesOrder placeSalesOrder, PayFromWallet payFromWallet, IOptions<OrderOptions> options)
    : IWorkHandler
{
    internal const string Command = "subscription.renew";
    private static readonly TimeSpan LookAgain = TimeSpan.FromDays(1);

    // a deleted server can be brought back for a while; after that nothing is left to renew
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(60);

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var (account, resource, now) = (context.Item.AccountId!, context.Item.Resource, context.Now);
        return await context.Write(tx => Renew(tx, account, resource, now)) is { } next
            ? new WorkOutcome.Again(next, "waiting", "Looks again when the period ends, or for the payment.")
            : new WorkOutcome.Done();
    }

    /// <summary>Renews what is due; when to look again, or null when nothing is left.</summary>
    internal async Task<DateTimeOffset?> Renew(Tx tx, string accountId, string resource, DateTimeOffset now)
    {
        var all = await Subscription.Of(tx, accountId, resource);
        var open = await tx.One<SalesOrderId?>(Sql.OpenRenewal, new { AccountId = accountId, Resource = resource });
        var active = all.Where(one => one.State == Subscription.Active).ToList();
        if (active.Count == 0)
        {
            if (open is { } pointless) await CancelOrder.Run(tx, accountId, pointless, now);
            return all.Max(one => one.EndedAt) > now - Forgotten ? now + LookAgain : null;
        }

        var end = active.Min(one => one.PeriodEnd);
        if (end > now) return end;
        var order = open ?? await Place(tx, accountId, [.. active.Where(one => one.PeriodEnd == end)], now);
        if (await payFromWallet.Run(tx, accountId, order, now) is not WalletPaymentOutcome.Paid) return now + LookAgain;
        return (await Subscription.Of(tx, accountId, resource)).Where(one => one.State == Subscription.Active).Min(one => one.PeriodEnd);
    }

    private async Task<SalesOrderId> Place(Tx tx, string accountId, IReadOnlyList<Subscription> due, DateTimeOffset now)
    {
        var lines = due.Select(one => new WantedLine(one.ItemCode, one.Region, one.Description)
        {
            WorkResource = one.Resource,
            SubscriptionId = one.Id.Value,
        });
        var request = new OrderRequest(accountId, null, [.. lines]) { PayWithin = options.Value.PayRenewalWithin };
        return await placeSalesOrder.Run(tx, request, now) is OrderOutcome.Placed placed
            ? placed.Id
            : throw new InvalidOperationException($"{due[0].Resource} of {accountId} cannot be renewed: its price or the billing details are gone.");
    }

    internal static class Sql
    {
        public const string OpenRenewal = """
            select o.Id
            from SalesOrder o
            where o.AccountId = @AccountId
                and o.State = 'awaiting_payment'
                and exists (
                    select 1
                    from SalesOrderLine l
                    where l.OrderId = o.Id and l.AccountId = @AccountId and l.WorkResource = @Resource and l.SubscriptionId is not null
                )
            order by o.Id
            """;
    }
}
