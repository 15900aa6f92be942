using Database;

namespace Billing.Payments;

/// <summary>An event of the gateway as staff sees it.</summary>
public sealed record GatewayEvent
{
    /// <summary>The gateway's id of the event.</summary>
    public string EventId { get; init; } = "";

    /// <summary>E.g. <c>payment.captured</c>.</summary>
    public string Event { get; init; } = "";

    /// <summary><c>received</c>, <c>done</c>, <c>ignored</c> or <c>failed</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>What came of it or why not, e.g. <c>unknown_order</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The gateway's payment id.</summary>
    public string? PaymentId { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public DateTimeOffset? ProcessedAt { get; init; }
}

/// <summary>For staff: what the gateway told, and what of it nobody could use.</summary>
public static class GatewayEvents
{
    /// <summary>Events that want a look: given up, ignored for a reason, or waiting longer than five minutes. Newest first.</summary>
    public static Task<IReadOnlyList<GatewayEvent>> ForStaff(Db db, DateTimeOffset now, int count) =>
        db.Query<GatewayEvent>(Sql.ForStaff, new { LateSince = now.AddMinutes(-5), First = 1, Last = count });

    /// <summary>All events, newest first; to go on, pass the last one's time.</summary>
    public static Task<IReadOnlyList<GatewayEvent>> All(Db db, DateTimeOffset? before, int count) =>
        db.Query<GatewayEvent>(Sql.All, new { Before = before ?? DateTimeOffset.UnixEpoch.AddYears(1000), First = 1, Last = count });

    /// <summary>Refunds that are not processed: on their way, or failed. Oldest first.</summary>
    public static Task<IReadOnlyList<Refund>> OpenRefunds(Db db, int count) =>
        db.Query<Refund>(Sql.OpenRefunds, new { First = 1, Last = count });

    internal static class Sql
    {
        private const string Columns = "EventId, Event, State, Reason, PaymentId, ReceivedAt, ProcessedAt";

        public const string ForStaff = $"""
            select {Columns}
            from (
                select {Columns}, row_number() over (order by ReceivedAt desc, EventId) as Position
                from WebhookInbox
                where State = 'failed'
                    or (State = 'ignored' and Reason <> 'not_used')
                    or (State = 'received' and ReceivedAt < @LateSince)
            ) events
            where Position between @First and @Last
            order by Position
            """;

        public const string All = $"""
            select {Columns}
            from (
                select {Columns}, row_number() over (order by ReceivedAt desc, EventId) as Position
                from WebhookInbox
                where ReceivedAt < @Before
            ) events
            where Position between @First and @Last
            order by Position
            """;

        public const string OpenRefunds = $"""
            -- all accounts: what staff has to look after
            select {Refund.Sql.Columns}
            from (
                select {Refund.Sql.Columns}, row_number() over (order by Id) as Position
                from Refund
                where State <> 'processed'
            ) open_refunds
            where Position between @First and @Last
            order by Position
            """;
    }
}
