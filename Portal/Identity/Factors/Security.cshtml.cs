using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Access;
using Portal.Accounts;

namespace Portal.Identity.Factors;

/// <summary>A person's ways to sign in: password, app, passkeys, recovery codes; and what was tried lately.</summary>
[OwnBusiness]
internal sealed class SecurityModel(
    Db db, ChangeFactors change, ChangePassword changePassword, IOptions<IdentityOptions> options, TimeProvider clock) : PageModel
{
    public const string Path = "/accounts/security";

    [BindProperty]
    public string? CurrentPassword { get; set; }

    [BindProperty]
    public string? NewPassword { get; set; }

    public bool IsOwnProvider => options.Value.IsOwnProvider;

    public bool HasPassword { get; private set; }

    public Totp? App { get; private set; }

    public IReadOnlyList<Passkey> Passkeys { get; private set; } = [];

    public int CodesLeft { get; private set; }

    public IReadOnlyList<RecentSignIn> Recent { get; private set; } = [];

    public bool IsSafe => App is not null || Passkeys.Count > 0;

    public bool AccountRequires { get; private set; }

    public bool MayRequire { get; private set; }

    /// <summary>What has just been done, in words.</summary>
    public string? Done { get; private set; }

    public async Task OnGet(string? done)
    {
        await Read();
        Done = done switch
        {
            "password" => "Your password is changed. Every other browser and program is signed out.",
            "app-removed" => "The authenticator app is removed.",
            "passkey-removed" => "The passkey is removed. Delete it on the device too.",
            "passkey-named" => "The passkey has its new name.",
            "required" => "Everybody in this account needs a second factor from now on.",
            "not-required" => "A second factor is up to each person now.",
            _ => null,
        };
    }

    public async Task<IActionResult> OnPostPassword()
    {
        switch (await changePassword.Run(HttpContext, CurrentPassword, NewPassword))
        {
            case PasswordChange.Done:
                return this.SeeOther(Path + "?done=password");
            case PasswordChange.Refused(var field, var message):
                ModelState.AddModelError(field, message);
                break;
            case PasswordChange.Locked:
                ModelState.AddModelError("", SecondFactorModel.Locked);
                break;
        }

        await Read();
        return Page();
    }

    [FreshFactor("remove your authenticator app")]
    public async Task<IActionResult> OnPostRemoveApp()
    {
        await change.RemoveApp(HttpContext);
        return this.SeeOther(Path + "?done=app-removed");
    }

    [FreshFactor("remove a passkey")]
    public async Task<IActionResult> OnPostRemovePasskey(string? id)
    {
        if (!Id.TryParse<PasskeyId>(id, out var passkey)) return NotFound();
        await change.RemovePasskey(HttpContext, passkey);
        return this.SeeOther(Path + "?done=passkey-removed");
    }

    public async Task<IActionResult> OnPostRenamePasskey(string? id, string? name)
    {
        if (!Id.TryParse<PasskeyId>(id, out var passkey)) return NotFound();
        if (ChangeFactors.NameOf(name) is { } good && await change.RenamePasskey(HttpContext, passkey, good))
            return this.SeeOther(Path + "?done=passkey-named");
        ModelState.AddModelError("", "Give the passkey a name of at most 60 characters.");
        await Read();
        return Page();
    }

    /// <summary>Whether everybody in the account must have a second factor.</summary>
    [Needs(Permissions.AccountManage), FreshFactor("change who must have a second factor in this account")]
    public async Task<IActionResult> OnPostRequire(bool on)
    {
        var signedIn = HttpContext.SignedIn();
        var now = clock.GetUtcNow();
        await db.Write(tx => RequireSecondFactor.Run(tx, signedIn.AccountId, on, HttpContext, now));
        return this.SeeOther($"{Path}?done={(on ? "required" : "not-required")}");
    }

    private async Task Read()
    {
        var signedIn = HttpContext.SignedIn();
        var person = await Person.ById(db, signedIn.PersonId);
        HasPassword = person?.PasswordHash is not null;
        App = await Totp.Of(db, signedIn.PersonId);
        Passkeys = await Passkey.Of(db, signedIn.PersonId);
        CodesLeft = await RecoveryCodes.Left(db, signedIn.PersonId);
        Recent = await RecentSignIn.Of(db, signedIn.PersonId, signedIn.Email);
        AccountRequires = signedIn.AccountId is { Value.Length: > 0 } account && await RequireSecondFactor.Is(db, account);
        MayRequire = HttpContext.Can(Permissions.AccountManage);
    }
}
