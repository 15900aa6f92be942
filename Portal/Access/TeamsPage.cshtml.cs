using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Audit;
using Portal.Identity;

namespace Portal.Access;

/// <summary>The account's teams and departments.</summary>
[Needs(Permissions.TeamRead)]
internal sealed class TeamsPageModel(Db db, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Kind { get; set; }

    public IReadOnlyList<Team> Teams { get; private set; } = [];

    public async Task OnGet() => Teams = await Team.Of(db, HttpContext.SignedIn().AccountId);

    [Needs(Permissions.TeamManage)]
    public async Task<IActionResult> OnPost()
    {
        var (who, now) = (HttpContext.SignedIn(), clock.GetUtcNow());
        var name = Name?.Trim() ?? "";
        if (!Team.IsName(name)) ModelState.AddModelError(nameof(Name), Team.NameRule);
        if (Kind is not (Team.OfTeam or Team.OfDepartment)) ModelState.AddModelError(nameof(Kind), "Say whether it is a team or a department.");
        if (ModelState.IsValid)
        {
            var opened = await db.Write(async tx =>
            {
                var id = await ChangeTeams.Open(tx, who.AccountId, Kind!, name, now);
                if (id is not null) await tx.Record(HttpContext.Entry("team.open_team", id.Value.Value, after: new { Name = name, Kind }), now);
                return id;
            });
            if (opened is { } team) return this.SeeOther($"/team/teams/{team}");
            ModelState.AddModelError(nameof(Name), "You have a team of this name already.");
        }

        await OnGet();
        return Page();
    }
}
