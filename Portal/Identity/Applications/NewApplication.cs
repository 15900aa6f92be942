using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>An application or a service account to register, as somebody typed it.</summary>
internal sealed record NewApplication
{
    private const int MostUris = 10;
    private const int LongestUri = 500;

    /// <summary><c>web</c>, <c>native</c> or <c>service</c>.</summary>
    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";

    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    public string BackchannelLogoutUri { get; init; } = "";

    /// <summary>Public keys; with them the client signs in by <c>private_key_jwt</c> and has no secret.</summary>
    public string Jwks { get; init; } = "";

    /// <summary>Besides <c>openid</c>; a service account has <c>api</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>What a service account may do.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>Of a service account: addresses and networks from where it is good; empty for everywhere.</summary>
    public string IpAllowList { get; init; } = "";

    /// <summary>Whether it may ask about tokens of other applications (RFC 7662); of the house's own only.</summary>
    public bool IsResourceServer { get; init; }

    /// <summary>Whether a native application may be let in by a code on another device.</summary>
    public bool AllowDevices { get; init; }

    public bool RequirePar { get; init; }

    public bool DpopBound { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public bool IsService => Kind == OidcClient.Service;

    public string AuthMethod => Kind == OidcClient.Native ? ClientAuth.None : Jwks.Length > 0 ? ClientAuth.PrivateKeyJwt : ClientAuth.Secret;

    public IReadOnlyList<string> GrantTypes => Kind switch
    {
        OidcClient.Service => [Oidc.GrantTypes.ClientCredentials],
        OidcClient.Native when AllowDevices => [.. Oidc.GrantTypes.OfPeople, Oidc.GrantTypes.Device],
        _ => Oidc.GrantTypes.OfPeople,
    };

    /// <summary>What is wrong, by field; nothing when it is in order.</summary>
    public IEnumerable<ApplicationTrouble> Troubles(DateTimeOffset now)
    {
        if (Kind is not (OidcClient.Web or OidcClient.Native or OidcClient.Service))
            yield return new(nameof(Kind), "kind_unknown", "Choose what kind of program it is.");
        if (Name.Trim().Length is 0 or > 80 || Name.Any(char.IsControl))
            yield return new(nameof(Name), "name_invalid", "Give it a name of at most 80 characters.");
        if (ExpiresAt <= now) yield return new(nameof(ExpiresAt), "expiry_past", "Choose a day to come.");
        if (Jwks.Length > 0 && Kind != OidcClient.Native && ClientKeys.Trouble(Jwks) is { } keys) yield return new(nameof(Jwks), "keys_invalid", keys);
        foreach (var trouble in IsService ? OfService() : OfPeople()) yield return trouble;
    }

    private IEnumerable<ApplicationTrouble> OfService()
    {
        if (Permissions.Count == 0) yield return new(nameof(Permissions), "permissions_missing", "Choose what it may do.");
        if (Permissions.Any(code => !Access.Permissions.Exists(code)))
            yield return new(nameof(Permissions), "permission_unknown", "One of these permissions does not exist.");
        foreach (var trouble in Networks.Troubles(nameof(IpAllowList), IpAllowList)) yield return trouble;
        if (RedirectUris.Count > 0) yield return new(nameof(RedirectUris), "address_not_wanted", "A service account signs nobody in, so it has no address.");
    }

    private IEnumerable<ApplicationTrouble> OfPeople()
    {
        if (IpAllowList.Length > 0) yield return new(nameof(IpAllowList), "networks_not_wanted", "People sign in from everywhere; only a service account has networks.");
        if (Permissions.Count > 0) yield return new(nameof(Permissions), "permissions_not_wanted", "An application does what the person who lets it in may do.");
        if (RedirectUris.Count is 0 or > MostUris)
            yield return new(nameof(RedirectUris), "address_missing", $"Enter one to {MostUris} addresses, one a line.");
        if (RedirectUris.FirstOrDefault(uri => Trouble(uri, Kind) is not null) is { } bad)
            yield return new(nameof(RedirectUris), "address_invalid", $"{Texts.Cut(bad, 80)}: {Trouble(bad, Kind)}");
        if (PostLogoutRedirectUris.Count > MostUris || PostLogoutRedirectUris.Any(uri => Trouble(uri, Kind) is not null))
            yield return new(nameof(PostLogoutRedirectUris), "address_invalid", "Enter full addresses such as https://app.example.in/bye, one a line.");
        if (BackchannelLogoutUri.Length > 0 && (Kind == OidcClient.Native || Trouble(BackchannelLogoutUri, OidcClient.Web) is not null))
            yield return new(nameof(BackchannelLogoutUri), "address_invalid", "Enter an https address of a web application, or leave it empty.");
        if (Scopes.Any(scope => scope != "openid" && !Clients.Scopes.Contains(scope, StringComparer.Ordinal)))
            yield return new(nameof(Scopes), "scope_unknown", $"Choose among {string.Join(", ", Clients.Scopes)}.");
    }

    // RFC 6749 section 3.1.2, RFC 8252 section 7, RFC 9700 section 2.1: absolute, without fragment, never a pattern
    private static string? Trouble(string text, string kind)
    {
        if (text.Length > LongestUri || text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) || text.Contains('*', StringComparison.Ordinal))
            return "an address is written in full, without * and blanks.";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || text.Contains('#', StringComparison.Ordinal) || uri.UserInfo.Length > 0)
            return "this is no address without fragment and user name.";
        if (uri.Scheme == "https") return null;
        if (uri.Scheme == "http") return uri.IsLoopback ? null : "use https; http is for this computer only (http://127.0.0.1/…).";
        // RFC 8252 section 7.1: a scheme that follows from a name somebody owns
        return kind == OidcClient.Native && uri.Scheme.Contains('.', StringComparison.Ordinal)
            ? null
            : "use https, or for a native application a scheme such as com.example.app:/callback.";
    }
}

/// <summary>What is wrong with a field of an application.</summary>
internal sealed record ApplicationTrouble(string Field, string Code, string Message);
