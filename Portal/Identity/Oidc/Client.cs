using System.Buffers.Text;
using Microsoft.Extensions.Options;

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

    /// <summary>Besides <c>openid</c>: <c>profile</c>, <c>email</c>, <c>offline_access</c>, <c>api</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["profile", "email"];
}

/// <summary>A registered client.</summary>
internal sealed record Client(string Id, string Name, string SecretSha256, IReadOnlyList<string> RedirectUris, IReadOnlyList<string> Scopes)
{
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>This portal itself: asks nobody for consent.</summary>
    public bool IsPortal { get; init; }

    public bool IsPublic => SecretSha256.Length == 0;

    /// <summary>RFC 6749 section 3.1.2.3, RFC 9700 section 2.1: compared as text; only the port of a loopback address is free.</summary>
    public bool Allows(string redirectUri) => RedirectUris.Contains(redirectUri, StringComparer.Ordinal)
        || (IsPublic && RedirectUris.Any(registered => SameButPort(registered, redirectUri)));

    public bool Knows(string secret) => !IsPublic && Secrets.Same(Secrets.Hash(secret), SecretSha256);

    // RFC 8252 sections 7.3 and 8.3: literal loopback addresses, not the name localhost
    private static bool SameButPort(string registered, string asked) =>
        Uri.TryCreate(registered, UriKind.Absolute, out var one) && Uri.TryCreate(asked, UriKind.Absolute, out var other)
        && one is { Scheme: "http", Host: "127.0.0.1" or "[::1]", IsDefaultPort: true }
        && string.Equals(asked, $"http://{one.Host}:{other.Port}{one.PathAndQuery}", StringComparison.Ordinal);
}

/// <summary>Who may ask the own provider: the portal, its command line, and what is configured.</summary>
internal sealed class Clients(IOptions<IdentityOptions> options, PublicAddress address)
{
    public const string CommandLine = "portal-cli";

    public static readonly IReadOnlyList<string> Scopes = ["openid", "profile", "email", "offline_access", "api"];

    /// <summary>The portal's own secret follows from the master secret, so there is nothing to configure or to leak.</summary>
    public string OwnSecret { get; } =
        Base64Url.EncodeToString(Secrets.Derive(options.Value.MasterSecret, "portal client secret"));

    public Client? Find(string id) => id switch
    {
        _ when id == options.Value.ClientId => new Client(
            id, "Portal", Secrets.Hash(OwnSecret), [address.Of(SignIn.Paths.Callback)], ["profile", "email"])
        {
            IsPortal = true,
            PostLogoutRedirectUris = [address.Of(SignIn.Paths.SignedOut)],
        },
        CommandLine => new Client(
            CommandLine, "Portal command line", "", ["http://127.0.0.1/callback", "http://[::1]/callback"],
            ["profile", "email", "offline_access", "api"]),
        _ => options.Value.Clients.FirstOrDefault(client => client.Id == id) is { } set
            ? new Client(set.Id, set.Name, set.SecretSha256, set.RedirectUris, set.Scopes) { PostLogoutRedirectUris = set.PostLogoutRedirectUris }
            : null,
    };
}
