using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Accounts;
using Portal.Accounts.People;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Access;

/// <summary>One team: who is in it, what is in it, and what its members may do there.</summary>
[Needs(Permissions.TeamRead)]
internal sealed class TeamPageModel(Db db, TimeProvider clock) : PageModel
{
    [BindProperty]
    public GrantInput Input { get; set; } = new();

    [BindProperty]
    public string? Name { get; set; }

    public Team Team { get; private set; } = new();

    /// <summary>Which question a refused answer belongs to.</summary>
    public string? Asked { get; private set; }

    /// <summary>What was taken just now, to be given back.</summary>
    public AccessGrant? Taken { get; private set; }

    public IReadOnlyList<NamedThing> People { get; private set; } = [];

    public IReadOnlyList<NamedThing> Servers { get; private set; } = [];

    public IReadOnlyList<AccessGrant> Grants { get; private set; } = [];

    public ScopeNames Names { get; private set; } = null!;

    public GrantChoices Choices { get; private set; } = GrantChoices.None;

    public IReadOnlyList<SelectListItem> Others { get; private set; } = [];

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public async Task<IActionResult> OnGet(string team, string? taken)
    {
        if (!await Read(team)) return NotFound();
        Taken = await ChangeAccess.Taken(HttpContext, db, Team.Id.Value, taken);
        return Page();
    }

    [Needs(Permissions.TeamManage)]
    public async Task<IActionResult> OnPostRename(string team)
    {
        if (!await Read(team)) return NotFound();
        var name = Name?.Trim() ?? "";
        var outcome = Team.IsName(name) ? await EditTeam.Rename(HttpContext, db, Team.Id, name, Now) : null;
        if (outcome is not (null or TeamOutcome.NameTaken)) return await Answer(outcome, $"/team/teams/{Team.Id}");
        ModelState.AddModelError(nameof(Name), outcome is null ? Team.NameRule : "You have a team of this name already.");
        Asked = "rename";
        return Page();
    }

    [Needs(Permissions.TeamManage)]
    [FreshFactor("put somebody into a team")]
    public async Task<IActionResult> OnPostAdd(string team, string? person) =>
        Id.TryParse<TeamId>(team, out var id) && Id.TryParse<PersonId>(person, out var member)
            ? await Answer(await EditTeam.Add(HttpContext, db, id, member, Now), $"/team/teams/{id}")
            : NotFound();

    [Needs(Permissions.TeamManage)]
    public async Task<IActionResult> OnPostOut(string team, string? person) =>
        Id.TryParse<TeamId>(team, out var id) && Id.TryParse<PersonId>(person, out var member)
            ? await Answer(await EditTeam.Remove(HttpContext, db, id, member, Now), $"/team/teams/{id}")
            : NotFound();

    [Needs(Permissions.TeamManage)]
    public async Task<IActionResult> OnPostClose(string team) =>
        Id.TryParse<TeamId>(team, out var id) ? await Answer(await EditTeam.Close(HttpContext, db, id, Now), "/team/teams") : NotFound();

    /// <summary>Gives a role to all members.</summary>
    [Needs(Permissions.TeamManage)]
    [FreshFactor("give access to the account")]
    public async Task<IActionResult> OnPostGive(string team)
    {
        if (!await Read(team)) return NotFound();
        var (grant, wrong) = Input.Read(Team.Id.Value, Now);
        foreach (var (field, message) in wrong) ModelState.AddModelError($"Input.{field}", message);
        if (grant is null) return Page();
        switch (await ChangeAccess.Give(HttpContext, db, grant, Now))
        {
            case GiveOutcome.Given: return this.SeeOther($"/team/teams/{Team.Id}");
            case GiveOutcome.BeyondOwn beyond: return await this.Beyond(beyond.Permission);
            case GiveOutcome.Impossible impossible: ModelState.AddModelError("Input.Role", impossible.Why); break;
            case GiveOutcome.UnknownScope: ModelState.AddModelError("Input.Scope", "Choose what the role reaches from the list."); break;
            default: ModelState.AddModelError("Input.Role", "Choose a role from the list."); break;
        }

        return Page();
    }

    [Needs(Permissions.TeamManage)]
    public async Task<IActionResult> OnPostTake(string team, string? grant)
    {
        if (!await Read(team) || !Id.TryParse<AccessGrantId>(grant, out var id) || Grants.All(held => held.Id != id)) return NotFound();
        return await ChangeAccess.Take(HttpContext, db, id, Now) is TakeOutcome.BeyondOwn beyond
            ? await this.Beyond(beyond.Permission)
            : this.SeeOther($"/team/teams/{Team.Id}?taken={id}");
    }

    /// <summary>Gives back what was taken.</summary>
    [Needs(Permissions.TeamManage)]
    [FreshFactor("give access to the account")]
    public async Task<IActionResult> OnPostBack(string team, string? grant)
    {
        if (!await Read(team) || await ChangeAccess.Taken(HttpContext, db, Team.Id.Value, grant) is not { } taken) return NotFound();
        return await ChangeAccess.Give(HttpContext, db, taken.Again(), Now) is GiveOutcome.BeyondOwn beyond
            ? await this.Beyond(beyond.Permission)
            : this.SeeOther($"/team/teams/{Team.Id}");
    }

    private async Task<IActionResult> Answer(TeamOutcome outcome, string next) => outcome switch
    {
        TeamOutcome.Done => this.SeeOther(next),
        TeamOutcome.BeyondOwn beyond => await this.Beyond(beyond.Permission),
        _ => NotFound(),
    };

    private async Task<bool> Read(string team)
    {
        var account = HttpContext.SignedIn().AccountId;
        if (!Id.TryParse<TeamId>(team, out var id) || await Team.Find(db, account, id) is not { } found) return false;
        Team = found;
        Name ??= found.Name;
        var args = new { AccountId = account, TeamId = id };
        People = await db.Query<NamedThing>(Sql.People, args);
        Servers = await db.Query<NamedThing>(Sql.Servers, args);
        Grants = await db.Query<AccessGrant>(AccessGrant.Sql.OfHolder, new { AccountId = account, HolderId = id });
        Names = await ScopeNames.Read(db, account, Grants.Select(grant => (grant.ScopeKind, grant.ScopeId)));
        if (!HttpContext.Can(Permissions.TeamManage)) return true;
        Choices = await GrantChoices.Read(db, account, HttpContext.Access());
        Others = [.. (await Member.Of(db, account)).Where(member => People.All(inside => inside.Id != member.PersonId.Value))
            .Select(member => new SelectListItem(member.FullName, member.PersonId.Value))];
        return true;
    }

    internal static class Sql
    {
        public const string People = """
            select p.Id, p.FullName as Name
            from TeamMember m
                join Person p on p.Id = m.PersonId
            where m.AccountId = @AccountId
                and m.TeamId = @TeamId
                and p.ClosedAt is null
            order by lower(p.FullName), p.Id
            """;

        public const string Servers = """
            select s.ServerId as Id, coalesce(f.Label, s.Label) as Name
            from TeamResource t
                join ServerOrder s on s.ServerId = t.ResourceId
                left join Server f on f.Id = s.ServerId
            where t.AccountId = @AccountId
                and t.TeamId = @TeamId
            order by s.ServerId desc
            """;
    }
}
