using Billing.Invoices;
using Billing.Prices;
using Database;

namespace Portal.Invoices;

/// <summary>The gateway's payment that a document settles.</summary>
internal sealed record DocumentPayment
{
    /// <summary>The gateway's id, <c>pay_…</c>.</summary>
    public string Id { get; init; } = "";

    public long AmountPaise { get; init; }

    public string Currency { get; init; } = Money.Rupees;

    /// <summary>UTC.</summary>
    public DateTimeOffset PaidAt { get; init; }

    public Money Amount => new(AmountPaise, Currency);
}

/// <summary>A document as it is shown and printed.</summary>
internal sealed record ReadDocument(InvoiceDocument Document, DocumentSheet Sheet)
{
    /// <summary>The customer's document, or null when this account has none of that id.</summary>
    internal static async Task<ReadDocument?> Find(Db db, string accountId, TaxDocumentId id)
    {
        if (await InvoiceDocument.Find(db, accountId, id) is not { } document) return null;
        var lines = await InvoiceDocument.Lines(db, accountId, id);
        var payment = await db.One<DocumentPayment>(Sql.Payment, new { AccountId = accountId, DocumentId = id });
        return new ReadDocument(document, DocumentWords.Sheet(document, lines, payment));
    }

    internal static class Sql
    {
        public const string Payment = """
            select Id, AmountPaise, Currency, PaidAt
            from GatewayPayment
            where AccountId = @AccountId and DocumentId = @DocumentId
            """;
    }
}
