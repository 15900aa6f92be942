using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Database;
using Database.Work;

namespace Billing.Invoices;

/// <summary>
/// <c>documents.seal</c>: chains the issued documents of each series by hash, in batches, so that a later change of any of them shows.
/// The triggers stop mistakes; the chain shows tampering.
/// </summary>
internal sealed class SealDocuments(Db db, IEnumerable<PeriodicWork> periodic) : IWorkHandler
{
    internal const string Command = "documents.seal";
    private const int Batch = 500;

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        foreach (var series in await db.Query<Series>(Sql.Unsealed))
        {
            while (await SealNext(db, series, context.Now) == Batch) context.Cancelled.ThrowIfCancellationRequested();
        }

        return periodic.Single(run => run.Command == Command).Next(context.Now);
    }

    /// <summary>Seals the next documents of the series; how many.</summary>
    internal static async Task<int> SealNext(Db db, Series series, DateTimeOffset now)
    {
        var last = await db.One<Seal>(Sql.LastSeal, series);
        var first = (last?.LastNumber ?? 0) + 1;
        var chain = await Chain(db, series, first, first + Batch - 1, last?.Hash ?? Start(series));
        if (chain.Count == 0) return 0;
        await db.Write(tx => tx.Execute(Sql.Insert, new
        {
            series.Gstin,
            series.DocumentType,
            series.FinancialYear,
            FirstNumber = first,
            LastNumber = first + chain.Count - 1,
            PreviousHash = last?.Hash ?? Start(series),
            chain.Hash,
            SealedAt = now,
        }));
        return chain.Count;
    }

    /// <summary>The hash after the documents of the numbers, each hashed together with the hash before it. Stops before a gap.</summary>
    internal static async Task<(string Hash, int Count)> Chain(Db db, Series series, long from, long to, string hash)
    {
        var span = new { series.Gstin, series.DocumentType, series.FinancialYear, From = from, To = to };
        var (documents, lines) = await db.Snapshot(async tx =>
            (await tx.Query<InvoiceDocument>(Sql.Documents, span), await tx.Query<InvoiceLine>(Sql.Lines, span)));
        var byDocument = lines.ToLookup(line => line.DocumentId);
        var count = 0;
        foreach (var document in documents)
        {
            if (document.SeriesNumber != from + count) break;
            hash = Sha256(hash + Canonical(document, byDocument[document.Id]));
            count++;
        }

        return (hash, count);
    }

    /// <summary>What a chain begins with.</summary>
    internal static string Start(Series series) =>
        Sha256($"portal documents 1\n{series.Gstin}\n{series.DocumentType}\n{series.FinancialYear}");

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // every value with its length in front, so that no two documents read alike
    private static string Canonical(InvoiceDocument document, IEnumerable<InvoiceLine> lines)
    {
        var text = new StringBuilder("\n");
        object?[] head =
        [
            document.Id, document.AccountId, document.DocumentType, document.Number, document.FinancialYear, document.SeriesNumber,
            document.DocumentDate, document.IssuedAt, document.OrderId, document.Occasion, document.OriginalId, document.OriginalNumber,
            document.OriginalDate, document.Reason, document.SupplierName, document.SupplierGstin, document.SupplierAddress,
            document.SupplierStateCode, document.SupplierPan, document.SupplierEmail, document.SupplierPhone, document.SupplierLut,
            document.SupplierBank, document.SupplierUpi, document.Signatory, document.BuyerName, document.BuyerGstin, document.BuyerPan,
            document.BuyerAddress, document.BuyerStateCode, document.PlaceOfSupply, document.TaxNature, document.SupplyType,
            document.ReverseCharge, document.Endorsement, document.NetPaise, document.CgstPaise, document.SgstPaise, document.UtgstPaise,
            document.IgstPaise, document.RoundOffPaise, document.TotalPaise, document.Currency, document.AmountInWords,
        ];
        foreach (var value in head) Append(text, value);
        foreach (var line in lines)
        {
            object?[] values =
            [
                line.Line, line.ItemCode, line.Description, line.PeriodFrom, line.PeriodTo, line.Sac, line.RateBps, line.NetPaise,
                line.CgstPaise, line.SgstPaise, line.UtgstPaise, line.IgstPaise,
            ];
            foreach (var value in values) Append(text, value);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value)
    {
        var written = value switch
        {
            null => null,
            DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
        text.Append(CultureInfo.InvariantCulture, $"{written?.Length ?? -1}:{written}\n");
    }

    internal sealed record Series
    {
        public string Gstin { get; init; } = "";
        public string DocumentType { get; init; } = "";
        public string FinancialYear { get; init; } = "";
        public long NextNumber { get; init; }
    }

    internal sealed record Seal
    {
        public long FirstNumber { get; init; }
        public long LastNumber { get; init; }
        public string PreviousHash { get; init; } = "";
        public string Hash { get; init; } = "";
    }

    internal static class Sql
    {
        public const string Unsealed = """
            select s.Gstin, s.DocumentType, s.FinancialYear, s.NextNumber
            from NumberSeries s
            where s.NextNumber - 1 > (
                select coalesce(max(d.LastNumber), 0)
                from DocumentSeal d
                where d.Gstin = s.Gstin and d.DocumentType = s.DocumentType and d.FinancialYear = s.FinancialYear
            )
            """;

        public const string LastSeal = """
            select FirstNumber, LastNumber, PreviousHash, Hash
            from DocumentSeal
            where Gstin = @Gstin and DocumentType = @DocumentType and FinancialYear = @FinancialYear
            order by LastNumber desc
            """;

        public const string Documents = $"""
            -- all accounts: a series runs through all customers
            select {InvoiceDocument.Sql.Columns}
            from TaxDocument
            where SupplierGstin = @Gstin and DocumentType = @DocumentType and FinancialYear = @FinancialYear
                and SeriesNumber between @From and @To
            order by SeriesNumber
            """;

        public const string Lines = """
            -- all accounts: a series runs through all customers
            select l.DocumentId, l.Line, l.AccountId, l.ItemCode, l.Description, l.PeriodFrom, l.PeriodTo, l.Sac, l.RateBps, l.NetPaise,
                l.CgstPaise, l.SgstPaise, l.UtgstPaise, l.IgstPaise
            from TaxDocumentLine l
            join TaxDocument d on d.Id = l.DocumentId
            where d.SupplierGstin = @Gstin and d.DocumentType = @DocumentType and d.FinancialYear = @FinancialYear
                and d.SeriesNumber between @From and @To
            order by l.DocumentId, l.Line
            """;

        // a second sealer finds the batch sealed already
        public const string Insert = """
            insert into DocumentSeal (Gstin, DocumentType, FinancialYear, FirstNumber, LastNumber, PreviousHash, Hash, SealedAt)
            select @Gstin, @DocumentType, @FinancialYear, @FirstNumber, @LastNumber, @PreviousHash, @Hash, @SealedAt
            where not exists (
                select 1
                from DocumentSeal
                where Gstin = @Gstin and DocumentType = @DocumentType and FinancialYear = @FinancialYear
                    and LastNumber >= @FirstNumber
            )
            """;
    }
}
