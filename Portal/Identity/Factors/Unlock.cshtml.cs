using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity.SignIn;

namespace Portal.Identity.Factors;

/// <summary>Where the link in the mail of a lock leads; following it only asks, since mail filters follow links too.</summary>
[AllowAnonymous]
internal sealed class UnlockModel(Db db, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    public bool IsGood { get; private set; }

    public async Task<IActionResult> OnGet()
    {
        IsGood = await Unlock.IsGood(db, Token ?? "", clock.GetUtcNow());
        return IsGood ? Page() : Page().With(StatusCodes.Status410Gone);
    }

    public async Task<IActionResult> OnPost() => await Unlock.Follow(db, Token ?? "", HttpContext, clock.GetUtcNow())
        ? this.SeeOther(Paths.SignIn)
        : Page().With(StatusCodes.Status410Gone);
}
