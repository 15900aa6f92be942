using Database;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity;

namespace Portal.Accounts.People;

/// <summary>Everybody who belongs to the account: what they may do, how long, and when they were last here.</summary>
[Needs(Permissions.TeamRead)]
internal sealed class IndexModel(Db db, TimeProvider clock) : PageModel
{
    public IReadOnlyList<AccountPerson> People { get; private set; } = [];

    public ScopeNames Names { get; private set; } = null!;

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    /// <summary>Somebody was removed just now.</summary>
    public bool Removed { get; private set; }

    public async Task OnGet(bool removed)
    {
        Removed = removed;
        var account = HttpContext.SignedIn().AccountId;
        People = await AccountPerson.Of(db, account);
        Names = await ScopeNames.Read(db, account, People.SelectMany(person => person.Grants).Select(grant => (grant.ScopeKind, grant.ScopeId)));
    }

    /// <summary>What they hold, at most three in words.</summary>
    public string Holds(AccountPerson person)
    {
        var live = person.Grants.Where(grant => grant.IsLive(Now)).Select(Names.Sentence).Distinct().ToList();
        return live.Count switch
        {
            0 => "Nothing",
            <= 3 => string.Join("; ", live),
            _ => $"{string.Join("; ", live.Take(2))} and {live.Count - 2} more",
        };
    }
}
