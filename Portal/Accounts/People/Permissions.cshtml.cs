using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity;

namespace Portal.Accounts.People;

/// <summary>A permission as somebody holds it, with every reason.</summary>
internal sealed record HeldPermission(Permission Permission, Verdict Verdict, bool OnAll, IReadOnlyList<string> Reasons);

/// <summary>"What can they do, and why": each permission with the grants it comes from.</summary>
[Needs(Permissions.TeamRead)]
internal sealed class PermissionsModel(Db db, AccessMaps maps, TimeProvider clock) : PageModel
{
    public AccountPerson Person { get; private set; } = new();

    public IReadOnlyList<HeldPermission> Held { get; private set; } = [];

    public async Task<IActionResult> OnGet(string person)
    {
        var (account, now) = (HttpContext.SignedIn().AccountId, clock.GetUtcNow());
        if (!Id.TryParse<PersonId>(person, out var id) || await AccountPerson.Find(db, account, id) is not { } found) return NotFound();
        Person = found;
        var names = await ScopeNames.Read(db, account, found.Grants.Select(grant => (grant.ScopeKind, grant.ScopeId)));
        // asked of what decides, not derived a second time
        var access = new RequestAccess(await maps.Now(account, id.Value), null, now);
        Held = [.. Permissions.All.Select(permission => new HeldPermission(
            permission, access.Check(permission.Code), access.CanOnAll(permission.Code), [.. Reasons(found, permission, names, now)]))];
        return Page();
    }

    private static IEnumerable<string> Reasons(AccountPerson person, Permission permission, ScopeNames names, DateTimeOffset now) =>
        from grant in person.Grants
        where grant.Permissions.Contains(permission.Code)
        let why = string.Concat(
            names.Sentence(grant),
            grant.HolderId == person.PersonId.Value ? "" : $", as a member of {names.Of(grant.HolderId)}",
            grant.ExpiresAt is { } end ? $", until {Ist.Show(end)}" : "")
        select grant switch
        {
            _ when !grant.IsLive(now) => $"Ended: {why}",
            _ when permission.Code == Permissions.ServersOrder && grant.ScopeKind is (AccessScope.Resource or AccessScope.Tag) =>
                $"Counts only on the whole account or a team: {why}",
            _ when grant.ScopeKind != AccessScope.Account && !permission.OnParts => $"Counts only on the whole account: {why}",
            _ => why,
        };
}
