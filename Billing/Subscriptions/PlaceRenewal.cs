using System.Globalization;
using Billing.Orders;
using Database;

namespace Billing.Subscriptions;

/// <summary>Orders the next month of everything that belongs to one thing of a customer's, at today's price.</summary>
public sealed class PlaceRenewal(PlaceSalesOrder placeSalesOrder)
{
    /// <summary>Places the order, in the caller's transaction; the same month a second time is the first order.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="accountId">The customer's account.</param>
    /// <param name="resource">What is paid for, e.g. <c>srv_…</c>.</param>
    /// <param name="now">The instant (UTC).</param>
    /// <returns>Null when nothing of it is billed any more.</returns>
    public async Task<OrderOutcome?> Run(Tx tx, string accountId, string resource, DateTimeOffset now)
    {
        var active = (await Subscription.Of(tx, accountId, resource)).Where(subscription => subscription.State == Subscription.Active).ToList();
        if (active.Count == 0) return null;
        var lines = active.Select(subscription => new WantedLine(subscription.ItemCode, subscription.Region, subscription.Description)
        {
            WorkResource = subscription.Resource,
            SubscriptionId = subscription.Id.Value,
        });
        var until = active.Min(subscription => subscription.PeriodEnd).UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        return await placeSalesOrder.Run(
            tx, new OrderRequest(accountId, null, [.. lines]) { IdempotencyKey = $"renewal:{resource}:{until}" }, now);
    }
}
