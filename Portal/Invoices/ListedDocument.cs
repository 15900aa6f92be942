using Billing.Invoices;
using Billing.Prices;
using Database;

namespace Portal.Invoices;

/// <summary>What a customer looks for in the list; empty texts look for everything.</summary>
internal sealed record DocumentSearch(string AccountId)
{
    /// <summary>Part of a number.</summary>
    public string Number { get; init; } = "";

    /// <summary>One of <see cref="DocumentTypes"/>.</summary>
    public string DocumentType { get; init; } = "";

    /// <summary>E.g. <c>2026-27</c>.</summary>
    public string FinancialYear { get; init; } = "";

    internal bool IsEmpty => Number.Length == 0 && DocumentType.Length == 0 && FinancialYear.Length == 0;

    // the three signs that mean something in a pattern
    internal string Pattern => $"%{Number.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).ToUpperInvariant()}%";
}

/// <summary>A document as a line of the list.</summary>
internal sealed record ListedDocument
{
    public TaxDocumentId Id { get; init; }

    public string DocumentType { get; init; } = "";

    public string Number { get; init; } = "";

    public DateOnly DocumentDate { get; init; }

    public string BuyerName { get; init; } = "";

    public string? BuyerGstin { get; init; }

    public string PlaceOfSupply { get; init; } = "";

    public string? OriginalNumber { get; init; }

    /// <summary>The note that takes it back; null while it stands.</summary>
    public string? CorrectedBy { get; init; }

    public long NetPaise { get; init; }

    public long CgstPaise { get; init; }

    public long SgstPaise { get; init; }

    public long UtgstPaise { get; init; }

    public long IgstPaise { get; init; }

    public long RoundOffPaise { get; init; }

    public long TotalPaise { get; init; }

    /// <summary>Notes and refunds count the other way.</summary>
    public int Sign => DocumentType is DocumentTypes.CreditNote or DocumentTypes.RefundVoucher ? -1 : 1;

    public Money Tax => new(CgstPaise + SgstPaise + UtgstPaise + IgstPaise);

    /// <summary>Newest first, from before the given id on.</summary>
    public static Task<IReadOnlyList<ListedDocument>> Older(Db db, DocumentSearch search, string before, int count) =>
        db.Query<ListedDocument>(Sql.Older, Arguments(search, before, count));

    /// <summary>Oldest first, from after the given id on.</summary>
    public static Task<IReadOnlyList<ListedDocument>> Newer(Db db, DocumentSearch search, string after, int count) =>
        db.Query<ListedDocument>(Sql.Newer, Arguments(search, after, count));

    private static object Arguments(DocumentSearch search, string edge, int count) => new
    {
        search.AccountId,
        search.DocumentType,
        search.FinancialYear,
        search.Number,
        search.Pattern,
        Edge = new TaxDocumentId(edge),
        First = 1,
        Last = count,
    };

    internal static class Sql
    {
        private const string Columns = """
            d.Id, d.DocumentType, d.Number, d.DocumentDate, d.BuyerName, d.BuyerGstin, d.PlaceOfSupply, d.OriginalNumber,
            d.NetPaise, d.CgstPaise, d.SgstPaise, d.UtgstPaise, d.IgstPaise, d.RoundOffPaise, d.TotalPaise,
            n.Number as CorrectedBy
            """;

        private const string Wanted = """
            d.AccountId = @AccountId
                    and (@DocumentType = '' or d.DocumentType = @DocumentType)
                    and (@FinancialYear = '' or d.FinancialYear = @FinancialYear)
                    and (@Number = '' or d.Number like @Pattern escape '\')
            """;

        public const string Older = $"""
            select *
            from (
                select {Columns}, row_number() over (order by d.Id desc) as Position
                from TaxDocument d
                left join TaxDocument n on n.OriginalId = d.Id and n.AccountId = d.AccountId
                where {Wanted}
                    and d.Id < @Edge
            ) found
            where Position between @First and @Last
            order by Position
            """;

        public const string Newer = $"""
            select *
            from (
                select {Columns}, row_number() over (order by d.Id) as Position
                from TaxDocument d
                left join TaxDocument n on n.OriginalId = d.Id and n.AccountId = d.AccountId
                where {Wanted}
                    and d.Id > @Edge
            ) found
            where Position between @First and @Last
            order by Position
            """;
    }
}
