using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Portal.Identity.SignUp;

[AllowAnonymous]
internal sealed class AskPasswordModel(NewPassword newPassword) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    public bool Asked { get; private set; }

    public async Task<IActionResult> OnPost()
    {
        var email = Email?.Trim() ?? "";
        if (!EmailAddress.IsGood(email)) ModelState.AddModelError(nameof(Email), "Enter an e-mail address such as asha@example.in.");
        if (!ModelState.IsValid) return Page();
        Asked = await newPassword.Ask(email, HttpContext.Ip(), HttpContext.UserAgent());
        if (Asked) return Page();
        ModelState.AddModelError("", "Too many links were asked for from your network. Try again in an hour.");
        return Page().With(StatusCodes.Status429TooManyRequests);
    }
}
