namespace Portal.Identity.Oidc;

/// <summary>OpenID Connect Discovery 1.0 section 3, RFC 8414: what this provider can do, and its keys (RFC 7517).</summary>
internal static class Discovery
{
    public const string Path = "/.well-known/openid-configuration";
    public const string KeysPath = "/oidc/keys";

    private static readonly string[] Methods = ["client_secret_basic", "client_secret_post", "private_key_jwt"];

    public static IResult Document(HttpContext context, PublicAddress address)
    {
        CrossOrigin.AllowAnybody(context);
        return Results.Json(All(address));
    }

    private static Dictionary<string, object> All(PublicAddress address) => new()
    {
        ["issuer"] = address.Issuer,
        ["authorization_endpoint"] = address.Of(Authorize.Path),
        ["token_endpoint"] = address.Of(Token.Path),
        ["userinfo_endpoint"] = address.Of(UserInfo.Path),
        ["end_session_endpoint"] = address.Of(EndSession.Path),
        ["jwks_uri"] = address.Of(KeysPath),
        // RFC 9126 section 5
        ["pushed_authorization_request_endpoint"] = address.Of(PushedAuthorization.Path),
        ["require_pushed_authorization_requests"] = false,
        // RFC 8628 section 4
        ["device_authorization_endpoint"] = address.Of(DeviceAuthorization.Path),
        ["revocation_endpoint"] = address.Of(Revocation.Path),
        ["introspection_endpoint"] = address.Of(Introspection.Path),
        ["scopes_supported"] = Clients.Scopes,
        ["response_types_supported"] = (string[])["code"],
        ["response_modes_supported"] = (string[])["query"],
        ["grant_types_supported"] = GrantTypes.All,
        ["subject_types_supported"] = (string[])["public"],
        ["id_token_signing_alg_values_supported"] = (string[])["ES256"],
        ["token_endpoint_auth_methods_supported"] = (string[])[.. Methods, "none"],
        ["token_endpoint_auth_signing_alg_values_supported"] = SignIn.IdTokens.Algorithms,
        ["revocation_endpoint_auth_methods_supported"] = (string[])[.. Methods, "none"],
        ["revocation_endpoint_auth_signing_alg_values_supported"] = SignIn.IdTokens.Algorithms,
        ["introspection_endpoint_auth_methods_supported"] = Methods,
        ["introspection_endpoint_auth_signing_alg_values_supported"] = SignIn.IdTokens.Algorithms,
        ["claims_supported"] = (string[])["sub", "name", "email", "email_verified", "auth_time", "acr", "amr", "sid"],
        ["acr_values_supported"] = (string[])[Factors.Proof.OneFactor, Factors.Proof.TwoFactors],
        ["prompt_values_supported"] = (string[])["none", "login", "consent", "select_account"],
        // RFC 7636 section 4.3: plain is a downgrade
        ["code_challenge_methods_supported"] = (string[])["S256"],
        // RFC 9449 section 5.1
        ["dpop_signing_alg_values_supported"] = Dpop.Algorithms,
        // RFC 9207 section 3
        ["authorization_response_iss_parameter_supported"] = true,
        // OpenID Connect Back-Channel Logout 1.0 section 2.1
        ["backchannel_logout_supported"] = true,
        ["backchannel_logout_session_supported"] = true,
        // OpenID Connect Core 6: the default of request_uri_parameter_supported is true
        ["request_parameter_supported"] = false,
        ["request_uri_parameter_supported"] = false,
        ["claims_parameter_supported"] = false,
        ["service_documentation"] = address.Of("/api/v1/openapi.json"),
    };

    public static async Task<IResult> Keys(SigningKeys keys, HttpContext context)
    {
        CrossOrigin.AllowAnybody(context);
        context.Response.Headers.CacheControl = "public, max-age=300";
        var rows = await keys.Rows();
        return Results.Json(new
        {
            keys = rows.Select(row => new { kty = "EC", use = "sig", alg = "ES256", crv = "P-256", kid = row.KeyId.Value, x = row.X, y = row.Y }),
        });
    }
}
