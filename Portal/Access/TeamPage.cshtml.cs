using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Accounts;
using Portal.Accounts.People;
using Portal.Audit;
using Portal.Identity;

namespace Portal.Access;

/// <summary>One team: who is in it, what is in it, and what its members may do there.</summary>
[Needs(Permissions.TeamRead)]
internal sealed class TeamPageModel(Db db, TimeProvider clock) : PageModel
{
    [BindProperty]
    public GrantInput Input { get; set; } = new();

    public Team Team { get; private set; } = new();

    public IReadOnlyList<NamedThing> People { get; private set; } = [];

    public IReadOnlyList<NamedThing> Servers { get; private set; } = [];

    public IReadOnlyList<AccessGrant> Grants { get; private set; } = [];

    public ScopeNames Names { get; private set; } = null!;

    public GrantChoices Choices { get; private set; } = GrantChoices.None;

    public IReadOnlyList<SelectListItem> Others { get; private set; } = [];

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public async Task<IActionResult> OnGet(string team) => await Read(team) ? Page() : NotFound();

    [Needs(Permissions.TeamManage)]
    public Task<IActionResult> OnPostAdd(string team, string? person) => Change(team, "team.add_to_team", person, (tx, account, id) =>
        ChangeTeams.Add(tx, account, id, PersonId.From(person ?? ""), Now));

    [Needs(Permissions.TeamManage)]
    public Task<IActionResult> OnPostOut(string team, string? person) => Change(team, "team.take_from_team", person, (tx, account, id) =>
        ChangeTeams.Remove(tx, account, id, PersonId.From(person ?? "")));

    [Needs(Permissions.TeamManage)]
    public async Task<IActionResult> OnPostClose(string team)
    {
        var (who, now) = (HttpContext.SignedIn(), Now);
        if (!Id.TryParse<TeamId>(team, out var id)) return NotFound();
        var closed = await db.Write(async tx =>
        {
            if (!await ChangeTeams.Close(tx, who.AccountId, id, who.PersonId.Value, now)) return false;
            await tx.Record(HttpContext.Entry("team.close_team", id.Value), now);
            return true;
        });
        return closed ? this.SeeOther("/team/teams") : NotFound();
    }

    /// <summary>Gives a role to all members.</summary>
    [Needs(Permissions.TeamManage)]
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
            default: ModelState.AddModelError("Input.Role", "Choose role and reach from the lists."); break;
        }

        return Page();
    }

    [Needs(Permissions.TeamManage)]
    public async Task<IActionResult> OnPostTake(string team, string? grant)
    {
        if (!await Read(team) || !Id.TryParse<AccessGrantId>(grant, out var id) || Grants.All(held => held.Id != id)) return NotFound();
        return await ChangeAccess.Take(HttpContext, db, id, Now) is TakeOutcome.BeyondOwn beyond
            ? await this.Beyond(beyond.Permission)
            : this.SeeOther($"/team/teams/{Team.Id}");
    }

    private async Task<IActionResult> Change(string team, string action, string? person, Func<Tx, AccountId, TeamId, Task<bool>> change)
    {
        var account = HttpContext.SignedIn().AccountId;
        if (!Id.TryParse<TeamId>(team, out var id) || !Id.TryParse<PersonId>(person, out _)) return NotFound();
        await db.Write(async tx =>
        {
            // added or taken out twice is what was asked for
            if (await change(tx, account, id)) await tx.Record(HttpContext.Entry(action, id.Value, after: new { Person = person }), Now);
        });
        return this.SeeOther($"/team/teams/{id}");
    }

    private async Task<bool> Read(string team)
    {
        var account = HttpContext.SignedIn().AccountId;
        if (!Id.TryParse<TeamId>(team, out var id) || await Team.Find(db, account, id) is not { } found) return false;
        Team = found;
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
