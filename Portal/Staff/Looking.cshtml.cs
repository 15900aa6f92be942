using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Audit;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Staff;

/// <summary>What this browser looks into: may it write, and the end of it.</summary>
[Authorize(Policy = IdentityRoom.Staff)]
internal sealed class LookingModel(StaffAccess access) : PageModel
{
    [BindProperty]
    public string? Reason { get; set; }

    public Looking? Looking => HttpContext.SignedIn().Looking;

    public bool MayChange => StaffRole.Can(HttpContext.SignedIn().StaffRole, StaffMay.Change);

    [FreshFactor("make changes in this account")]
    public async Task<IActionResult> OnPost()
    {
        if (!MayChange) return Forbid();
        if (StaffAccess.Trouble(Reason) is { } trouble)
        {
            ModelState.AddModelError(nameof(Reason), trouble);
            return Page();
        }

        return await access.Widen(HttpContext.SignedIn(), HttpContext.Entry("staff.access_widened"), Reason!)
            ? this.SeeOther("/servers")
            : this.SeeOther("/operations/looking");
    }

    public async Task<IActionResult> OnPostEnd()
    {
        await access.End(HttpContext.SignedIn(), HttpContext.Entry("staff.access_ended"));
        return this.SeeOther("/operations/accounts");
    }
}
