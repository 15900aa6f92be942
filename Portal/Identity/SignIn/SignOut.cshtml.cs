using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.WebUtilities;
using Portal.Audit;
using Portal.Identity.Sessions;
using Portal.Shell;

namespace Portal.Identity.SignIn;

/// <summary>Ends the session here, then at the issuer it came from (OpenID Connect RP-Initiated Logout 1.0 section 2).</summary>
[AllowAnonymous]
internal sealed class SignOutModel(
    Db db, Issuers issuers, CompleteSignIn complete, PublicAddress address, TimeProvider clock, ILogger<SignOutModel> log) : PageModel
{
    public async Task<IActionResult> OnPost()
    {
        Response.Cookies.Delete(SessionHandler.Cookie, SessionHandler.CookieRules);
        if (HttpContext.SignedInOrNull() is not { } signedIn) return this.SeeOther(Paths.SignedOut);
        var session = SessionId.From(signedIn.SessionId);
        var idToken = await complete.IdToken(session);
        var entry = HttpContext.Entry("identity.signed_out", session.Value);
        var now = clock.GetUtcNow();
        await db.Write(async tx =>
        {
            if (await PortalSession.Revoke(tx, signedIn.PersonId, session, now))
                await tx.Record(entry, now);
        });
        return this.SeeOther(await AtIssuer(signedIn.IssuerKey, idToken) ?? Paths.SignedOut);
    }

    // whoever signs out here is signed out here, whether or not the issuer answers
    private async Task<string?> AtIssuer(string key, string? idToken)
    {
        try
        {
            if (idToken is null || await issuers.Find(key) is not { } issuer) return null;
            var endpoint = (await issuer.Metadata(HttpContext.RequestAborted)).EndSessionEndpoint;
            if (string.IsNullOrEmpty(endpoint)) return null;
            HttpContext.PagePolicy().AllowFormsTo(new Uri(endpoint));
            return QueryHelpers.AddQueryString(endpoint, new Dictionary<string, string?>
            {
                ["id_token_hint"] = idToken,
                ["post_logout_redirect_uri"] = address.Of(Paths.SignedOut),
            });
        }
        catch (IssuerException trouble)
        {
            log.LogWarning(trouble, "Issuer {Key} was not told of a sign-out", key);
            return null;
        }
    }
}
