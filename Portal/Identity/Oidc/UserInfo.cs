namespace Portal.Identity.Oidc;

/// <summary>The UserInfo endpoint (OpenID Connect Core 5.3), for GET and POST.</summary>
internal static class UserInfo
{
    public const string Path = "/oidc/userinfo";

    public static async Task<IResult> Answer(
        HttpContext context, AccessTokens access, Dpop dpop, Tokens tokens, Clients clients, PublicAddress address)
    {
        context.Response.Headers.CacheControl = "no-store";
        switch (await ShownToken.Check(context, access, dpop, address.Issuer, formAllowed: true))
        {
            case ShownToken.None: return No(context, StatusCodes.Status401Unauthorized, "Bearer");
            case ShownToken.NotGood(var challenge, _): return No(context, StatusCodes.Status401Unauthorized, challenge);
            case ShownToken.Good(var held):
                if (await clients.Find(held.ClientId) is { } client) CrossOrigin.Allow(context, client);
                var about = new TokenSubject(held.ClientId, held.PersonId, held.GrantId ?? default, held.Scope, default);
                // a service account is nobody
                return about.Has("openid") && held.GrantId is not null
                    ? Results.Json(await tokens.Claims(about))
                    : No(context, StatusCodes.Status403Forbidden, "Bearer error=\"insufficient_scope\", scope=\"openid\"");
            default: throw new InvalidOperationException("No such outcome.");
        }
    }

    private static IResult No(HttpContext context, int status, string challenge)
    {
        // it tells nothing, and the client's page wants to know why
        CrossOrigin.AllowAnybody(context);
        context.Response.Headers.WWWAuthenticate = challenge;
        return Results.StatusCode(status);
    }
}
