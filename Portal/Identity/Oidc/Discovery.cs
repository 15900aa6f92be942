namespace Portal.Identity.Oidc;

/// <summary>OpenID Connect Discovery 1.0 section 3, RFC 8414: what this provider can do, and its keys (RFC 7517).</summary>
internal static class Discovery
{
    public const string Path = "/.well-known/openid-configuration";
    public const string KeysPath = "/oidc/keys";

    public static IResult Document(PublicAddress address) => Results.Json(new Dictionary<string, object>
    {
        ["issuer"] = address.Issuer,
        ["authorization_endpoint"] = address.Of(Authorize.Path),
        ["token_endpoint"] = address.Of(Token.Path),
        ["userinfo_endpoint"] = address.Of(UserInfo.Path),
        ["end_session_endpoint"] = address.Of(EndSession.Path),
        ["jwks_uri"] = address.Of(KeysPath),
        ["scopes_supported"] = Clients.Scopes,
        ["response_types_supported"] = (string[])["code"],
        ["response_modes_supported"] = (string[])["query"],
        ["grant_types_supported"] = (string[])["authorization_code", "refresh_token"],
        ["subject_types_supported"] = (string[])["public"],
        ["id_token_signing_alg_values_supported"] = (string[])["ES256"],
        ["token_endpoint_auth_methods_supported"] = (string[])["client_secret_basic", "client_secret_post", "none"],
        ["claims_supported"] = (string[])["sub", "name", "email", "email_verified", "auth_time", "amr", "acr"],
        ["prompt_values_supported"] = (string[])["none", "login", "consent"],
        // RFC 7636 section 4.3: plain is a downgrade
        ["code_challenge_methods_supported"] = (string[])["S256"],
        // RFC 9207 section 3
        ["authorization_response_iss_parameter_supported"] = true,
        ["acr_values_supported"] = (string[])[Factors.Proof.OneFactor, Factors.Proof.TwoFactors],
        // OpenID Connect Core 6: the default of request_uri_parameter_supported is true
        ["request_parameter_supported"] = false,
        ["request_uri_parameter_supported"] = false,
        ["claims_parameter_supported"] = false,
    });

    public static async Task<IResult> Keys(SigningKeys keys, HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        var rows = await keys.Rows();
        return Results.Json(new
        {
            keys = rows.Select(row => new { kty = "EC", use = "sig", alg = "ES256", crv = "P-256", kid = row.KeyId.Value, x = row.X, y = row.Y }),
        });
    }
}
