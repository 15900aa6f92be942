using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity;
using Portal.Shell;

namespace Portal.Staff;

/// <summary>One account, and the way into it.</summary>
[Authorize(Policy = StaffMay.Accounts)]
internal sealed class AccountModel(Db db, StaffAccess access, IOptions<StaffOptions> options) : PageModel
{
    [BindProperty]
    public string? Reason { get; set; }

    public FoundAccount Account { get; private set; } = new();

    public IReadOnlyList<StaffLook> Looks { get; private set; } = [];

    public bool MayLook => StaffRole.Can(HttpContext.SignedIn().StaffRole, StaffMay.Look);

    public string Length => Words.Count(options.Value.AccessLength.TotalMinutes, "minute");

    public async Task<IActionResult> OnGet(string id) => await Show(id) ? Page() : NotFound();

    public async Task<IActionResult> OnPost(string id)
    {
        if (!MayLook) return Forbid();
        if (!await Show(id)) return NotFound();
        if (StaffAccess.Trouble(Reason) is { } trouble)
        {
            ModelState.AddModelError(nameof(Reason), trouble);
            return Page();
        }

        return await access.Start(HttpContext.SignedIn(), HttpContext.Entry("staff.access_started"), Account.Id, Reason!) ? this.SeeOther("/servers") : NotFound();
    }

    private async Task<bool> Show(string id)
    {
        if (!Id.TryParse<AccountId>(id, out var account) || await FindAccounts.One(db, account) is not { } found) return false;
        Account = found;
        Looks = await access.Into(account);
        return true;
    }
}
