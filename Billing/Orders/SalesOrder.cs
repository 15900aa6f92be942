using Billing.Prices;
using Billing.Tax;
using Database;
using Database.Audit;

namespace Billing.Orders;

/// <summary>The id of a sales order.</summary>
public readonly record struct SalesOrderId(string Value) : IId<SalesOrderId>
{
    /// <inheritdoc/>
    public static string Prefix => "ord";

    /// <inheritdoc/>
    public static SalesOrderId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The id of a line of a sales order.</summary>
public readonly record struct SalesOrderLineId(string Value) : IId<SalesOrderLineId>
{
    /// <inheritdoc/>
    public static string Prefix => "orl";

    /// <inheritdoc/>
    public static SalesOrderLineId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>What a customer has agreed to pay: price and tax are fixed when it is placed.</summary>
public sealed record SalesOrder
{
    /// <summary>Waits for the payment.</summary>
    public const string AwaitingPayment = "awaiting_payment";

    /// <summary>Paid; its work is under way or done.</summary>
    public const string Paid = "paid";

    /// <summary>Nobody paid in time.</summary>
    public const string Expired = "expired";

    /// <summary>Called off by the customer before payment.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Paid, could not be delivered; the money is the customer's credit.</summary>
    public const string Undeliverable = "undeliverable";

    public SalesOrderId Id { get; init; }

    public string AccountId { get; init; } = "";

    /// <summary>Who placed it; null for a renewal.</summary>
    public string? PersonId { get; init; }

    /// <summary>The version of the billing details that the tax was computed with and the invoice will show.</summary>
    public string BillingProfileId { get; init; } = "";

    /// <summary>One of the constants above.</summary>
    public string State { get; init; } = "";

    public long NetPaise { get; init; }

    public long CgstPaise { get; init; }

    public long SgstPaise { get; init; }

    public long UtgstPaise { get; init; }

    public long IgstPaise { get; init; }

    public long TotalPaise { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = Money.Rupees;

    /// <summary>State code.</summary>
    public string PlaceOfSupply { get; init; } = "";

    /// <summary>Which heads of tax.</summary>
    public TaxNature TaxNature { get; init; }

    /// <summary>As in the e-invoice, e.g. B2B; B2C for buyers who are no registered persons.</summary>
    public string SupplyType { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it expires unpaid (UTC).</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? PaidAt { get; init; }

    /// <summary>When all of it was promised to be delivered (UTC); set on payment.</summary>
    public DateTimeOffset? PromisedAt { get; init; }

    /// <summary>To pay, with GST.</summary>
    public Money Total => new(TotalPaise, Currency);

    /// <summary>Without GST.</summary>
    public Money Net => new(NetPaise, Currency);

    /// <summary>A customer's order; null when there is none of this account.</summary>
    public static Task<SalesOrder?> Find(Db db, string accountId, SalesOrderId id) =>
        db.One<SalesOrder>(Sql.Find, new { AccountId = accountId, Id = id });

    /// <inheritdoc cref="Find(Db, string, SalesOrderId)"/>
    public static Task<SalesOrder?> Find(Tx tx, string accountId, SalesOrderId id) =>
        tx.One<SalesOrder>(Sql.Find, new { AccountId = accountId, Id = id });

    /// <summary>An order whoever it belongs to: for payments, which know only their own order id.</summary>
    public static Task<SalesOrder?> OfAnyAccount(Tx tx, SalesOrderId id) => tx.One<SalesOrder>(Sql.OfAnyAccount, new { Id = id });

    /// <summary>The order's lines in their order.</summary>
    public static Task<IReadOnlyList<SalesOrderLine>> Lines(Db db, string accountId, SalesOrderId id) =>
        db.Query<SalesOrderLine>(Sql.Lines, new { AccountId = accountId, OrderId = id });

    /// <inheritdoc cref="Lines(Db, string, SalesOrderId)"/>
    public static Task<IReadOnlyList<SalesOrderLine>> Lines(Tx tx, string accountId, SalesOrderId id) =>
        tx.Query<SalesOrderLine>(Sql.Lines, new { AccountId = accountId, OrderId = id });

    /// <summary>One line of one of the customer's orders.</summary>
    internal static Task<SalesOrderLine?> Line(Tx tx, string accountId, SalesOrderLineId id) =>
        tx.One<SalesOrderLine>(Sql.Line, new { AccountId = accountId, Id = id });

    /// <summary>Moves the order from one state to the next; false when it is no longer in the first.</summary>
    internal static async Task<bool> Move(
        Tx tx, SalesOrder order, string to, DateTimeOffset now, DateTimeOffset? paidAt = null, DateTimeOffset? promisedAt = null)
    {
        var moved = await tx.Execute(Sql.Move, new
        {
            order.AccountId,
            order.Id,
            Old = order.State,
            New = to,
            PaidAt = paidAt ?? order.PaidAt,
            PromisedAt = promisedAt ?? order.PromisedAt,
        });
        if (moved != 1) return false;
        await tx.Record(
            new AuditEvent($"orders.{to}")
            {
                AccountId = order.AccountId, Resource = order.Id.Value, Before = new { order.State }, After = new { State = to, order.TotalPaise },
            },
            now);
        return true;
    }

    internal static class Sql
    {
        public const string Columns = """
            Id, AccountId, PersonId, BillingProfileId, State, NetPaise, CgstPaise, SgstPaise, UtgstPaise, IgstPaise, TotalPaise,
            Currency, PlaceOfSupply, TaxNature, SupplyType, CreatedAt, ExpiresAt, PaidAt, PromisedAt
            """;

        public const string LineColumns = """
            Id, OrderId, AccountId, Position, ItemCode, Region, Counted, Description, NetPaise, CgstPaise, SgstPaise, UtgstPaise,
            IgstPaise, Sac, RateBps, WorkCommand, WorkResource, WorkInput, PromisedSeconds, SubscriptionId
            """;

        public const string Find = $"""
            select {Columns}
            from SalesOrder
            where AccountId = @AccountId and Id = @Id
            """;

        public const string OfAnyAccount = $"""
            -- all accounts: a payment carries our order id and nothing of the session
            select {Columns}
            from SalesOrder
            where Id = @Id
            """;

        public const string Lines = $"""
            select {LineColumns}
            from SalesOrderLine
            where AccountId = @AccountId and OrderId = @OrderId
            order by Position
            """;

        public const string Line = $"""
            select {LineColumns}
            from SalesOrderLine
            where AccountId = @AccountId and Id = @Id
            """;

        public const string Move = """
            update SalesOrder
            set State = @New, PaidAt = @PaidAt, PromisedAt = @PromisedAt
            where AccountId = @AccountId and Id = @Id and State = @Old
            """;
    }
}

/// <summary>One line: an item, its price and tax, and the work to add once it is paid.</summary>
public sealed record SalesOrderLine
{
    public SalesOrderLineId Id { get; init; }

    public SalesOrderId OrderId { get; init; }

    public string AccountId { get; init; } = "";

    public int Position { get; init; }

    public string ItemCode { get; init; } = "";

    public string Region { get; init; } = "";

    /// <summary>Whether it takes one from the region's stock when paid.</summary>
    public bool Counted { get; init; }

    /// <summary>As on the invoice.</summary>
    public string Description { get; init; } = "";

    public long NetPaise { get; init; }

    public long CgstPaise { get; init; }

    public long SgstPaise { get; init; }

    public long UtgstPaise { get; init; }

    public long IgstPaise { get; init; }

    /// <summary>Service accounting code.</summary>
    public string Sac { get; init; } = "";

    /// <summary>Basis points of the whole GST.</summary>
    public int RateBps { get; init; }

    /// <summary>The work to add when paid; null for a line that another line's work delivers.</summary>
    public string? WorkCommand { get; init; }

    /// <summary>The id of what the customer gets, e.g. <c>srv_…</c>.</summary>
    public string? WorkResource { get; init; }

    /// <summary>The work's input, JSON.</summary>
    public string? WorkInput { get; init; }

    /// <summary>How soon after payment it was promised.</summary>
    public int? PromisedSeconds { get; init; }

    /// <summary>The subscription that this line renews; null for a first order.</summary>
    public string? SubscriptionId { get; init; }

    /// <summary>Value and taxes.</summary>
    public TaxAmounts Amounts => new()
    {
        NetPaise = NetPaise,
        CgstPaise = CgstPaise,
        SgstPaise = SgstPaise,
        UtgstPaise = UtgstPaise,
        IgstPaise = IgstPaise,
    };
}
