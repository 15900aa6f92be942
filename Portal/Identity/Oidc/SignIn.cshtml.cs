using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Identity.Factors;
using Portal.Shell;

namespace Portal.Identity.Oidc;

/// <summary>Where somebody proves to the provider who they are; the authorization request travels in the address and is read again.</summary>
[AllowAnonymous]
internal sealed class SignInModel(
    Clients clients, FreshSignIn fresh, PublicAddress address, Db db, Passkeys passkeys, IDataProtectionProvider protection, IOptions<IdentityOptions> options,
    TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    [BindProperty]
    public string? Question { get; set; }

    [BindProperty]
    public string? Answer { get; set; }

    public string? ClientName { get; private set; }

    /// <summary>Somebody who is signed in already and shows once more who they are.</summary>
    public bool IsAgain { get; private set; }

    public PasskeyQuestion Passkey { get; private set; } = new("", "");

    public string Query => HalfSignedIn.QueryOf(Request);

    public async Task<IActionResult> OnGet()
    {
        if (await AuthorizeRequest.Read(Request.Query, clients) is not AuthorizeRequest.Asked asked) return this.SeeOther(Authorize.Path + Query);
        // the session stands for the password: only the second factor is asked for again
        if (Again(asked) is { } signedIn && (await PersonFactors.Of(db, signedIn.PersonId)).Any) return this.SeeOther(SecondFactorModel.Path + Query);
        Email = asked.LoginHint;
        return await Show(asked);
    }

    public async Task<IActionResult> OnPost()
    {
        if (await AuthorizeRequest.Read(Request.Query, clients) is not AuthorizeRequest.Asked asked) return this.SeeOther(Authorize.Path + Query);
        if (string.IsNullOrWhiteSpace(Email)) ModelState.AddModelError(nameof(Email), "Enter your e-mail address.");
        if (string.IsNullOrEmpty(Password)) ModelState.AddModelError(nameof(Password), "Enter your password.");
        if (!ModelState.IsValid) return await Show(asked);

        var now = clock.GetUtcNow();
        switch (await CheckPassword.Run(db, options.Value, Email!, Password!, HttpContext, address, now))
        {
            case PasswordOutcome.Right(var person) when (await PersonFactors.Of(db, person)).Any:
                HalfSignedIn.Keep(HttpContext, protection, person, now);
                return this.SeeOther(SecondFactorModel.Path + Query);
            case PasswordOutcome.Right(var person):
                return this.SeeOther(await fresh.GoOn(HttpContext, asked, person, Proof.Password(now), address));
            case PasswordOutcome.Locked:
                ModelState.AddModelError("", SecondFactorModel.Locked);
                return (await Show(asked)).With(StatusCodes.Status429TooManyRequests);
            default:
                ModelState.AddModelError("", "This e-mail address and password don't belong together.");
                return await Show(asked);
        }
    }

    /// <summary>A passkey names its person itself and verifies them on the device: two factors at once.</summary>
    public async Task<IActionResult> OnPostPasskey()
    {
        if (await AuthorizeRequest.Read(Request.Query, clients) is not AuthorizeRequest.Asked asked)
            return this.SeeOther(Authorize.Path + Query);
        var now = clock.GetUtcNow();
        var attempt = await db.Write(tx => SignInAttempt.BeginPasskey(tx, HttpContext.Ip(), HttpContext.UserAgent(), options.Value, now));
        if (attempt is not { } open)
        {
            ModelState.AddModelError("", SecondFactorModel.Locked);
            return (await Show(asked)).With(StatusCodes.Status429TooManyRequests);
        }

        if (await passkeys.Check(null, Question, Answer, HttpContext) is not { } person)
        {
            ModelState.AddModelError("", "This passkey was not accepted. Try again, or sign in with your password.");
            return await Show(asked);
        }

        await db.Write(tx => SignInAttempt.PassedPasskey(tx, open, person.Id));
        HalfSignedIn.Forget(HttpContext);
        var proof = new Proof(clock.GetUtcNow(), Proof.Join(["hwk", "user"], twoFactors: true));
        return this.SeeOther(await fresh.GoOn(HttpContext, asked, person.Id, proof, address));
    }

    private SignedIn? Again(AuthorizeRequest.Asked asked) => asked is { Client.IsPortal: true, Prompts.Count: 0 } ? HttpContext.SignedInOrNull() : null;

    private async Task<PageResult> Show(AuthorizeRequest.Asked asked)
    {
        ClientName = asked.Client.IsPortal ? null : asked.Client.Name;
        IsAgain = Again(asked) is not null;
        Passkey = await passkeys.Ask(null, HttpContext);
        HttpContext.PagePolicy().AllowFormsTo(new Uri(asked.RedirectUri));
        return Page();
    }
}
