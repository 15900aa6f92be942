using Database;

namespace Portal.Identity.Oidc;

/// <summary>
/// The introspection endpoint (RFC 7662 section 2): a confidential client asks about its own tokens, a resource server about any
/// that may be shown to it. Whatever else it asks about is not active, so that nobody tries tokens out here (section 4).
/// </summary>
internal static class Introspection
{
    public const string Path = "/oidc/introspect";

    public static async Task<IResult> Post(
        HttpContext context, ClientAuthentication authentication, AccessTokens access, Db db, PublicAddress address, TimeProvider clock)
    {
        var (form, unreadable) = await Parameters.Read(context);
        if (unreadable is not null) return unreadable;
        var (client, stranger) = await authentication.Run(context, form);
        if (stranger is not null) return stranger;
        if (client.IsPublic) return OAuthProblem.Of("unauthorized_client", "A public client may not ask about tokens.");
        if (form["token"] is not { } token) return OAuthProblem.Of("invalid_request", "token is missing.");
        return token.Contains('.', StringComparison.Ordinal)
            ? await Access(token, client, access, address)
            : await Refresh(token, client, db, address, clock.GetUtcNow());
    }

    private static async Task<IResult> Access(string token, Client client, AccessTokens access, PublicAddress address)
    {
        if (await access.Check(token, address.Issuer) is not { } held || !MayAsk(client, held.ClientId)) return Inactive();
        var answer = new Dictionary<string, object>
        {
            ["active"] = true,
            ["iss"] = address.Issuer,
            ["sub"] = held.Subject,
            ["client_id"] = held.ClientId,
            ["scope"] = held.Scope,
            ["token_type"] = held.Jkt is null ? "Bearer" : "DPoP",
            ["aud"] = held.Audiences,
            ["exp"] = held.ExpiresAt.ToUnixTimeSeconds(),
            ["iat"] = held.IssuedAt.ToUnixTimeSeconds(),
            ["jti"] = held.Jti,
        };
        // RFC 9449 section 6.2
        if (held.Jkt is { } jkt) answer["cnf"] = new { jkt };
        return Results.Json(answer);
    }

    private static async Task<IResult> Refresh(string token, Client client, Db db, PublicAddress address, DateTimeOffset now)
    {
        if (await RefreshToken.Find(db, token) is not { UsedAt: null } found || found.ExpiresAt <= now || found.ClientId != client.Id) return Inactive();
        return Results.Json(new
        {
            active = true,
            iss = address.Issuer,
            sub = found.PersonId.Value,
            client_id = found.ClientId,
            scope = found.Scope,
            exp = found.ExpiresAt.ToUnixTimeSeconds(),
        });
    }

    private static bool MayAsk(Client client, string about) => client.Id == about || client.IsResourceServer;

    // section 2.2: and not a word of why
    private static IResult Inactive() => Results.Json(new { active = false });
}
