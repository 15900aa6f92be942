using Billing.Invoices;
using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Access;
using Portal.Identity;

namespace Portal.Invoices;

/// <summary>The customer's documents.</summary>
[Needs(Permissions.BillingRead)]
internal sealed class IndexModel(Db db, TimeProvider clock) : PageModel
{
    private const int RowsOfPage = 50;
    private const string Newest = "inv_~";
    private const int LongestNumber = 16;

    public IReadOnlyList<ListedDocument> Rows { get; private set; } = [];

    public DocumentSearch Search { get; private set; } = new("");

    public BalanceOfAccount Balance { get; private set; } = new(default, default);

    public string? Previous { get; private set; }

    public string? Next { get; private set; }

    public string Csv => $"/invoices.csv{Query(null, null)}";

    public IEnumerable<SelectListItem> Types => DocumentWords.AllTypes
        .Select(type => new SelectListItem(DocumentWords.Kind(type), type, type == Search.DocumentType));

    /// <summary>This financial year and the seven before it: as long as records must be kept (CGST Act s.36).</summary>
    public IEnumerable<SelectListItem> Years
    {
        get
        {
            var today = Ist.Date(clock.GetUtcNow());
            return Enumerable.Range(0, 8).Select(back => Ist.FinancialYear(today.AddYears(-back)))
                .Select(year => new SelectListItem(year, year, year == Search.FinancialYear));
        }
    }

    public async Task<IActionResult> OnGet(string? number, string? type, string? year, string? before, string? after)
    {
        var account = HttpContext.SignedIn().AccountId.ToString();
        Search = SearchOf(account, number, type, year);
        Balance = await BalanceOfAccount.Read(db, account);
        if (after is not null && Id.TryParse<TaxDocumentId>(after, out var newest))
        {
            var newer = await ListedDocument.Newer(db, Search, newest.Value, RowsOfPage + 1);
            Rows = [.. newer.Take(RowsOfPage).Reverse()];
            Previous = newer.Count > RowsOfPage ? $"/invoices{Query(null, Rows[0].Id)}" : null;
            Next = Rows.Count > 0 ? $"/invoices{Query(Rows[^1].Id, null)}" : null;
            return Page();
        }

        var from = Id.TryParse<TaxDocumentId>(before, out var oldest) ? oldest.Value : Newest;
        var older = await ListedDocument.Older(db, Search, from, RowsOfPage + 1);
        Rows = [.. older.Take(RowsOfPage)];
        Next = older.Count > RowsOfPage ? $"/invoices{Query(Rows[^1].Id, null)}" : null;
        Previous = from != Newest && Rows.Count > 0 ? $"/invoices{Query(null, Rows[0].Id)}" : null;
        return Page();
    }

    internal static DocumentSearch SearchOf(string account, string? number, string? type, string? year) => new(account)
    {
        Number = number?.Trim() is { Length: > 0 and <= LongestNumber } part ? part : "",
        DocumentType = DocumentWords.AllTypes.Contains(type) ? type! : "",
        FinancialYear = year is { Length: 7 } ? year : "",
    };

    private QueryString Query(TaxDocumentId? before, TaxDocumentId? after)
    {
        var parts = new Dictionary<string, string?>
        {
            ["number"] = Search.Number,
            ["type"] = Search.DocumentType,
            ["year"] = Search.FinancialYear,
            ["before"] = before?.Value,
            ["after"] = after?.Value,
        };
        return QueryString.Create(parts.Where(part => !string.IsNullOrEmpty(part.Value)));
    }
}
