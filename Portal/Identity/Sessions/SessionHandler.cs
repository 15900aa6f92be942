using System.Text.Encodings.Web;
using Database;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Portal.Identity.Sessions;

/// <summary>Signs a request in by the one cookie the browser holds; asks people who are not signed in to do so.</summary>
internal sealed class SessionHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory logs, UrlEncoder encoder,
    Db db, TimeProvider clock, IOptions<IdentityOptions> identity)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, logs, encoder)
{
    public const string SchemeName = "session";
    public const string Cookie = "__Host-portal";

    /// <summary>No expiry: the browser forgets it when it closes; the row says how long it is good.</summary>
    public static readonly CookieOptions CookieRules = new()
    {
        Secure = true,
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        IsEssential = true,
    };

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Request.Cookies.TryGetValue(Cookie, out var secret) || secret is not { Length: 43 }) return AuthenticateResult.NoResult();
        var signedIn = await PortalSession.Find(
            db, secret, identity.Value.SessionIdle, identity.Value.Staff.Issuer.Length > 0, clock.GetUtcNow());
        if (signedIn is null) return AuthenticateResult.Fail("The session has ended.");
        Context.Features.Set(signedIn);
        return AuthenticateResult.Success(new AuthenticationTicket(signedIn.Principal(SchemeName), SchemeName));
    }

    // what was posted is lost with the session, the page it was typed on is where to go on
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var returnTo = Request.PathBase + Request.Path + Request.QueryString;
        Response.StatusCode = StatusCodes.Status303SeeOther;
        Response.Headers.Location = SignIn.Paths.SignIn + QueryString.Create("returnTo", returnTo.ToString());
        Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
