using Portal.Accounts;

namespace Portal.Identity.Oidc;

/// <summary>A client of the own provider, as configured. Section <c>Portal:Identity:Clients</c>.</summary>
public sealed record ClientOptions
{
    /// <summary>The client id.</summary>
    public string Id { get; init; } = "";

    /// <summary>What people see on the consent page.</summary>
    public string Name { get; init; } = "";

    /// <summary>Lower-case hex SHA-256 of the client's (random) secret; empty for a public client.</summary>
    public string SecretSha256 { get; init; } = "";

    /// <summary>Exact addresses. A loopback address without a port (<c>http://127.0.0.1/callback</c>) takes any port (RFC 8252 section 7.3).</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Where a browser may be sent after sign-out.</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>Where the client is told that a session has ended (OpenID Connect Back-Channel Logout 1.0).</summary>
    public string BackchannelLogoutUri { get; init; } = "";

    /// <summary>Besides <c>openid</c>: <c>profile</c>, <c>email</c>, <c>offline_access</c>, <c>api</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["profile", "email"];

    /// <summary>The client's public keys as a JSON Web Key Set (RFC 7517); with it the client signs in by <c>private_key_jwt</c>.</summary>
    public string Jwks { get; init; } = "";

    /// <summary>Whether authorization requests must be pushed first (RFC 9126 section 6).</summary>
    public bool RequirePar { get; init; }

    /// <summary>Whether its access tokens are bound to a key of its own (RFC 9449 section 5.2).</summary>
    public bool DpopBound { get; init; }

    /// <summary>Whether it may ask about other clients' tokens (RFC 7662).</summary>
    public bool IsResourceServer { get; init; }

    /// <summary>Whether a device without a browser may be let in as it (RFC 8628).</summary>
    public bool AllowDevices { get; init; }
}

/// <summary>How a client shows that it is itself (RFC 8414 <c>token_endpoint_auth_method</c>, in our words).</summary>
internal static class ClientAuth
{
    /// <summary><c>client_secret_basic</c> or <c>client_secret_post</c>.</summary>
    public const string Secret = "secret";
    public const string PrivateKeyJwt = "private_key_jwt";

    /// <summary>A public client.</summary>
    public const string None = "none";
}

internal static class GrantTypes
{
    public const string Code = "authorization_code";
    public const string Refresh = "refresh_token";
    public const string ClientCredentials = "client_credentials";
    public const string Device = "urn:ietf:params:oauth:grant-type:device_code";

    public static readonly IReadOnlyList<string> All = [Code, Refresh, ClientCredentials, Device];
    public static readonly IReadOnlyList<string> OfPeople = [Code, Refresh];
}

/// <summary>A registered client: the portal, its command line, one that is configured, or a row of <see cref="OidcClient"/>.</summary>
internal sealed record Client(string Id, string Name, IReadOnlyList<string> RedirectUris, IReadOnlyList<string> Scopes)
{
    public string AuthMethod { get; init; } = ClientAuth.Secret;

    public string Jwks { get; init; } = "";

    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    public string BackchannelLogoutUri { get; init; } = "";

    public IReadOnlyList<string> GrantTypes { get; init; } = Oidc.GrantTypes.OfPeople;

    /// <summary>This portal itself: asks nobody for consent.</summary>
    public bool IsPortal { get; init; }

    /// <summary>A customer's application lets in that account's members only; null for the provider's own.</summary>
    public AccountId? AccountId { get; init; }

    /// <summary>Space-separated networks that it may come from; null for everywhere.</summary>
    public string? IpAllowList { get; init; }

    public bool RequirePar { get; init; }

    public bool DpopBound { get; init; }

    public bool IsResourceServer { get; init; }

    /// <summary>Whether the secret it was looked up with is one of its own.</summary>
    public bool ShowedSecret { get; init; }

    /// <summary>Null when the client is configured: then its use is not written down.</summary>
    public OidcClientId? Row { get; init; }

    public OidcSecretId? SecretRow { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public bool IsPublic => AuthMethod == ClientAuth.None;

    /// <summary>RFC 6749 section 3.1.2.3, RFC 9700 section 2.1: compared as text; only the port of a loopback address is free.</summary>
    public bool Allows(string redirectUri) => RedirectUris.Contains(redirectUri, StringComparer.Ordinal)
        || (IsPublic && RedirectUris.Any(registered => SameButPort(registered, redirectUri)));

    /// <summary>RFC 8252 section 8.6: an address that only this client can answer at, so that a remembered yes is its own.</summary>
    public bool IsProvenAt(string redirectUri) => !IsPublic || redirectUri.StartsWith("https://", StringComparison.Ordinal);

    /// <summary>RFC 9700 section 2.6: over TLS, on this machine, or to an app by a scheme of its own (RFC 8252 section 7.1).</summary>
    public static bool MayBeAnsweredAt(string redirectUri) =>
        Uri.TryCreate(redirectUri, UriKind.Absolute, out var uri) && uri is { Fragment.Length: 0, UserInfo.Length: 0 }
        && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback) || uri.Scheme.Contains('.', StringComparison.Ordinal));

    // RFC 8252 sections 7.3 and 8.3: literal loopback addresses, not the name localhost
    private static bool SameButPort(string registered, string asked) =>
        Uri.TryCreate(registered, UriKind.Absolute, out var one) && Uri.TryCreate(asked, UriKind.Absolute, out var other)
        && one is { Scheme: "http", Host: "127.0.0.1" or "[::1]", IsDefaultPort: true }
        && string.Equals(asked, $"http://{one.Host}:{other.Port}{one.PathAndQuery}", StringComparison.Ordinal);
}
