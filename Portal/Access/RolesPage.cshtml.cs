using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Access;

/// <summary>The ready-made roles and the account's own.</summary>
[Needs(Permissions.TeamRead)]
internal sealed class RolesPageModel(Db db, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public IReadOnlyList<string> Codes { get; set; } = [];

    /// <summary>The own role that is being changed; null for a new one.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Change { get; set; }

    public IReadOnlyList<CustomRole> Own { get; private set; } = [];

    public async Task<IActionResult> OnGet()
    {
        await Read();
        if (string.IsNullOrEmpty(Change)) return Page();
        if (Own.FirstOrDefault(role => role.Id.Value == Change) is not { } changed) return NotFound();
        (Name, Codes) = (changed.Name, changed.Codes);
        return Page();
    }

    [Needs(Permissions.TeamManage)]
    [FreshFactor("change what a role may do")]
    public async Task<IActionResult> OnPost()
    {
        CustomRoleId? id = null;
        if (!string.IsNullOrEmpty(Change))
        {
            if (!Id.TryParse<CustomRoleId>(Change, out var known)) return NotFound();
            id = known;
        }

        switch (await EditRole.Save(HttpContext, db, id, Name, [.. Codes], clock.GetUtcNow()))
        {
            case RoleOutcome.Saved: return this.SeeOther("/team/roles");
            case RoleOutcome.BeyondOwn beyond: return await this.Beyond(beyond.Permission);
            case RoleOutcome.Refused refused: ModelState.AddModelError(refused.Field, refused.Message); break;
            default: return NotFound();
        }

        await Read();
        return Page();
    }

    /// <summary>Ends an own role and what was given by it.</summary>
    [Needs(Permissions.TeamManage)]
    public async Task<IActionResult> OnPostRetire(string? id)
    {
        if (!Id.TryParse<CustomRoleId>(id, out var known)) return NotFound();
        return await EditRole.Retire(HttpContext, db, known, clock.GetUtcNow()) switch
        {
            RoleOutcome.Saved => this.SeeOther("/team/roles"),
            RoleOutcome.BeyondOwn beyond => await this.Beyond(beyond.Permission),
            _ => NotFound(),
        };
    }

    private async Task Read() => Own = await CustomRole.Of(db, HttpContext.SignedIn().AccountId);
}
