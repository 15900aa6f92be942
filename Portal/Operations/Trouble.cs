using Database;
using Portal.Servers;

namespace Portal.Operations;

/// <summary>An order that is paid and not delivered although its promise is over.</summary>
internal sealed record LateOrder
{
    public ServerId ServerId { get; init; }

    public string OrderId { get; init; } = "";

    public string AccountId { get; init; } = "";

    public string AccountName { get; init; } = "";

    public string Hostname { get; init; } = "";

    public string Region { get; init; } = "";

    public DateTimeOffset? PaidAt { get; init; }

    public DateTimeOffset? PromisedAt { get; init; }

    public string? Step { get; init; }

    public string? Message { get; init; }

    public int? Attempts { get; init; }

    public string? ErrorText { get; init; }
}

/// <summary>Work that was given up.</summary>
internal sealed record FailedWork
{
    public string Id { get; init; } = "";

    public string Command { get; init; } = "";

    public string Resource { get; init; } = "";

    public string? AccountId { get; init; }

    public int Attempts { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorText { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset EndedAt { get; init; }
}

/// <summary>A message of the gateway that changed nothing, and why.</summary>
internal sealed record IdleWebhook
{
    public string EventId { get; init; } = "";

    public string Event { get; init; } = "";

    public string State { get; init; } = "";

    public string? Reason { get; init; }

    public string? PaymentId { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }
}

/// <summary>What staff should look at, the newest first, at most a page of each.</summary>
internal sealed record Trouble(
    IReadOnlyList<LateOrder> Late, IReadOnlyList<FailedWork> Failed, IReadOnlyList<IdleWebhook> Webhooks)
{
    /// <summary>How many of each are shown.</summary>
    public const int Most = 100;

    private static readonly TimeSpan Recent = TimeSpan.FromDays(30);

    public static async Task<Trouble> Read(Db db, DateTimeOffset now)
    {
        var args = new { Now = now, Since = now - Recent, First = 1, Last = Most };
        return new Trouble(
            await db.Query<LateOrder>(Sql.Late, args),
            await db.Query<FailedWork>(Sql.Failed, args),
            await db.Query<IdleWebhook>(Sql.Webhooks, args));
    }

    internal static class Sql
    {
        public const string Late = """
            -- all accounts: staff see whose order is late
            select ServerId, OrderId, AccountId, AccountName, Hostname, Region, PaidAt, PromisedAt, Step, Message,
                Attempts, ErrorText
            from (
                select s.ServerId, o.Id as OrderId, o.AccountId, a.Name as AccountName, s.Hostname, s.Region, o.PaidAt,
                    o.PromisedAt, w.Step, w.Message, w.Attempts, w.ErrorText,
                    row_number() over (order by o.PromisedAt, o.Id) as Position
                from SalesOrder o
                    join ServerOrder s on s.SalesOrderId = o.Id
                    left join Account a on a.Id = o.AccountId
                    left join Server f on f.Id = s.ServerId
                    left join WorkItem w on w.Resource = s.ServerId and w.Command = 'server.create'
                where o.State = 'paid'
                    and o.PromisedAt < @Now
                    and f.ReadyAt is null
                    and (f.State is null or f.State in ('creating', 'failed'))
            ) late
            where Position between @First and @Last
            order by Position
            """;

        public const string Failed = """
            -- all accounts: staff see what failed for whom
            select Id, Command, Resource, AccountId, Attempts, ErrorCode, ErrorText, CreatedAt, EndedAt
            from (
                select Id, Command, Resource, AccountId, Attempts, ErrorCode, ErrorText, CreatedAt, EndedAt,
                    row_number() over (order by EndedAt desc, Id desc) as Position
                from WorkItem
                where State = 'failed'
                    and EndedAt > @Since
            ) failed
            where Position between @First and @Last
            order by Position
            """;

        public const string Webhooks = """
            select EventId, Event, State, Reason, PaymentId, ReceivedAt
            from (
                select EventId, Event, State, Reason, PaymentId, ReceivedAt,
                    row_number() over (order by ReceivedAt desc, EventId) as Position
                from WebhookInbox
                where State in ('ignored', 'failed')
                    and ReceivedAt > @Since
            ) idle
            where Position between @First and @Last
            order by Position
            """;
    }
}
