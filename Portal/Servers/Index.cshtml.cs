using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using Portal.Access;
using Portal.Identity;

namespace Portal.Servers;

/// <summary>A customer's servers.</summary>
[Needs(Permissions.ServersRead)]
internal sealed class IndexModel(Db db) : PageModel
{
    private const int LongestSearch = 100;

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Search { get; set; }

    public ServerPage Servers { get; private set; } = new([], false, false);

    public bool IsSearch => !string.IsNullOrWhiteSpace(Search);

    public string Csv => Address("/servers.csv");

    public string? Newer => Servers is { HasNewer: true, Servers: [var first, ..] } ? Address("/servers", "after", first.ServerId) : null;

    public string? Older => Servers is { HasOlder: true, Servers: [.., var last] } ? Address("/servers", "before", last.ServerId) : null;

    public async Task OnGet(string? before, string? after)
    {
        if (Search?.Length > LongestSearch) Search = Search[..LongestSearch];
        Servers = await ServerList.Read(
            db, HttpContext.SignedIn().AccountId, HttpContext.Access().Scope(Permissions.ServersRead), IsSearch ? Search : null,
            Id.TryParse<ServerId>(before, out var older) ? older : null,
            Id.TryParse<ServerId>(after, out var newer) ? newer : null);
    }

    private string Address(string path, string? key = null, ServerId id = default)
    {
        if (IsSearch) path = QueryHelpers.AddQueryString(path, "q", Search!);
        return key is null ? path : QueryHelpers.AddQueryString(path, key, id.Value);
    }
}
