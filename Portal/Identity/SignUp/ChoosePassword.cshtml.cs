using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity.SignIn;

namespace Portal.Identity.SignUp;

[AllowAnonymous]
internal sealed class ChoosePasswordModel(Db db, NewPassword newPassword, CommonPasswords common, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public bool IsGood { get; private set; }

    public async Task<IActionResult> OnGet() => await Look() is null ? Page().With(StatusCodes.Status410Gone) : Page();

    public async Task<IActionResult> OnPost()
    {
        if (await Look() is not { } link) return Page().With(StatusCodes.Status410Gone);
        if (Passwords.Trouble(Password, link.Email, link.FullName, common) is { } trouble)
        {
            ModelState.AddModelError(nameof(Password), trouble);
            return Page();
        }

        if (await newPassword.Choose(Token!, Password!)) return this.SeeOther(Paths.SignIn);
        IsGood = false;
        return Page().With(StatusCodes.Status410Gone);
    }

    private async Task<EmailLink?> Look()
    {
        var link = await EmailLink.Find(db, Token ?? "", "password");
        IsGood = link?.IsGood(clock.GetUtcNow()) == true;
        return IsGood ? link : null;
    }
}
