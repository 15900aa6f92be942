using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Factors;
using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>One application of an account or of the house: its secrets, rotation and end.</summary>
internal abstract class ShowPage(Db db, PublicAddress address, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? Confirm { get; set; }

    /// <summary>Where the pages of the applications lie.</summary>
    public abstract string Root { get; }

    public OidcClient Application { get; private set; } = new();

    public IReadOnlyList<ApplicationSecret> Secrets { get; private set; } = [];

    /// <summary>Right after it was made.</summary>
    public string? Secret { get; private set; }

    public string Issuer => address.Issuer;

    /// <summary>Null for the house.</summary>
    protected abstract AccountId? Account { get; }

    public string AuthWords => Application.AuthMethod switch
    {
        ClientAuth.Secret => "a secret (client_secret_basic)",
        ClientAuth.PrivateKeyJwt => "a signed statement (private_key_jwt)",
        _ => "nothing: a public client with PKCE",
    };

    public async Task<IActionResult> OnGet(string? id)
    {
        if (!await Open(id)) return NotFound();
        Secret = OneTimeSecret.Take(TempData, Application.Id.Value);
        return Page();
    }

    [FreshFactor("make a new secret")]
    public async Task<IActionResult> OnPostRotate(string? id)
    {
        if (!await Open(id)) return NotFound();
        if (!HttpContext.MayHold(Application))
        {
            ModelState.AddModelError("", "It may do what you may not, so its secret is not for you. Ask an owner of the account.");
            return Page();
        }

        var secret = ApplicationSecret.New();
        switch (await db.Write(tx => ApplicationSecret.Rotate(tx, Account, Application.Id, secret, HttpContext.Entry(""), clock.GetUtcNow())))
        {
            case RotateOutcome.Made:
                OneTimeSecret.Keep(TempData, Application.Id.Value, secret);
                return this.SeeOther($"{Root}/{id}");
            case RotateOutcome.TooMany:
                ModelState.AddModelError("", "It has five secrets already; revoke one first.");
                return Page();
            default: return NotFound();
        }
    }

    public async Task<IActionResult> OnPostSecret(string? id, string? secret)
    {
        if (!await Open(id) || !Id.TryParse<OidcSecretId>(secret, out var known)) return NotFound();
        await db.Write(tx => ApplicationSecret.Revoke(
            tx, Account, Application.Id, known, HttpContext.Entry(""), clock.GetUtcNow()));
        return this.SeeOther($"{Root}/{id}");
    }

    public async Task<IActionResult> OnPostRevoke(string? id)
    {
        if (!await Open(id)) return NotFound();
        if (Confirm?.Trim() != Application.Name)
        {
            ModelState.AddModelError(nameof(Confirm), $"Type {Application.Name} exactly.");
            return Page();
        }

        await db.Write(tx => Applications.Application.Revoke(
            tx, Account, Application.Id, HttpContext.Entry(""), clock.GetUtcNow()));
        return this.SeeOther(Root);
    }

    private async Task<bool> Open(string? id)
    {
        var now = clock.GetUtcNow();
        if (!Id.TryParse<OidcClientId>(id, out var known)
            || await Applications.Application.One(db, Account, known) is not { } found) return false;
        Application = found;
        Secrets = await ApplicationSecret.Of(db, known, now);
        return true;
    }
}
