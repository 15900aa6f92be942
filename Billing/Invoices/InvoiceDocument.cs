using Billing.Prices;
using Billing.Tax;
using Database;

namespace Billing.Invoices;

/// <summary>The id of an issued tax document of any type.</summary>
public readonly record struct TaxDocumentId(string Value) : IId<TaxDocumentId>
{
    /// <inheritdoc/>
    public static string Prefix => "inv";

    /// <inheritdoc/>
    public static TaxDocumentId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The types of documents, each with its own number series.</summary>
public static class DocumentTypes
{
    /// <summary>Rule 46.</summary>
    public const string Invoice = "invoice";

    /// <summary>Rule 53(1A).</summary>
    public const string CreditNote = "credit_note";

    /// <summary>Rule 50: an advance.</summary>
    public const string ReceiptVoucher = "receipt_voucher";

    /// <summary>Rule 51: an advance given back.</summary>
    public const string RefundVoucher = "refund_voucher";

    /// <summary>As printed at the top.</summary>
    public static string Title(string type) => type switch
    {
        Invoice => "Tax Invoice",
        CreditNote => "Credit Note",
        ReceiptVoucher => "Receipt Voucher",
        RefundVoucher => "Refund Voucher",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type of document."),
    };
}

/// <summary>
/// An issued document with everything that rule 46, 50, 51 or 53 wants on it, as it was at issue. Never changes. Amounts of credit
/// notes and refund vouchers are positive too: the type says which way they go.
/// </summary>
public sealed record InvoiceDocument
{
    public TaxDocumentId Id { get; init; }

    public string AccountId { get; init; } = "";

    /// <summary>One of <see cref="DocumentTypes"/>.</summary>
    public string DocumentType { get; init; } = "";

    /// <summary>At most 16 characters, e.g. <c>INV/26-27/000001</c>.</summary>
    public string Number { get; init; } = "";

    /// <summary>E.g. <c>2026-27</c>.</summary>
    public string FinancialYear { get; init; } = "";

    /// <summary>The place in the series, from 1.</summary>
    public long SeriesNumber { get; init; }

    /// <summary>The date on the document (India).</summary>
    public DateOnly DocumentDate { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset IssuedAt { get; init; }

    public string? OrderId { get; init; }

    /// <summary>The event it was issued for; no event has two documents.</summary>
    public string Occasion { get; init; } = "";

    /// <summary>The invoice that a credit note corrects, the receipt voucher that a refund voucher gives back.</summary>
    public TaxDocumentId? OriginalId { get; init; }

    public string? OriginalNumber { get; init; }

    public DateOnly? OriginalDate { get; init; }

    /// <summary>Why, on notes.</summary>
    public string? Reason { get; init; }

    public string SupplierName { get; init; } = "";

    public string SupplierGstin { get; init; } = "";

    public string SupplierAddress { get; init; } = "";

    public string SupplierStateCode { get; init; } = "";

    public string SupplierPan { get; init; } = "";

    public string? SupplierEmail { get; init; }

    public string? SupplierPhone { get; init; }

    /// <summary>The letter of undertaking, on zero-rated supplies.</summary>
    public string? SupplierLut { get; init; }

    public string? SupplierBank { get; init; }

    public string? SupplierUpi { get; init; }

    public string Signatory { get; init; } = "";

    public string BuyerName { get; init; } = "";

    /// <summary>GSTIN or UIN; null for an unregistered buyer.</summary>
    public string? BuyerGstin { get; init; }

    public string? BuyerPan { get; init; }

    public string BuyerAddress { get; init; } = "";

    public string BuyerStateCode { get; init; } = "";

    /// <summary>State code; 96 for exports.</summary>
    public string PlaceOfSupply { get; init; } = "";

    public TaxNature TaxNature { get; init; }

    /// <summary>As in the e-invoice, e.g. B2B; B2C for buyers who are no registered persons.</summary>
    public string SupplyType { get; init; } = "";

    /// <summary>Whether the buyer pays the tax: never for hosting.</summary>
    public bool ReverseCharge { get; init; }

    /// <summary>The statutory words on SEZ and export supplies.</summary>
    public string? Endorsement { get; init; }

    public long NetPaise { get; init; }

    public long CgstPaise { get; init; }

    public long SgstPaise { get; init; }

    public long UtgstPaise { get; init; }

    public long IgstPaise { get; init; }

    /// <summary>Paise by which tax inside a given sum misses it; on vouchers only.</summary>
    public long RoundOffPaise { get; init; }

    public long TotalPaise { get; init; }

    public string Currency { get; init; } = Money.Rupees;

    public string AmountInWords { get; init; } = "";

    /// <summary>Total with tax.</summary>
    public Money Total => new(TotalPaise, Currency);

    /// <summary>Taxable value.</summary>
    public Money Net => new(NetPaise, Currency);

    /// <summary>Value and taxes.</summary>
    public TaxAmounts Amounts => new()
    {
        NetPaise = NetPaise,
        CgstPaise = CgstPaise,
        SgstPaise = SgstPaise,
        UtgstPaise = UtgstPaise,
        IgstPaise = IgstPaise,
    };

    /// <summary>A customer's document; null when there is none of this account.</summary>
    public static Task<InvoiceDocument?> Find(Db db, string accountId, TaxDocumentId id) =>
        db.One<InvoiceDocument>(Sql.Find, new { AccountId = accountId, Id = id });

    /// <inheritdoc cref="Find(Db, string, TaxDocumentId)"/>
    public static Task<InvoiceDocument?> Find(Tx tx, string accountId, TaxDocumentId id) =>
        tx.One<InvoiceDocument>(Sql.Find, new { AccountId = accountId, Id = id });

    /// <summary>The invoice of a customer's order; null before it is paid.</summary>
    public static Task<InvoiceDocument?> OfOrder(Db db, string accountId, string orderId) =>
        db.One<InvoiceDocument>(Sql.OfOrder, new { AccountId = accountId, OrderId = orderId });

    /// <inheritdoc cref="OfOrder(Db, string, string)"/>
    public static Task<InvoiceDocument?> OfOrder(Tx tx, string accountId, string orderId) =>
        tx.One<InvoiceDocument>(Sql.OfOrder, new { AccountId = accountId, OrderId = orderId });

    /// <summary>The document's lines.</summary>
    public static Task<IReadOnlyList<InvoiceLine>> Lines(Db db, string accountId, TaxDocumentId id) =>
        db.Query<InvoiceLine>(Sql.Lines, new { AccountId = accountId, DocumentId = id });

    /// <inheritdoc cref="Lines(Db, string, TaxDocumentId)"/>
    public static Task<IReadOnlyList<InvoiceLine>> Lines(Tx tx, string accountId, TaxDocumentId id) =>
        tx.Query<InvoiceLine>(Sql.Lines, new { AccountId = accountId, DocumentId = id });

    /// <summary>A customer's documents, newest first; to go on, pass the last one's id.</summary>
    public static Task<IReadOnlyList<InvoiceDocument>> Page(Db db, string accountId, TaxDocumentId? before, int count) =>
        db.Query<InvoiceDocument>(
            Sql.Page, new { AccountId = accountId, Before = before ?? new TaxDocumentId("inv_~"), First = 1, Last = count });

    internal static class Sql
    {
        public const string Columns = """
            Id, AccountId, DocumentType, Number, FinancialYear, SeriesNumber, DocumentDate, IssuedAt, OrderId, Occasion, OriginalId,
            OriginalNumber, OriginalDate, Reason, SupplierName, SupplierGstin, SupplierAddress, SupplierStateCode, SupplierPan,
            SupplierEmail, SupplierPhone, SupplierLut, SupplierBank, SupplierUpi, Signatory, BuyerName, BuyerGstin, BuyerPan,
            BuyerAddress, BuyerStateCode, PlaceOfSupply, TaxNature, SupplyType, ReverseCharge, Endorsement, NetPaise, CgstPaise,
            SgstPaise, UtgstPaise, IgstPaise, RoundOffPaise, TotalPaise, Currency, AmountInWords
            """;

        public const string LineColumns = """
            DocumentId, Line, AccountId, ItemCode, Description, PeriodFrom, PeriodTo, Sac, RateBps, NetPaise, CgstPaise, SgstPaise,
            UtgstPaise, IgstPaise
            """;

        public const string Find = $"""
            select {Columns}
            from TaxDocument
            where AccountId = @AccountId and Id = @Id
            """;

        public const string OfOrder = $"""
            select {Columns}
            from TaxDocument
            where AccountId = @AccountId and OrderId = @OrderId and DocumentType = 'invoice'
            """;

        public const string Lines = $"""
            select {LineColumns}
            from TaxDocumentLine
            where AccountId = @AccountId and DocumentId = @DocumentId
            order by Line
            """;

        public const string Page = $"""
            select {Columns}
            from (
                select {Columns}, row_number() over (order by Id desc) as Position
                from TaxDocument
                where AccountId = @AccountId and Id < @Before
            ) documents
            where Position between @First and @Last
            order by Id desc
            """;
    }
}

/// <summary>A line of an issued document.</summary>
public sealed record InvoiceLine
{
    public TaxDocumentId DocumentId { get; init; }

    public int Line { get; init; }

    public string AccountId { get; init; } = "";

    public string ItemCode { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>First day of the period (India).</summary>
    public DateOnly? PeriodFrom { get; init; }

    /// <summary>Last day of the period (India).</summary>
    public DateOnly? PeriodTo { get; init; }

    /// <summary>Service accounting code.</summary>
    public string Sac { get; init; } = "";

    /// <summary>Basis points of the whole GST.</summary>
    public int RateBps { get; init; }

    public long NetPaise { get; init; }

    public long CgstPaise { get; init; }

    public long SgstPaise { get; init; }

    public long UtgstPaise { get; init; }

    public long IgstPaise { get; init; }

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
