using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity.Sessions;

namespace Portal.Identity.SignIn;

/// <summary>Where the issuer sends the browser back to (OpenID Connect Core 3.1.2.5 to 3.1.3.7).</summary>
[AllowAnonymous]
internal sealed class CallbackModel(
    Issuer issuer, IdTokens idTokens, CompleteSignIn complete, IDataProtectionProvider protection, TimeProvider clock,
    ILogger<CallbackModel> log) : PageModel
{
    private const string Stale = "This sign-in was started in another browser, took too long, or was finished before.";

    public string Text { get; private set; } = "";

    public async Task<IActionResult> OnGet(string? code, string? state, string? error, string? iss)
    {
        Response.Headers.CacheControl = "no-store";
        // RFC 6749 section 10.12: an answer to a request that this browser did not make
        var asked = Correlation.Take(HttpContext, protection, state ?? "", clock.GetUtcNow());
        if (asked is null) return HttpContext.SignedInOrNull() is null ? No(Stale) : this.SeeOther(Texts.LocalPath(null));
        try
        {
            // RFC 9207 section 2.4: an answer of another issuer
            var metadata = await issuer.Metadata(HttpContext.RequestAborted);
            var mustName = metadata.AuthorizationResponseIssParameterSupported is true;
            if ((iss is not null || mustName) && iss != metadata.Issuer)
            {
                log.LogWarning("A sign-in answer names {Issuer} as its issuer", Texts.Cut(iss, 200));
                return No(Stale);
            }

            if (!string.IsNullOrEmpty(error))
            {
                log.LogInformation("The issuer refused a sign-in: {Error}", Texts.Cut(error, 60));
                return No(error == "access_denied" ? "The sign-in was cancelled." : "The sign-in provider refused the sign-in.");
            }

            if (string.IsNullOrEmpty(code)) return No(Stale);
            var idToken = await issuer.Redeem(code, asked.Verifier, HttpContext.RequestAborted);
            var subject = await idTokens.Check(idToken, asked.Nonce, HttpContext.RequestAborted);
            return await complete.Run(subject, idToken, HttpContext.SignedInOrNull(), HttpContext.Ip(), HttpContext.UserAgent()) switch
            {
                SignInOutcome.Welcome(var secret) => Welcome(secret, asked.ReturnTo),
                SignInOutcome.AddressNotVerified => No("Your sign-in provider has not verified your e-mail address. Verify it there, then try again."),
                SignInOutcome.AddressTaken => No("Your e-mail address already belongs to somebody who signs in another way. Write to support to join the two."),
                SignInOutcome.Closed => No("This sign-in has been closed."),
                var other => throw new InvalidOperationException($"{other} is no outcome of a sign-in."),
            };
        }
        catch (IssuerException trouble)
        {
            log.LogWarning(trouble, "A sign-in could not be completed");
            return No("The sign-in could not be completed. Try again; if it fails again, tell support when it happened.");
        }
    }

    // a new secret at each sign-in: what somebody planted before is worth nothing (session fixation)
    private IActionResult Welcome(string secret, string returnTo)
    {
        Correlation.Clear(HttpContext);
        Response.Cookies.Append(SessionHandler.Cookie, secret, SessionHandler.CookieRules);
        return this.SeeOther(returnTo);
    }

    private PageResult No(string text)
    {
        Text = text;
        return Page().With(StatusCodes.Status400BadRequest);
    }
}
