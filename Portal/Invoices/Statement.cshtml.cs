using Billing.Ledger;
using Database;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity;

namespace Portal.Invoices;

/// <summary>What was invoiced, paid and credited, line by line.</summary>
[Needs(Permissions.BillingRead)]
internal sealed class StatementModel(Db db) : PageModel
{
    private const int EntriesOfPage = 50;

    public IReadOnlyList<StatementLine> Lines { get; private set; } = [];

    public BalanceOfAccount Balance { get; private set; } = new(default, default);

    public string? First { get; private set; }

    public string? Next { get; private set; }

    public async Task OnGet(string? before)
    {
        var account = HttpContext.SignedIn().AccountId.ToString();
        Balance = await BalanceOfAccount.Read(db, account);
        JournalEntryId? edge = Id.TryParse<JournalEntryId>(before, out var known) ? known : null;
        var read = await Statement.Page(db, account, edge, EntriesOfPage + 1);
        var entries = read.Select(line => line.EntryId).Distinct().Take(EntriesOfPage + 1).ToList();
        Lines = [.. read.Where(line => entries.IndexOf(line.EntryId) < EntriesOfPage)];
        Next = entries.Count > EntriesOfPage ? $"/invoices/statement?before={entries[EntriesOfPage - 1]}" : null;
        First = edge is null ? null : "/invoices/statement";
    }
}
