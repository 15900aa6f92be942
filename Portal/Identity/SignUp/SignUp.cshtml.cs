using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Identity.SignIn;

namespace Portal.Identity.SignUp;

[AllowAnonymous]
internal sealed class SignUpModel(StartSignUp start, IOptions<IdentityOptions> options, CommonPasswords common) : PageModel
{
    [BindProperty]
    public string? FullName { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public bool IsAdult { get; set; }

    // a foreign issuer has its own sign-up
    public IActionResult OnGet() => options.Value.IsOwnProvider ? Page() : this.SeeOther(Paths.SignIn);

    public async Task<IActionResult> OnPost()
    {
        if (!options.Value.IsOwnProvider) return NotFound();
        var (name, email) = (FullName?.Trim() ?? "", Email?.Trim() ?? "");
        if (name.Length is 0 or > 120 || name.Any(char.IsControl))
            ModelState.AddModelError(nameof(FullName), name.Length == 0 ? "Enter your name." : "Use at most 120 characters for your name.");
        if (!EmailAddress.IsGood(email)) ModelState.AddModelError(nameof(Email), "Enter an e-mail address such as asha@example.in.");
        if (Passwords.Trouble(Password, email, name, common) is { } trouble) ModelState.AddModelError(nameof(Password), trouble);
        if (!IsAdult) ModelState.AddModelError(nameof(IsAdult), "You must be 18 or older to have an account.");
        if (!ModelState.IsValid) return Page();

        if (await start.Run(new SignUpRequest(email, name, Password!, HttpContext.Ip(), HttpContext.UserAgent()))) return this.SeeOther("/sign-up/sent");
        ModelState.AddModelError("", "Too many accounts were asked for from your network. Try again in an hour.");
        return Page().With(StatusCodes.Status429TooManyRequests);
    }
}
