namespace Portal.Identity.Oidc;

/// <summary>The UserInfo endpoint (OpenID Connect Core 5.3), for GET and POST.</summary>
internal static class UserInfo
{
    public const string Path = "/oidc/userinfo";

    public static async Task<IResult> Answer(HttpContext context, AccessTokens access, Tokens tokens, PublicAddress address)
    {
        context.Response.Headers.CacheControl = "no-store";
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return No(context, StatusCodes.Status401Unauthorized, null);
        var held = await access.Check(header["Bearer ".Length..].Trim(), address.Issuer);
        if (held is null) return No(context, StatusCodes.Status401Unauthorized, "invalid_token");
        var about = new TokenSubject(held.ClientId, held.PersonId, held.GrantId ?? default, held.Scope, default);
        if (!about.Has("openid")) return No(context, StatusCodes.Status403Forbidden, "insufficient_scope");
        return Results.Json(await tokens.Claims(about));
    }

    // RFC 6750 section 3: without a token there is no error code
    private static IResult No(HttpContext context, int status, string? error)
    {
        context.Response.Headers.WWWAuthenticate = error is null ? "Bearer" : $"Bearer error=\"{error}\"";
        return Results.StatusCode(status);
    }
}
