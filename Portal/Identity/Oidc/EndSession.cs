using Database;
using Portal.Audit;
using Portal.Identity.Sessions;

namespace Portal.Identity.Oidc;

/// <summary>
/// The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0 section 2). The provider's session is the portal's: where the
/// portal sends somebody here it has ended already; another client ends it with an ID token of this very session, or the person is asked.
/// </summary>
internal static class EndSession
{
    public const string Path = "/oidc/sign-out";
    public const string ConfirmPath = "/oidc/sign-out/confirm";
    private const int LongestQuery = 7000;

    public static async Task<IResult> Get(HttpContext context, Clients clients, IdTokenHints hints, Db db, TimeProvider clock)
    {
        context.Response.Headers.CacheControl = "no-store";
        var request = await Read(context.Request.Query, clients, hints);
        if (context.SignedInOrNull() is { } signedIn)
        {
            // section 2: without a good hint anybody's link would sign people out
            if (request.Hint is not { } hint || hint.Subject != signedIn.PersonId.Value || (hint.SessionId ?? signedIn.SessionId) != signedIn.SessionId)
                return Results.Redirect(ConfirmPath + context.Request.QueryString);
            await End(context, signedIn, db, clock.GetUtcNow());
        }

        return Results.Redirect(request.GoOn);
    }

    // coming from elsewhere a post carries no Lax cookie; the GET that follows does
    public static async Task<IResult> Post(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (!context.Request.HasFormContentType) return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var query = QueryString.Create(await context.Request.ReadFormAsync());
        if (query.Value?.Length > LongestQuery) return Results.StatusCode(StatusCodes.Status400BadRequest);
        context.Response.Headers.Location = Path + query;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    public static async Task End(HttpContext context, SignedIn signedIn, Db db, DateTimeOffset now)
    {
        var entry = context.Entry("identity.signed_out", signedIn.SessionId);
        await db.Write(async tx =>
        {
            if (await PortalSession.Revoke(tx, signedIn.PersonId, SessionId.From(signedIn.SessionId), now)) await tx.Record(entry, now);
        });
        context.Response.Cookies.Delete(SessionHandler.Cookie, SessionHandler.CookieRules);
    }

    public static async Task<EndSessionRequest> Read(IQueryCollection query, Clients clients, IdTokenHints hints)
    {
        string? One(string name) => query.TryGetValue(name, out var values) && values.Count == 1 && values[0] is { Length: > 0 } one ? one : null;

        var hint = await hints.Read(One("id_token_hint"));
        // section 2: the two must name the same client
        if (hint is not null && One("client_id") is { } said && said != hint.ClientId) hint = null;
        var client = (hint?.ClientId ?? One("client_id")) is { Length: <= 200 } id ? await clients.Find(id) : null;
        // section 3: only to an address that is registered for the client; never elsewhere
        var to = One("post_logout_redirect_uri");
        if (client is null || to is null || !client.PostLogoutRedirectUris.Contains(to, StringComparer.Ordinal))
            return new EndSessionRequest(hint, client, SignIn.Paths.SignedOut);
        return new EndSessionRequest(
            hint, client, One("state") is { Length: <= 1000 } state ? Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(to, "state", state) : to);
    }
}

/// <summary>A request to end a session.</summary>
/// <param name="GoOn">Where the browser goes afterwards.</param>
internal sealed record EndSessionRequest(IdTokenHint? Hint, Client? Client, string GoOn);
