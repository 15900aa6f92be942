using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;

namespace Portal.Staff;

/// <summary>The customers' accounts, for staff.</summary>
[Authorize(Policy = StaffMay.Accounts)]
internal sealed class AccountsModel(Db db) : PageModel
{
    private const int LongestSearch = 100;

    public string? Search { get; private set; }

    public IReadOnlyList<FoundAccount> Accounts { get; private set; } = [];

    public string? Next { get; private set; }

    public async Task OnGet(string? q, string? before)
    {
        Search = q is { Length: > LongestSearch } ? q[..LongestSearch] : q;
        var found = await FindAccounts.Run(db, Search, before);
        Accounts = [.. found.Take(FindAccounts.PageLength)];
        if (found.Count > FindAccounts.PageLength)
            Next = QueryHelpers.AddQueryString("/operations/accounts", new Dictionary<string, string?> { ["q"] = Search ?? "", ["before"] = Accounts[^1].Id.Value });
    }
}
