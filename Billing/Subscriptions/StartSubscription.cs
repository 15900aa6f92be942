using Billing.Orders;
using Database;
using Database.Work;

namespace Billing.Subscriptions;

/// <summary>Begins what a paid line promises: the subscription, and the work that delivers it, in the transaction of the payment.</summary>
public static class StartSubscription
{
    /// <summary>Starts the line's subscription and adds its work. A line that renews moves the end of its subscription instead.</summary>
    /// <param name="tx">The transaction in which the order became paid.</param>
    /// <param name="line">A line of the paid order.</param>
    /// <param name="period">The period that was paid (UTC).</param>
    /// <param name="now">The instant (UTC).</param>
    public static async Task Run(Tx tx, SalesOrderLine line, (DateTimeOffset From, DateTimeOffset To) period, DateTimeOffset now)
    {
        if (line.SubscriptionId is { } renewed)
        {
            var args = new { line.AccountId, Id = renewed, period.From, period.To };
            if (await tx.Execute(Sql.Renew, args) != 1)
                throw new InvalidOperationException($"{renewed} is not paid until {period.From:O}; the line {line.Id} cannot renew it.");
            return;
        }

        await tx.Execute(Sql.Insert, new
        {
            Id = Id.New<SubscriptionId>(now),
            line.AccountId,
            line.OrderId,
            OrderLineId = line.Id,
            line.ItemCode,
            line.Region,
            line.Description,
            Resource = line.WorkResource ?? line.Id.Value,
            StockHeld = line.Counted,
            StartedAt = period.From,
            PeriodEnd = period.To,
        });
        await WorkQueue.Add(
            tx,
            new NewWork(RenewSubscription.Command, line.WorkResource ?? line.Id.Value)
            {
                AccountId = line.AccountId,
                DedupKey = $"renew:{line.WorkResource ?? line.Id.Value}",
                NotBefore = period.To,
            },
            now);
        if (line.WorkCommand is null) return;
        await WorkQueue.Add(
            tx,
            new NewWork(line.WorkCommand, line.WorkResource ?? line.Id.Value)
            {
                AccountId = line.AccountId,
                Input = line.WorkInput,
                DedupKey = $"line:{line.Id}",
                PromisedAt = line.PromisedSeconds is { } seconds ? now.AddSeconds(seconds) : null,
            },
            now);
    }

    internal static class Sql
    {
        public const string Insert = """
            insert into Subscription (Id, AccountId, OrderId, OrderLineId, ItemCode, Region, Description, Resource, StockHeld, State,
                StartedAt, PeriodEnd)
            values (@Id, @AccountId, @OrderId, @OrderLineId, @ItemCode, @Region, @Description, @Resource, @StockHeld, 'active',
                @StartedAt, @PeriodEnd)
            """;

        public const string Renew = """
            update Subscription
            set PeriodEnd = @To
            where AccountId = @AccountId and Id = @Id and PeriodEnd = @From
            """;
    }
}
