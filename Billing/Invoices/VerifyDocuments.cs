using Database;

namespace Billing.Invoices;

/// <summary>What the check of the seals found.</summary>
/// <param name="Documents">How many documents are sealed and unchanged.</param>
/// <param name="Faults">In words; empty when nothing was tampered with.</param>
public sealed record SealReport(long Documents, IReadOnlyList<string> Faults);

/// <summary>Computes every hash chain again and compares it with the seals: shows a changed, missing or foreign document.</summary>
public static class VerifyDocuments
{
    /// <summary>Checks all series.</summary>
    public static async Task<SealReport> Run(Db db)
    {
        var faults = new List<string>();
        var documents = 0L;
        foreach (var series in await db.Query<SealDocuments.Series>(Sql.Series))
        {
            var name = $"{series.DocumentType} {series.FinancialYear} of {series.Gstin}";
            var (next, hash) = (1L, SealDocuments.Start(series));
            foreach (var seal in await db.Query<SealDocuments.Seal>(Sql.Seals, series))
            {
                if (seal.FirstNumber != next || seal.PreviousHash != hash)
                    faults.Add($"{name}: the seal of {seal.FirstNumber} to {seal.LastNumber} does not follow the one before it.");
                var chain = await SealDocuments.Chain(db, series, seal.FirstNumber, seal.LastNumber, seal.PreviousHash);
                if (chain.Count != seal.LastNumber - seal.FirstNumber + 1)
                    faults.Add($"{name}: number {seal.FirstNumber + chain.Count} is missing.");
                else if (chain.Hash != seal.Hash)
                    faults.Add($"{name}: a document from {seal.FirstNumber} to {seal.LastNumber} was changed after it was sealed.");
                else
                    documents += chain.Count;
                (next, hash) = (seal.LastNumber + 1, seal.Hash);
            }
        }

        return new SealReport(documents, faults);
    }

    /// <summary>The command <c>Portal verify-documents</c>: prints the report; 0 when nothing was tampered with, else 1.</summary>
    public static async Task<int> Print(Db db, TextWriter output)
    {
        var report = await Run(db);
        foreach (var fault in report.Faults) await output.WriteLineAsync(fault);
        await output.WriteLineAsync(FormattableString.Invariant(
            $"{report.Documents} sealed documents are unchanged, {report.Faults.Count} faults."));
        return report.Faults.Count == 0 ? 0 : 1;
    }

    internal static class Sql
    {
        public const string Series = """
            select Gstin, DocumentType, FinancialYear, NextNumber
            from NumberSeries
            order by Gstin, FinancialYear, DocumentType
            """;

        public const string Seals = """
            select FirstNumber, LastNumber, PreviousHash, Hash
            from DocumentSeal
            where Gstin = @Gstin and DocumentType = @DocumentType and FinancialYear = @FinancialYear
            order by LastNumber
            """;
    }
}
