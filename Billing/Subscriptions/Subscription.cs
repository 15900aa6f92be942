using Database;

namespace Billing.Subscriptions;

/// <summary>The id of a subscription.</summary>
public readonly record struct SubscriptionId(string Value) : IId<SubscriptionId>
{
    /// <inheritdoc/>
    public static string Prefix => "sub";

    /// <inheritdoc/>
    public static SubscriptionId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Something a customer pays for month by month.</summary>
public sealed record Subscription
{
    /// <summary>Billed.</summary>
    public const string Active = "active";

    /// <summary>No longer billed.</summary>
    public const string Ended = "ended";

    public SubscriptionId Id { get; init; }

    public string AccountId { get; init; } = "";

    /// <summary>The order it began with.</summary>
    public string OrderId { get; init; } = "";

    /// <summary>The line it began with; no line begins two.</summary>
    public string OrderLineId { get; init; } = "";

    public string ItemCode { get; init; } = "";

    public string Region { get; init; } = "";

    /// <summary>As on the invoice.</summary>
    public string Description { get; init; } = "";

    /// <summary>What it pays for, e.g. <c>srv_…</c>.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Whether one of the region's stock belongs to it.</summary>
    public bool StockHeld { get; init; }

    public string State { get; init; } = "";

    /// <summary>Periods count from here (UTC); moves when it is resumed after its paid period.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Paid until then (UTC).</summary>
    public DateTimeOffset PeriodEnd { get; init; }

    public DateTimeOffset? ResumedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The subscriptions of one thing of a customer's, e.g. a server and its backups.</summary>
    public static Task<IReadOnlyList<Subscription>> Of(Db db, string accountId, string resource) =>
        db.Query<Subscription>(Sql.OfResource, new { AccountId = accountId, Resource = resource });

    /// <inheritdoc cref="Of(Db, string, string)"/>
    public static Task<IReadOnlyList<Subscription>> Of(Tx tx, string accountId, string resource) =>
        tx.Query<Subscription>(Sql.OfResource, new { AccountId = accountId, Resource = resource });

    internal static class Sql
    {
        public const string Columns = """
            Id, AccountId, OrderId, OrderLineId, ItemCode, Region, Description, Resource, StockHeld, State, StartedAt, PeriodEnd,
            ResumedAt, EndedAt
            """;

        public const string ById = $"""
            select {Columns}
            from Subscription
            where AccountId = @AccountId and Id = @Id
            """;

        public const string OfResource = $"""
            select {Columns}
            from Subscription
            where AccountId = @AccountId and Resource = @Resource
            order by Id
            """;
    }
}
