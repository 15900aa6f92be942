using System.Globalization;
using System.Text.RegularExpressions;
using Billing.Tax;
using Database;

namespace Billing.Invoices;

/// <summary>A number taken from a series.</summary>
internal sealed record TakenNumber(string Number, string FinancialYear, long SeriesNumber, DateOnly Date);

/// <summary>
/// The number series of a registration, type and financial year. A number is taken in the transaction that issues the document: the
/// row stays locked until it commits, so numbers have no gap and no duplicate, and a rolled-back issue uses none.
/// </summary>
public static partial class NumberSeries
{
    /// <summary>Rule 46(b): at most 16 characters, letters, digits, hyphen and slash.</summary>
    public static bool IsLawful(string number) => Lawful().IsMatch(number);

    /// <summary>The e-invoice portal's narrower form: capitals, and no 0, slash or hyphen in front.</summary>
    public static bool IsAcceptedByPortal(string number) => Portal().IsMatch(number);

    /// <summary>The number as printed, e.g. <c>INV/26-27/000001</c>.</summary>
    /// <exception cref="InvalidOperationException">It has more than 16 characters.</exception>
    public static string Write(string prefix, string financialYear, long seriesNumber)
    {
        var number = string.Create(CultureInfo.InvariantCulture, $"{prefix}/{financialYear[2..]}/{seriesNumber:000000}");
        return IsLawful(number) && IsAcceptedByPortal(number)
            ? number
            : throw new InvalidOperationException(
                $"{number} has more than 16 characters (rule 46(b)); shorten the prefix in Billing:Supplier.");
    }

    internal static async Task<TakenNumber> Take(Tx tx, Supplier supplier, InvoiceDocument draft, DateTimeOffset now)
    {
        var today = Ist.Date(now);
        var year = Ist.FinancialYear(today);
        var series = new { Gstin = draft.SupplierGstin, draft.DocumentType, FinancialYear = year, Today = today };
        if (await tx.Execute(Sql.Take, series) == 0)
        {
            await tx.Execute(Sql.Begin, series);
            await tx.Execute(Sql.Take, series);
        }

        var row = await tx.One<Row>(Sql.Taken, series) ?? throw new InvalidOperationException("The number series is gone.");
        var taken = row.NextNumber - 1;
        return new TakenNumber(Write(PrefixOf(supplier, draft.DocumentType), year, taken), year, taken, row.LastDate);
    }

    private static string PrefixOf(Supplier supplier, string documentType) => documentType switch
    {
        DocumentTypes.Invoice => supplier.InvoicePrefix,
        DocumentTypes.CreditNote => supplier.CreditNotePrefix,
        DocumentTypes.ReceiptVoucher => supplier.ReceiptVoucherPrefix,
        DocumentTypes.RefundVoucher => supplier.RefundVoucherPrefix,
        _ => throw new ArgumentOutOfRangeException(nameof(documentType), documentType, "Unknown type of document."),
    };

    [GeneratedRegex("^[A-Za-z0-9/-]{1,16}$")]
    private static partial Regex Lawful();

    [GeneratedRegex("^[A-Z1-9][A-Z0-9/-]{0,15}$")]
    private static partial Regex Portal();

    private sealed record Row
    {
        public long NextNumber { get; init; }
        public DateOnly LastDate { get; init; }
    }

    internal static class Sql
    {
        // a clock that was set back must not put a date before the one already printed
        public const string Take = """
            update NumberSeries
            set NextNumber = NextNumber + 1, LastDate = case when LastDate > @Today then LastDate else @Today end
            where Gstin = @Gstin and DocumentType = @DocumentType and FinancialYear = @FinancialYear
            """;

        public const string Begin = """
            insert into NumberSeries (Gstin, DocumentType, FinancialYear, NextNumber, LastDate)
            select @Gstin, @DocumentType, @FinancialYear, 1, @Today
            where not exists (
                select 1
                from NumberSeries
                where Gstin = @Gstin and DocumentType = @DocumentType and FinancialYear = @FinancialYear
            )
            """;

        public const string Taken = """
            select NextNumber, LastDate
            from NumberSeries
            where Gstin = @Gstin and DocumentType = @DocumentType and FinancialYear = @FinancialYear
            """;
    }
}
