using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity.Companies;

namespace Portal.Identity.SignIn;

/// <summary>
/// The address first: it leads to the company's own issuer where its domain is proven, else to the usual sign-in. Also the way in for
/// issuers that begin a sign-in themselves (OpenID Connect Core 4).
/// </summary>
[AllowAnonymous]
internal sealed class CompanyModel(Db db, IDataProtectionProvider protection, TimeProvider clock) : PageModel
{
    public string? Email { get; set; }

    public string ReturnTo { get; private set; } = "";

    public CompanyIssuer? Found { get; private set; }

    /// <summary>The issuer of the account that a signed-in person works for.</summary>
    public CompanyIssuer? Joinable { get; private set; }

    public string Onward { get; private set; } = "";

    public string SignedInAs => HttpContext.SignedIn().Email;

    public string Self => Paths.Company + QueryString.Create("returnTo", ReturnTo);

    public string Usual => Paths.SignIn + QueryString.Create("returnTo", ReturnTo);

    public async Task<IActionResult> OnGet(string? email, string? returnTo, string? iss, [FromQuery(Name = "login_hint")] string? loginHint)
    {
        ReturnTo = Texts.LocalPath(returnTo);
        Email = Texts.Cut(email ?? loginHint, 254).Trim();
        if (HttpContext.SignedInOrNull() is { IsByCompany: false, Looking: null } signedIn && await CompanyIssuer.Of(db, signedIn.AccountId) is { IsOn: true } own)
        {
            Joinable = own;
            Onward = Address(own, signedIn.Email, JoinTicket.New(protection, signedIn, own.Id.Value, clock.GetUtcNow()));
        }

        if (Email.Length == 0) return Page();
        if (!SignUp.EmailAddress.IsGood(Email))
        {
            ModelState.AddModelError(nameof(Email), "Enter your whole work address, like asha@company.example.");
            return Page();
        }

        if (await CompanyIssuer.ForAddress(db, Email) is { } found && (iss is null || iss.TrimEnd('/') == found.Issuer.TrimEnd('/')))
        {
            Found = found;
            Onward = Address(found, Email, null);
            return Page();
        }

        // nothing tells a company that is not there from one that is not proven
        return this.SeeOther(Paths.SignIn + QueryString.Create(new Dictionary<string, string?> { ["returnTo"] = ReturnTo, ["loginHint"] = Email }));
    }

    private string Address(CompanyIssuer company, string email, string? join)
    {
        var query = new Dictionary<string, string?> { ["company"] = company.Id.Value, ["returnTo"] = ReturnTo, ["loginHint"] = email };
        if (join is not null) query["join"] = join;
        return Paths.SignIn + QueryString.Create(query);
    }
}
