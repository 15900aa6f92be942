using Billing.Prices;
using Database;
using Database.Audit;
using Database.Work;

namespace Billing.Subscriptions;

/// <summary>The input of <c>server.ended</c> and <c>server.resumed</c>.</summary>
/// <param name="ServerId">The server.</param>
/// <param name="At">When it was deleted or brought back (UTC).</param>
/// <param name="Gone">True when it is gone for good: its place in the region is free again.</param>
public sealed record ServerEvent(string ServerId, DateTimeOffset At, bool Gone = false);

/// <summary>
/// <c>server.ended</c>: what was paid for is deleted. Its subscriptions are billed no more; once it is gone its stock is given back,
/// exactly once. Events may come in any order: the later instant wins.
/// </summary>
internal sealed class ServerEnded(Db db) : IWorkHandler
{
    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var ended = context.Input<ServerEvent>();
        var subscriptions = await db.Query<Subscription>(Sql.OfResource, new { Resource = ended.ServerId });
        return new WorkOutcome.Done(async tx =>
        {
            foreach (var subscription in subscriptions)
            {
                if (await tx.Execute(Sql.End, new { subscription.AccountId, subscription.Id, ended.At }) == 1)
                    await tx.Record(Event("subscriptions.ended", subscription), context.Now);
                if (ended.Gone) await GiveBack(tx, subscription);
            }
        });
    }

    internal static AuditEvent Event(string action, Subscription subscription) => new(action)
    {
        AccountId = subscription.AccountId, Resource = subscription.Id.Value, After = new { subscription.Description },
    };

    internal static async Task GiveBack(Tx tx, Subscription subscription)
    {
        if (await tx.Execute(Sql.Release, new { subscription.AccountId, subscription.Id }) == 1)
            await Stock.GiveBack(tx, subscription.ItemCode, subscription.Region);
    }

    internal static class Sql
    {
        public const string OfResource = $"""
            -- all accounts: the worker knows the server, whoever it belongs to
            select {Subscription.Sql.Columns}
            from Subscription
            where Resource = @Resource
            """;

        public const string End = """
            update Subscription
            set State = 'ended', EndedAt = @At
            where AccountId = @AccountId and Id = @Id and State = 'active' and (ResumedAt is null or ResumedAt < @At)
            """;

        public const string Release = """
            update Subscription
            set StockHeld = 0
            where AccountId = @AccountId and Id = @Id and State = 'ended' and StockHeld = 1
            """;
    }
}

/// <summary><c>server.resumed</c>: a deleted server was brought back before it was purged; it is billed again, not for the
/// days in between when its paid month ended meanwhile.</summary>
internal sealed class ServerResumed(Db db) : IWorkHandler
{
    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var resumed = context.Input<ServerEvent>();
        var subscriptions = await db.Query<Subscription>(ServerEnded.Sql.OfResource, new { Resource = resumed.ServerId });
        return new WorkOutcome.Done(async tx =>
        {
            foreach (var subscription in subscriptions)
            {
                if (await tx.Execute(Sql.Resume, new { subscription.AccountId, subscription.Id, resumed.At }) == 1)
                    await tx.Record(ServerEnded.Event("subscriptions.resumed", subscription), context.Now);
            }
        });
    }

    internal static class Sql
    {
        public const string Resume = """
            update Subscription
            set State = 'active', ResumedAt = @At, EndedAt = null,
                StartedAt = case when PeriodEnd < @At then @At else StartedAt end,
                PeriodEnd = case when PeriodEnd < @At then @At else PeriodEnd end
            where AccountId = @AccountId and Id = @Id
                and (EndedAt is null or EndedAt < @At)
                and (ResumedAt is null or ResumedAt < @At)
            """;
    }
}
