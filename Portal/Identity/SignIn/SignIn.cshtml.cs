using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Portal.Identity.SignIn;

/// <summary>Sends the browser to the issuer: the deployment's, or the company's that the address names.</summary>
[AllowAnonymous]
internal sealed class SignInModel(
    Issuers issuers, Factors.Freshness freshness, IDataProtectionProvider protection, TimeProvider clock, ILogger<SignInModel> log) : PageModel
{
    public string? Host { get; private set; }

    public async Task<IActionResult> OnGet(string? returnTo, string? company, string? loginHint, string? join, bool fresh)
    {
        if (company is not null && !IsCompany(company)) return NotFound();
        // whoever shows again who they are does so where they did before
        var before = fresh ? HttpContext.SignedInOrNull() : null;
        if (await issuers.Find(company ?? before?.IssuerKey ?? IssuerSettings.Deployment) is not { } issuer) return NotFound();
        var now = clock.GetUtcNow();
        var correlation = Correlation.New(issuer.Key, returnTo, now);
        if (before is not null)
            correlation = correlation with { FreshFor = freshness.Length, Acr = await freshness.Acr(issuer.Key, before.PersonId) };
        if (!string.IsNullOrEmpty(join))
        {
            if (HttpContext.SignedInOrNull() is not { } signedIn || !JoinTicket.IsGood(protection, join, signedIn, issuer.Key, now))
                return NotFound();
            correlation = correlation with { Joins = signedIn.PersonId.Value };
        }

        try
        {
            var address = await issuer.AuthorizeAddress(correlation, before?.Email ?? Texts.Cut(loginHint, 254), HttpContext.RequestAborted);
            correlation.Keep(HttpContext, protection);
            return this.SeeOther(address);
        }
        catch (IssuerException trouble)
        {
            log.LogError(trouble, "The metadata of issuer {Key} cannot be read", issuer.Key);
            Host = company is null ? null : new Uri(issuer.Name).Authority;
            return Page().With(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static bool IsCompany(string key) => key is not (IssuerSettings.Deployment or IssuerSettings.Staff);
}

/// <summary>
/// Lets a signed-in person join what a company's issuer says with who they are here. Only their own pages carry it, so nobody joins by
/// following a foreign link.
/// </summary>
internal static class JoinTicket
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(30);

    public static string New(IDataProtectionProvider protection, SignedIn signedIn, string issuerKey, DateTimeOffset now) =>
        Protector(protection).Protect($"{signedIn.SessionId}\n{issuerKey}", now + Length);

    public static bool IsGood(IDataProtectionProvider protection, string ticket, SignedIn signedIn, string issuerKey, DateTimeOffset now)
    {
        try
        {
            return !signedIn.IsByCompany && signedIn.Looking is null
                && Protector(protection).Unprotect(ticket, out var until) == $"{signedIn.SessionId}\n{issuerKey}" && until > now;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return false;
        }
    }

    private static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection) =>
        protection.CreateProtector("Portal.Identity.SignIn.Join").ToTimeLimitedDataProtector();
}
