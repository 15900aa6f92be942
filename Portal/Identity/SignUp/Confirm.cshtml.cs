using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity.SignIn;

namespace Portal.Identity.SignUp;

/// <summary>Where a confirmation link leads. Following it only asks: mail filters follow links too.</summary>
[AllowAnonymous]
internal sealed class ConfirmModel(Db db, StartSignUp start, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    public string Email { get; private set; } = "";

    public bool IsGood { get; private set; }

    public bool MaySendAgain { get; private set; }

    public bool Sent { get; private set; }

    public async Task<IActionResult> OnGet()
    {
        var link = await EmailLink.Find(db, Token ?? "", "signup");
        if (link?.IsGood(clock.GetUtcNow()) != true) return NotGood(link);
        (Email, IsGood) = (link.Email, true);
        return Page();
    }

    public async Task<IActionResult> OnPost() => await ConfirmEmail.Run(db, Token ?? "", clock.GetUtcNow()) switch
    {
        // billing details are the next step; signing in leads there
        ConfirmOutcome.Confirmed => this.SeeOther(Paths.SignIn + QueryString.Create("returnTo", "/accounts/billing")),
        ConfirmOutcome.AlreadyConfirmed => this.SeeOther(Paths.SignIn),
        _ => NotGood(await EmailLink.Find(db, Token ?? "", "signup")),
    };

    public async Task<IActionResult> OnPostAgain()
    {
        Sent = await start.Again(Token ?? "", HttpContext.Ip());
        return Sent ? Page() : NotGood(null);
    }

    private PageResult NotGood(EmailLink? link)
    {
        MaySendAgain = link is { UsedAt: null, PasswordHash: not null };
        return Page().With(StatusCodes.Status410Gone);
    }
}
