using Billing.Ledger;
using Billing.Orders;
using Billing.Payments.Razorpay;
using Billing.Prices;
using Database;

namespace Billing.Payments;

/// <summary>A captured payment and how it was settled: the row of the one transaction that did it.</summary>
public sealed record Settlement
{
    /// <summary>Paid the order; there is a tax invoice.</summary>
    public const string Invoice = "invoice";

    /// <summary>Became the customer's credit; there is a receipt voucher.</summary>
    public const string Wallet = "wallet";

    /// <summary>Goes back to where it came from.</summary>
    public const string Refund = "refund";

    /// <summary>The gateway's payment id, case-sensitive.</summary>
    public string Id { get; init; } = "";

    public PaymentIntentId IntentId { get; init; }

    public SalesOrderId OrderId { get; init; }

    public string AccountId { get; init; } = "";

    /// <summary>Received, less what the gateway had given back before.</summary>
    public long AmountPaise { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = Money.Rupees;

    /// <summary>E.g. <c>upi</c>, <c>card</c>.</summary>
    public string Method { get; init; } = "";

    /// <summary>One of the constants above.</summary>
    public string Kind { get; init; } = "";

    /// <summary><c>matched</c>, or why it did not pay the order.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The invoice or the receipt voucher.</summary>
    public string? DocumentId { get; init; }

    /// <summary>When the gateway began with it (UTC).</summary>
    public DateTimeOffset PaidAt { get; init; }

    public DateTimeOffset SettledAt { get; init; }

    public Money Amount => new(AmountPaise, Currency);

    /// <summary>Why it did not pay the order, in the customer's words.</summary>
    public string Explanation => SettlementRule.Words(Reason);

    /// <summary>How the payments of a customer's order were settled, oldest first.</summary>
    public static Task<IReadOnlyList<Settlement>> OfOrder(Db db, string accountId, SalesOrderId orderId) =>
        db.Query<Settlement>(Sql.OfOrder, new { AccountId = accountId, OrderId = orderId });

    internal static Task<Settlement?> Of(Tx tx, string paymentId) => tx.One<Settlement>(Sql.ById, new { Id = paymentId });

    internal static Task Insert(Tx tx, Settlement row) => tx.Execute(Sql.Insert, new
    {
        row.Id,
        row.IntentId,
        row.OrderId,
        row.AccountId,
        row.AmountPaise,
        row.Currency,
        row.Method,
        row.Kind,
        row.Reason,
        row.DocumentId,
        row.PaidAt,
        row.SettledAt,
    });

    internal static class Sql
    {
        private const string Columns = """
            Id, IntentId, OrderId, AccountId, AmountPaise, Currency, Method, Settlement as Kind, Reason, DocumentId, PaidAt, SettledAt
            """;

        public const string ById = $"""
            -- all accounts: the gateway names the payment alone
            select {Columns}
            from GatewayPayment
            where Id = @Id
            """;

        public const string OfOrder = $"""
            select {Columns}
            from GatewayPayment
            where AccountId = @AccountId and OrderId = @OrderId
            order by SettledAt, Id
            """;

        public const string Insert = """
            insert into GatewayPayment (Id, IntentId, OrderId, AccountId, AmountPaise, Currency, Method, Settlement, Reason, DocumentId,
                PaidAt, SettledAt)
            values (@Id, @IntentId, @OrderId, @AccountId, @AmountPaise, @Currency, @Method, @Kind, @Reason, @DocumentId,
                @PaidAt, @SettledAt)
            """;
    }
}

/// <summary>What the gateway keeps of a payment. The customer is credited in full; fee and GST on it are the provider's expense.</summary>
internal static class GatewayFee
{
    /// <summary>Books the fee once, as soon as the gateway tells it: often only with a later event.</summary>
    internal static async Task Post(Tx tx, Settlement settlement, Payment payment, DateTimeOffset now)
    {
        if (payment.Fee is not > 0) return;
        var args = new { settlement.AccountId, settlement.Id, FeePaise = payment.Fee, FeeTaxPaise = payment.Tax, Now = now };
        if (await tx.Execute(Sql.Note, args) == 0) return;
        var fee = new Money(payment.Fee.Value, payment.Currency);
        await Journal.Post(
            tx,
            $"gateway_fee:{payment.Id}",
            $"Gateway's fee on {payment.Id}",
            [new(LedgerAccount.GatewayFees, null, fee), new(LedgerAccount.GatewayReceivable, null, -fee)],
            now);
    }

    internal static class Sql
    {
        public const string Note = """
            update GatewayPayment
            set FeePaise = @FeePaise, FeeTaxPaise = @FeeTaxPaise, FeePostedAt = @Now
            where AccountId = @AccountId and Id = @Id and FeePostedAt is null
            """;
    }
}
