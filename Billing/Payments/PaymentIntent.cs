using Billing.Orders;
using Billing.Prices;
using Database;

namespace Billing.Payments;

/// <summary>The id of a payment intent; the receipt of the gateway's order.</summary>
public readonly record struct PaymentIntentId(string Value) : IId<PaymentIntentId>
{
    /// <inheritdoc/>
    public static string Prefix => "pmi";

    /// <inheritdoc/>
    public static PaymentIntentId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The wish to pay one order. A failed attempt never closes it: the bank may still say yes. Paid, cancelled and expired do.</summary>
public sealed record PaymentIntent
{
    /// <summary>The gateway does not know of it yet.</summary>
    public const string Preparing = "preparing";

    /// <summary>Can be paid.</summary>
    public const string Open = "open";

    /// <summary>Paid, and the order with it.</summary>
    public const string Paid = "paid";

    /// <summary>The order was called off.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The order expired unpaid.</summary>
    public const string Expired = "expired";

    public PaymentIntentId Id { get; init; }

    public SalesOrderId OrderId { get; init; }

    public string AccountId { get; init; } = "";

    public long AmountPaise { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = Money.Rupees;

    /// <summary>One of the constants above.</summary>
    public string State { get; init; } = "";

    /// <summary>The gateway's id of the order, case-sensitive.</summary>
    public string? GatewayOrderId { get; init; }

    /// <summary>When the gateway was first asked for an order (UTC): from then on it may have one with our receipt.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>Why the last attempt failed, in the gateway's words.</summary>
    public string? LastFailure { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>To pay, with GST.</summary>
    public Money Amount => new(AmountPaise, Currency);

    /// <summary>The newest intent of a customer's order; null when nobody has tried to pay it.</summary>
    public static Task<PaymentIntent?> Newest(Db db, string accountId, SalesOrderId orderId) =>
        db.One<PaymentIntent>(Sql.Newest, new { AccountId = accountId, OrderId = orderId });

    /// <summary>An intent whoever it belongs to: the gateway's post back comes without a session.</summary>
    public static Task<PaymentIntent?> OfAnyAccount(Db db, PaymentIntentId id) => db.One<PaymentIntent>(Sql.OfAnyAccount, new { Id = id });

    internal static Task<PaymentIntent?> OfGatewayOrder(Db db, string gatewayOrderId) =>
        db.One<PaymentIntent>(Sql.OfGatewayOrder, new { GatewayOrderId = gatewayOrderId });

    /// <summary>Closes the intent; false when it is closed already.</summary>
    internal static async Task<bool> Close(Tx tx, PaymentIntent intent, string state, DateTimeOffset now) =>
        await tx.Execute(Sql.Close, new { intent.AccountId, intent.Id, State = state, Now = now }) == 1;

    internal static Task<int> NoteFailure(Tx tx, PaymentIntent intent, string failure) =>
        tx.Execute(Sql.NoteFailure, new { intent.AccountId, intent.Id, Failure = failure.Length > 300 ? failure[..300] : failure });

    internal static class Sql
    {
        public const string Columns = """
            Id, OrderId, AccountId, AmountPaise, Currency, State, GatewayOrderId, AskedAt, LastFailure, CreatedAt, ClosedAt
            """;

        public const string Newest = $"""
            select {Columns}
            from PaymentIntent
            where AccountId = @AccountId
                and OrderId = @OrderId
                and Id = (select max(Id) from PaymentIntent where AccountId = @AccountId and OrderId = @OrderId)
            """;

        public const string OfAnyAccount = $"""
            -- all accounts: the gateway's post back and the worker know only the intent
            select {Columns}
            from PaymentIntent
            where Id = @Id
            """;

        public const string OfGatewayOrder = $"""
            -- all accounts: a payment names the gateway's order and nothing else of ours
            select {Columns}
            from PaymentIntent
            where GatewayOrderId = @GatewayOrderId
            """;

        public const string Close = """
            update PaymentIntent
            set State = @State, ClosedAt = @Now
            where AccountId = @AccountId and Id = @Id and ClosedAt is null
            """;

        public const string NoteFailure = """
            update PaymentIntent
            set LastFailure = @Failure
            where AccountId = @AccountId and Id = @Id and ClosedAt is null
            """;
    }
}
