using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Identity.Factors;
using Portal.Identity.SignIn;
using Portal.Shell;

namespace Portal.Identity.Oidc;

/// <summary>Where somebody proves to the provider who they are; the authorization request travels in the address and is read again.</summary>
[AllowAnonymous]
internal sealed class SignInModel(Clients clients, PublicAddress address, Db db, IOptions<IdentityOptions> options, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public string? ClientName { get; private set; }

    public string Query => Request.QueryString.ToString();

    public IActionResult OnGet()
    {
        if (AuthorizeRequest.Read(Request.Query, clients) is not AuthorizeRequest.Asked asked) return this.SeeOther(Authorize.Path + Query);
        Show(asked);
        Email = asked.LoginHint;
        return Page();
    }

    public async Task<IActionResult> OnPost()
    {
        if (AuthorizeRequest.Read(Request.Query, clients) is not AuthorizeRequest.Asked asked) return this.SeeOther(Authorize.Path + Query);
        Show(asked);
        if (string.IsNullOrWhiteSpace(Email)) ModelState.AddModelError(nameof(Email), "Enter your e-mail address.");
        if (string.IsNullOrEmpty(Password)) ModelState.AddModelError(nameof(Password), "Enter your password.");
        if (!ModelState.IsValid) return Page();

        var now = clock.GetUtcNow();
        switch (await CheckPassword.Run(db, options.Value, Email!, Password!, HttpContext.Ip(), HttpContext.UserAgent(), now))
        {
            case PasswordOutcome.Right(var person):
                // RFC 8252 section 8.6: another program than the portal gets nothing without a yes
                return asked.Client.IsPortal
                    ? this.SeeOther(await Authorize.Approve(db, asked, person, null, address, Proof.Password(now), now))
                    : this.SeeOther(Paths.SignIn + QueryString.Create("returnTo", Authorize.Path + Query));
            case PasswordOutcome.Locked:
                ModelState.AddModelError("", "Too many tries. Wait fifteen minutes, or choose a new password by mail.");
                return Page().With(StatusCodes.Status429TooManyRequests);
            default:
                ModelState.AddModelError("", "This e-mail address and password don't belong together.");
                return Page();
        }
    }

    private void Show(AuthorizeRequest.Asked asked)
    {
        ClientName = asked.Client.IsPortal ? null : asked.Client.Name;
        HttpContext.PagePolicy().AllowFormsTo(new Uri(asked.RedirectUri));
    }
}
