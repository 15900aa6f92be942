using Billing.Invoices;
using Billing.Ledger;
using Billing.Orders;
using Billing.Prices;
using Billing.Tax;
using Database;
using Database.Audit;
using Database.Work;

namespace Billing.Payments;

/// <summary>The id of a refund; also its idempotency key at the gateway.</summary>
public readonly record struct RefundId(string Value) : IId<RefundId>
{
    /// <inheritdoc/>
    public static string Prefix => "rfd";

    /// <inheritdoc/>
    public static RefundId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>
/// Money on its way back: wanted (decided, not yet at the gateway), pending (the gateway has it), processed, or failed: then it is
/// the customer's credit after all.
/// </summary>
public sealed record Refund
{
    public const string Wanted = "wanted";

    public const string Pending = "pending";

    public const string Processed = "processed";

    public const string Failed = "failed";

    public RefundId Id { get; init; }

    public string AccountId { get; init; } = "";

    /// <summary>The gateway's payment id.</summary>
    public string PaymentId { get; init; } = "";

    public long AmountPaise { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = Money.Rupees;

    /// <summary>One of the constants above.</summary>
    public string State { get; init; } = "";

    /// <summary>Why, e.g. <c>underpaid</c>.</summary>
    public string Reason { get; init; } = "";

    public string? GatewayRefundId { get; init; }

    /// <summary>What went wrong, for staff.</summary>
    public string? Trouble { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public Money Amount => new(AmountPaise, Currency);

    /// <summary>The refunds of a customer's payment, oldest first.</summary>
    public static Task<IReadOnlyList<Refund>> OfPayment(Db db, string accountId, string paymentId) =>
        db.Query<Refund>(Sql.OfPayment, new { AccountId = accountId, PaymentId = paymentId });

    /// <summary>Owes the money (gateway receivable against refunds payable) and adds the work that sends it back.</summary>
    internal static async Task Want(Tx tx, Settlement settlement, Money amount, DateTimeOffset now)
    {
        var id = Database.Id.New<RefundId>(now);
        await tx.Execute(Sql.Insert, new
        {
            Id = id, settlement.AccountId, PaymentId = settlement.Id, AmountPaise = amount.Paise, amount.Currency, settlement.Reason, Now = now,
        });
        await tx.Record(
            new AuditEvent("payments.refund_wanted")
            {
                AccountId = settlement.AccountId,
                Resource = id.Value,
                After = new { PaymentId = settlement.Id, AmountPaise = amount.Paise, amount.Currency, settlement.Reason },
            },
            now);
        await Journal.Post(
            tx,
            $"payment:{settlement.Id}",
            $"Payment {settlement.Id}, to be given back",
            [new(LedgerAccount.GatewayReceivable, null, amount), new(LedgerAccount.RefundsPayable, settlement.AccountId, -amount)],
            now);
        await WorkQueue.Add(
            tx, new NewWork(SendRefund.Command, id.Value) { AccountId = settlement.AccountId, DedupKey = $"{SendRefund.Command}:{id}" }, now);
    }

    /// <summary>The gateway has taken the refund.</summary>
    internal static Task<int> NotePending(Tx tx, Refund refund, string gatewayRefundId) =>
        tx.Execute(Sql.Pending, new { refund.AccountId, refund.Id, GatewayRefundId = gatewayRefundId });

    /// <summary>The money is back with the customer: nothing is owed any more. Once; false afterwards.</summary>
    internal static async Task<bool> Complete(Tx tx, Refund refund, DateTimeOffset now)
    {
        if (!await End(tx, refund, Processed, null, now)) return false;
        await Journal.Post(tx, $"refund:{refund.Id}", $"Refund of {refund.PaymentId}", Paid(refund), now);
        return true;
    }

    /// <summary>The gateway could not give it back: it becomes the customer's credit, with a receipt voucher. Once; false afterwards.</summary>
    internal static async Task<bool> GiveUp(Tx tx, Supplier supplier, Refund refund, string trouble, DateTimeOffset now)
    {
        if (!await End(tx, refund, Failed, trouble, now)) return false;
        // credit is kept in rupees: other money stays owed until staff has sent it by hand
        if (refund.Currency != Money.Rupees) return true;
        var settlement = (await Settlement.Of(tx, refund.PaymentId))!;
        var order = (await SalesOrder.OfAnyAccount(tx, settlement.OrderId))!;
        await Journal.Post(tx, $"refund_failed:{refund.Id}", $"Refund of {refund.PaymentId} failed", Paid(refund), now);
        await new IssueReceiptVoucher(supplier).Run(tx, order, refund.Amount, refund.PaymentId, SettlementRule.Words("refund_failed"), now);
        return true;
    }

    private static PostingLine[] Paid(Refund refund) =>
    [
        new(LedgerAccount.RefundsPayable, refund.AccountId, refund.Amount),
        new(LedgerAccount.GatewayReceivable, null, -refund.Amount),
    ];

    private static async Task<bool> End(Tx tx, Refund refund, string state, string? trouble, DateTimeOffset now)
    {
        var ended = await tx.Execute(Sql.End, new
        {
            refund.AccountId, refund.Id, State = state, Trouble = trouble?.Length > 300 ? trouble[..300] : trouble, Now = now,
        });
        if (ended != 1) return false;
        await tx.Record(
            new AuditEvent($"payments.refund_{state}")
            {
                AccountId = refund.AccountId, Resource = refund.Id.Value, After = new { refund.PaymentId, refund.AmountPaise, refund.Currency },
            },
            now);
        return true;
    }

    internal static class Sql
    {
        public const string Columns = """
            Id, AccountId, PaymentId, AmountPaise, Currency, State, Reason, GatewayRefundId, Trouble, CreatedAt, EndedAt
            """;

        public const string OfPayment = $"""
            select {Columns}
            from Refund
            where AccountId = @AccountId and PaymentId = @PaymentId
            order by Id
            """;

        public const string ById = $"""
            -- all accounts: the worker and the gateway's events know the refund alone
            select {Columns}
            from Refund
            where Id = @Id
            """;

        public const string ByGatewayId = $"""
            -- all accounts: the gateway's events know the refund alone
            select {Columns}
            from Refund
            where GatewayRefundId = @GatewayRefundId
            """;

        public const string Insert = """
            insert into Refund (Id, AccountId, PaymentId, AmountPaise, Currency, State, Reason, CreatedAt)
            values (@Id, @AccountId, @PaymentId, @AmountPaise, @Currency, 'wanted', @Reason, @Now)
            """;

        public const string Pending = """
            update Refund
            set State = 'pending', GatewayRefundId = @GatewayRefundId
            where AccountId = @AccountId and Id = @Id and State = 'wanted'
            """;

        public const string End = """
            update Refund
            set State = @State, Trouble = @Trouble, EndedAt = @Now
            where AccountId = @AccountId and Id = @Id and EndedAt is null
            """;
    }
}
