using System.Security.Cryptography;
using Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Access;
using Portal.Shell;

namespace Portal.Identity.Factors;

/// <summary>Sets up an authenticator app: the key travels sealed with the form and is kept only after the app's code was right.</summary>
[OwnBusiness, FreshFactor("set up an authenticator app")]
internal sealed class AppModel(
    Db db, ChangeFactors change, IDataProtectionProvider protection, IOptions<ShellOptions> shell, IOptions<IdentityOptions> options, TimeProvider clock)
    : PageModel
{
    [BindProperty]
    public string? Code { get; set; }

    [BindProperty]
    public string? Sealed { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnTo { get; set; }

    public byte[] Secret { get; private set; } = [];

    public IReadOnlyList<string> Codes { get; private set; } = [];

    /// <summary>In fours, as people type it.</summary>
    public string Key => string.Join(' ', Totp.Base32(Secret).Chunk(4).Select(four => new string(four)));

    public IHtmlContent Picture => QrPicture.Draw(
        Totp.Address(shell.Value.Brand, HttpContext.SignedIn().Email, Secret), "QR code for the authenticator app; the key below says the same");

    public async Task<IActionResult> OnGet()
    {
        if (!options.Value.IsOwnProvider) return NotFound();
        if (await Totp.Of(db, HttpContext.SignedIn().PersonId) is not null) return this.SeeOther(SecurityModel.Path);
        Show(Totp.NewSecret());
        return Page();
    }

    public async Task<IActionResult> OnPost()
    {
        if (!options.Value.IsOwnProvider) return NotFound();
        if (Open() is not { } secret) return this.SeeOther("/accounts/security/app");
        if (Totp.StepOf(secret, Code, clock.GetUtcNow()) is not { } step)
        {
            ModelState.AddModelError(nameof(Code), "This is not the code of this key. Look at the app again; if it goes on, check the phone's clock.");
            Show(secret);
            ModelState.SetModelValue(nameof(Code), null, null);
            Code = null;
            return Page();
        }

        if (await change.AddApp(HttpContext, secret, step) is not FactorAdded.Done { Codes: { Count: > 0 } codes })
            return this.SeeOther(string.IsNullOrEmpty(ReturnTo) ? SecurityModel.Path : Texts.LocalPath(ReturnTo));
        Codes = codes;
        return Page();
    }

    private IDataProtector Protector => protection.CreateProtector("Portal.Identity.Factors.App", HttpContext.SignedIn().PersonId.Value);

    private void Show(byte[] secret)
    {
        Secret = secret;
        ModelState.Remove(nameof(Sealed));
        Sealed = Convert.ToBase64String(Protector.Protect(secret));
    }

    private byte[]? Open()
    {
        try
        {
            return string.IsNullOrEmpty(Sealed) ? null : Protector.Unprotect(Convert.FromBase64String(Sealed));
        }
        catch (Exception trouble) when (trouble is CryptographicException or FormatException)
        {
            return null; // made by nobody here
        }
    }
}
