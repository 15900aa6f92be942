using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Portal.Identity.Oidc;

/// <summary>
/// The end-session endpoint (OpenID Connect RP-Initiated Logout 1.0 section 2). The provider's session is the portal's: where the
/// portal sends somebody here it has ended already; where another client does, the person is asked.
/// </summary>
internal static class EndSession
{
    public const string Path = "/oidc/sign-out";
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    public static async Task<IResult> Answer(HttpContext context, Clients clients, SigningKeys keys, PublicAddress address)
    {
        context.Response.Headers.CacheControl = "no-store";
        var values = HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType
            ? (await context.Request.ReadFormAsync()).ToDictionary(pair => pair.Key, pair => pair.Value.ToString())
            : context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        var client = await ClientOf(values.GetValueOrDefault("id_token_hint"), clients, keys, address);
        if (context.SignedInOrNull() is not null) return Results.Redirect(SignIn.Paths.SignOut);
        // section 3: only with a good hint, and only to a registered address
        var to = values.GetValueOrDefault("post_logout_redirect_uri");
        if (client is null || to is null || !client.PostLogoutRedirectUris.Contains(to, StringComparer.Ordinal))
            return Results.Redirect(SignIn.Paths.SignedOut);
        return Results.Redirect(values.TryGetValue("state", out var state) ? to + QueryString.Create("state", state) : to);
    }

    // section 2: the hint may have expired, it must be ours
    private static async Task<Client?> ClientOf(string? hint, Clients clients, SigningKeys keys, PublicAddress address)
    {
        if (string.IsNullOrEmpty(hint)) return null;
        var result = await Handler.ValidateTokenAsync(hint, new TokenValidationParameters
        {
            ValidIssuer = address.Issuer,
            ValidateAudience = false,
            ValidateLifetime = false,
            IssuerSigningKeys = await keys.Published(),
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        });
        return result.IsValid && ((JsonWebToken)result.SecurityToken).Audiences.FirstOrDefault() is { } audience ? clients.Find(audience) : null;
    }
}
