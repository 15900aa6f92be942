using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace Portal.Identity.SignIn;

/// <summary>Where staff come in: at their own issuer where there is one, else as everybody does.</summary>
[AllowAnonymous]
internal sealed class StaffModel(
    Issuers issuers, IOptions<IdentityOptions> options, IDataProtectionProvider protection, TimeProvider clock, ILogger<StaffModel> log) : PageModel
{
    private const string Home = "/operations";

    public string Host { get; private set; } = "";

    public async Task<IActionResult> OnGet(string? returnTo)
    {
        var to = returnTo is null ? Home : Texts.LocalPath(returnTo);
        if (issuers.Staff is not { } issuer) return this.SeeOther(Paths.SignIn + QueryString.Create("returnTo", to));
        try
        {
            var correlation = Correlation.New(issuer.Key, to, clock.GetUtcNow()) with { Acr = options.Value.ForeignAcr };
            var address = await issuer.AuthorizeAddress(correlation, null, HttpContext.RequestAborted);
            correlation.Keep(HttpContext, protection);
            return this.SeeOther(address);
        }
        catch (IssuerException trouble)
        {
            log.LogError(trouble, "The staff issuer's metadata cannot be read");
            Host = new Uri(issuer.Name).Authority;
            return Page().With(StatusCodes.Status503ServiceUnavailable);
        }
    }
}
