using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity.Oidc;
using Portal.Shell;

namespace Portal.Identity.Factors;

/// <summary>
/// Asks for the second factor: after a right password, or when the portal wants to know again that it is still the person. The request
/// to sign in travels in the address, as on the page before.
/// </summary>
[AllowAnonymous]
internal sealed class SecondFactorModel(
    Clients clients, FreshSignIn goOn, PublicAddress address, Db db, CheckFactor check, Passkeys passkeys, IDataProtectionProvider protection,
    TimeProvider clock)
    : PageModel
{
    public const string Path = "/oidc/second-factor";
    internal const string Locked =
        "Too many tries. Wait fifteen minutes, or follow the link that we have mailed to this address if somebody has it.";

    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? RecoveryCode { get; set; }

    [BindProperty]
    public string? Question { get; set; }

    [BindProperty]
    public string? Answer { get; set; }

    public PersonFactors Has { get; private set; } = new();

    public string Email { get; private set; } = "";

    /// <summary>Somebody who is signed in already and shows once more who they are.</summary>
    public bool IsAgain { get; private set; }

    public bool OpenRecovery { get; private set; }

    public PasskeyQuestion? Passkey { get; private set; }

    public string Query => HalfSignedIn.QueryOf(Request);

    public async Task<IActionResult> OnGet() => await Who() is null ? this.SeeOther(Oidc.Authorize.SignInPath + Query) : Page();

    /// <summary>The app's code.</summary>
    public Task<IActionResult> OnPost() => Answered(nameof(Code), Code, person => check.Code(person, Code, HttpContext));

    public Task<IActionResult> OnPostRecovery()
    {
        OpenRecovery = true;
        return Answered(nameof(RecoveryCode), RecoveryCode, person => check.Recovery(person, RecoveryCode, HttpContext));
    }

    public Task<IActionResult> OnPostPasskey() => Answered("", Answer, person => check.Passkey(person, Question, Answer, HttpContext));

    private async Task<IActionResult> Answered(string field, string? typed, Func<Person, Task<FactorOutcome>> ask)
    {
        if (await Who() is not { } who) return this.SeeOther(Oidc.Authorize.SignInPath + Query);
        if (string.IsNullOrWhiteSpace(typed))
        {
            ModelState.AddModelError(field, field.Length == 0 ? "The browser gave no passkey. Try again." : "Enter the code.");
            return Show();
        }

        switch (await ask(who.Person))
        {
            case FactorOutcome.Right(var amr):
                HalfSignedIn.Forget(HttpContext);
                var now = clock.GetUtcNow();
                var proof = new Proof(now, Proof.Join([.. who.Before.Amr.Split(' '), .. amr], twoFactors: true));
                return this.SeeOther(await goOn.GoOn(HttpContext, who.Asked, who.Person.Id, proof, address));
            case FactorOutcome.Locked:
                ModelState.AddModelError("", Locked);
                return Show().With(StatusCodes.Status429TooManyRequests);
            default:
                ModelState.AddModelError(field, field.Length == 0
                    ? "This passkey was not accepted. Try again, or use another way."
                    : "This code is not right, or was used before. Codes of an app change every thirty seconds.");
                return Show();
        }
    }

    private async Task<(Person Person, AuthorizeRequest.Asked Asked, Proof Before)?> Who()
    {
        if (await AuthorizeRequest.Read(Request.Query, clients) is not AuthorizeRequest.Asked asked) return null;
        var signedIn = HttpContext.SignedInOrNull();
        var half = HalfSignedIn.Find(HttpContext, protection, clock.GetUtcNow());
        if (half is null && (signedIn is null || asked.Prompts.Count > 0)) return null;
        if (await Person.ById(db, half?.Person ?? signedIn!.PersonId) is not { } person) return null;
        Has = await PersonFactors.Of(db, person.Id);
        if (!Has.Any) return null;
        (Email, IsAgain) = (person.Email, half is null);
        if (Has.HasPasskey) Passkey = await passkeys.Ask(person, HttpContext);
        HttpContext.PagePolicy().AllowFormsTo(new Uri(asked.RedirectUri));
        return (person, asked, half?.Proof ?? signedIn!.Proof);
    }

    // a code that was refused is not worth mending
    private PageResult Show()
    {
        ModelState.SetModelValue(nameof(Code), null, null);
        ModelState.SetModelValue(nameof(RecoveryCode), null, null);
        (Code, RecoveryCode) = (null, null);
        return Page();
    }
}
