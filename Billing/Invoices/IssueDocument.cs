using Billing.Ledger;
using Billing.Prices;
using Billing.Tax;
using Database;
using Database.Audit;
using Database.Work;

namespace Billing.Invoices;

/// <summary>A document that has just been issued.</summary>
/// <param name="Id">The document.</param>
/// <param name="Number">As printed.</param>
/// <param name="Total">With tax.</param>
public sealed record IssuedDocument(TaxDocumentId Id, string Number, Money Total);

/// <summary>
/// Writes a document with its lines, its postings and the work that prints and mails it. The number is taken last but one, since
/// every other issuer of the series waits from there to the commit.
/// </summary>
internal static class IssueDocument
{
    // what the payment has bought is made first: a browser that prints takes a whole core of the machine
    private static readonly TimeSpan PrintAfter = TimeSpan.FromSeconds(2);

    /// <summary>The parts of the draft that stand on every document of this supplier.</summary>
    public static InvoiceDocument By(Supplier supplier, InvoiceDocument draft) => draft with
    {
        SupplierName = supplier.LegalName,
        SupplierGstin = supplier.Gstin,
        SupplierAddress = supplier.Address,
        SupplierStateCode = supplier.StateCode,
        SupplierPan = supplier.Pan,
        SupplierEmail = supplier.Email,
        SupplierPhone = supplier.Phone,
        SupplierLut = draft.TaxNature == TaxNature.ZeroRated ? supplier.LutNumber : null,
        SupplierBank = supplier.Bank,
        SupplierUpi = supplier.Upi,
        Signatory = supplier.Signatory,
        Endorsement = Endorsements.Of(draft.SupplyType),
    };

    public static async Task<IssuedDocument> Run(
        Tx tx, Supplier supplier, InvoiceDocument draft, IReadOnlyList<InvoiceLine> lines, DateTimeOffset now)
    {
        if (await tx.One<int>(Sql.Issued, new { draft.Occasion }) > 0)
            throw new InvalidOperationException($"'{draft.Occasion}' already has its document.");
        var taken = await NumberSeries.Take(tx, supplier, draft, now);
        var document = draft with
        {
            Id = Id.New<TaxDocumentId>(now),
            Number = taken.Number,
            FinancialYear = taken.FinancialYear,
            SeriesNumber = taken.SeriesNumber,
            DocumentDate = taken.Date,
            IssuedAt = now,
            AmountInWords = AmountInWords.Of(draft.TotalPaise),
        };
        await tx.Execute(Sql.Insert, Row(document));
        foreach (var line in lines) await tx.Execute(Sql.InsertLine, line with { DocumentId = document.Id });
        await WorkQueue.Add(tx, Work("invoice.print", document) with { NotBefore = now + PrintAfter }, now);
        await tx.Record(
            new AuditEvent("invoices.issued")
            {
                AccountId = document.AccountId,
                Resource = document.Id.Value,
                After = new { document.Number, Type = document.DocumentType, document.TotalPaise, document.Currency },
            },
            now);
        return new IssuedDocument(document.Id, document.Number, document.Total);
    }

    /// <summary>The mail that carries the document.</summary>
    public static Task Mail(Tx tx, string command, InvoiceDocument draft, IssuedDocument issued, DateTimeOffset now) =>
        WorkQueue.Add(tx, Work(command, draft with { Id = issued.Id }), now);

    /// <summary>The credits of an invoice to the GST accounts; negate them for a note.</summary>
    public static IEnumerable<PostingLine> Output(string gstin, TaxAmounts amounts) =>
    [
        new(LedgerAccount.CgstOutput(gstin), null, new Money(-amounts.CgstPaise)),
        new(LedgerAccount.SgstOutput(gstin), null, new Money(-amounts.SgstPaise)),
        new(LedgerAccount.UtgstOutput(gstin), null, new Money(-amounts.UtgstPaise)),
        new(LedgerAccount.IgstOutput(gstin), null, new Money(-amounts.IgstPaise)),
    ];

    private static NewWork Work(string command, InvoiceDocument document) => new(command, document.Id.Value)
    {
        AccountId = document.AccountId,
        DedupKey = $"{command}:{document.Id}",
    };

    // the enum goes as its name: the row stays readable and the engines agree
    private static object Row(InvoiceDocument document) => new
    {
        document.Id,
        document.AccountId,
        document.DocumentType,
        document.Number,
        document.FinancialYear,
        document.SeriesNumber,
        document.DocumentDate,
        document.IssuedAt,
        document.OrderId,
        document.Occasion,
        document.OriginalId,
        document.OriginalNumber,
        document.OriginalDate,
        document.Reason,
        document.SupplierName,
        document.SupplierGstin,
        document.SupplierAddress,
        document.SupplierStateCode,
        document.SupplierPan,
        document.SupplierEmail,
        document.SupplierPhone,
        document.SupplierLut,
        document.SupplierBank,
        document.SupplierUpi,
        document.Signatory,
        document.BuyerName,
        document.BuyerGstin,
        document.BuyerPan,
        document.BuyerAddress,
        document.BuyerStateCode,
        document.PlaceOfSupply,
        TaxNature = document.TaxNature.ToString(),
        document.SupplyType,
        document.ReverseCharge,
        document.Endorsement,
        document.NetPaise,
        document.CgstPaise,
        document.SgstPaise,
        document.UtgstPaise,
        document.IgstPaise,
        document.RoundOffPaise,
        document.TotalPaise,
        document.Currency,
        document.AmountInWords,
    };

    internal static class Sql
    {
        public const string Issued = """
            -- all accounts: an occasion belongs to one event whoever the customer is
            select count(*)
            from TaxDocument
            where Occasion = @Occasion
            """;

        public const string Insert = $"""
            insert into TaxDocument ({InvoiceDocument.Sql.Columns})
            values (@Id, @AccountId, @DocumentType, @Number, @FinancialYear, @SeriesNumber, @DocumentDate, @IssuedAt, @OrderId,
                @Occasion, @OriginalId, @OriginalNumber, @OriginalDate, @Reason, @SupplierName, @SupplierGstin, @SupplierAddress,
                @SupplierStateCode, @SupplierPan, @SupplierEmail, @SupplierPhone, @SupplierLut, @SupplierBank, @SupplierUpi,
                @Signatory, @BuyerName, @BuyerGstin, @BuyerPan, @BuyerAddress, @BuyerStateCode, @PlaceOfSupply, @TaxNature,
                @SupplyType, @ReverseCharge, @Endorsement, @NetPaise, @CgstPaise, @SgstPaise, @UtgstPaise, @IgstPaise,
                @RoundOffPaise, @TotalPaise, @Currency, @AmountInWords)
            """;

        public const string InsertLine = $"""
            insert into TaxDocumentLine ({InvoiceDocument.Sql.LineColumns})
            values (@DocumentId, @Line, @AccountId, @ItemCode, @Description, @PeriodFrom, @PeriodTo, @Sac, @RateBps, @NetPaise,
                @CgstPaise, @SgstPaise, @UtgstPaise, @IgstPaise)
            """;
    }
}
