using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Portal.Identity.SignIn;

/// <summary>Sends the browser to the issuer (OpenID Connect Core 3.1.2.1 with RFC 7636).</summary>
[AllowAnonymous]
internal sealed class SignInModel(
    Issuer issuer, PublicAddress address, Factors.Freshness freshness, IOptions<IdentityOptions> options, IDataProtectionProvider protection, TimeProvider clock,
    ILogger<SignInModel> log) : PageModel
{
    public async Task<IActionResult> OnGet(string? returnTo, bool fresh)
    {
        string endpoint;
        try
        {
            endpoint = (await issuer.Metadata(HttpContext.RequestAborted)).AuthorizationEndpoint;
        }
        catch (IssuerException trouble)
        {
            log.LogError(trouble, "The issuer's metadata cannot be read");
            return Page().With(StatusCodes.Status503ServiceUnavailable);
        }

        var correlation = Correlation.New(returnTo, clock.GetUtcNow());
        correlation.Keep(HttpContext, protection);
        var asked = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = options.Value.ClientId,
            ["redirect_uri"] = address.Of(Paths.Callback),
            ["scope"] = "openid profile email",
            ["state"] = correlation.State,
            ["nonce"] = correlation.Nonce,
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(correlation.Verifier))),
            ["code_challenge_method"] = "S256",
        };
        // OpenID Connect Core 3.1.2.1: who is signed in shows again who they are
        if (fresh && HttpContext.SignedInOrNull() is { } signedIn)
        {
            asked["max_age"] = ((long)freshness.Length.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
            asked["acr_values"] = await freshness.Acr(signedIn.PersonId);
            asked["login_hint"] = signedIn.Email;
        }

        return this.SeeOther(QueryHelpers.AddQueryString(endpoint, asked));
    }
}
