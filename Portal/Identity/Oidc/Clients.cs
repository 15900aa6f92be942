using System.Buffers.Text;
using System.Collections.Concurrent;
using Database;
using Microsoft.Extensions.Options;

namespace Portal.Identity.Oidc;

/// <summary>Who may ask the own provider: the portal, its command line, what is configured, and the rows of <see cref="OidcClient"/>.</summary>
internal sealed class Clients(IOptions<IdentityOptions> options, PublicAddress address, Db db, TimeProvider clock)
{
    public const string CommandLine = "portal-cli";

    public static readonly IReadOnlyList<string> Scopes = ["openid", "profile", "email", "offline_access", "api"];

    private const int MostKept = 10_000;
    private readonly ConcurrentDictionary<(string Id, string? SecretHash), Kept> kept = new();
    private static readonly TimeSpan Noticing = TimeSpan.FromMinutes(5);

    /// <summary>The portal's own secret follows from the master secret, so there is nothing to configure or to leak.</summary>
    public string OwnSecret { get; } =
        Base64Url.EncodeToString(Secrets.Derive(options.Value.MasterSecret, "portal client secret"));

    /// <summary>The client as it is now: what was revoked in any process is refused with the next request.</summary>
    public async Task<Client?> Find(string id, string? secret = null) => id switch
    {
        _ when id == options.Value.ClientId => Portal(id) with { ShowedSecret = secret is not null && Secrets.Same(secret, OwnSecret) },
        CommandLine => CommandLineClient,
        _ when options.Value.Clients.FirstOrDefault(client => client.Id == id) is { } set => Configured(set, secret),
        _ when Id.TryParse<OidcClientId>(id, out var row) => await Row(row, secret),
        _ => null,
    };

    /// <summary>
    /// A row is read anew at each use, unless the database says by its version that nothing at all was committed since it was read (SQLite;
    /// other engines have no such number and are asked each time).
    /// </summary>
    private async Task<Client?> Row(OidcClientId id, string? secret)
    {
        // before the row is read, so that a change in between is seen the next time
        var version = db.Version;
        var now = clock.GetUtcNow();
        var key = (id.Value, secret is null ? null : Secrets.Hash(secret));
        if (version is not null && kept.TryGetValue(key, out var known) && known.Version == version && known.Until > now) return known.Client;
        if (await OidcClient.Find(db, id, key.Item2, now) is not { } row) return null;
        var client = row.AsClient();
        // a secret that fits nothing is not kept: anybody can think of many
        if (version is not { } read || (secret is not null && !client.ShowedSecret)) return client;
        if (kept.Count >= MostKept) kept.Clear();
        var ends = (DateTimeOffset?[])[row.ExpiresAt, row.SecretExpiresAt];
        kept[key] = new Kept(client, read, ends.Min() ?? DateTimeOffset.MaxValue);
        return client;
    }

    /// <summary>Writes down that it was used, at most once in five minutes.</summary>
    public async Task Used(Client client)
    {
        var now = clock.GetUtcNow();
        if (client.Row is not { } row || client.LastUsedAt > now - Noticing) return;
        await db.Write(tx => OidcClient.Used(tx, row, client.SecretRow, now, now - Noticing));
    }

    /// <summary>What the client pushed ahead (RFC 9126 section 4).</summary>
    public Task<PushedRequest?> Pushed(string requestUri, string clientId) => PushedRequest.Open(db, requestUri, clientId, clock.GetUtcNow());

    private Client Portal(string id) => new(id, "Portal", [address.Of(SignIn.Paths.Callback)], ["profile", "email"])
    {
        IsPortal = true,
        PostLogoutRedirectUris = [address.Of(SignIn.Paths.SignedOut)],
    };

    private static Client CommandLineClient { get; } = new(
        CommandLine, "Portal command line", ["http://127.0.0.1/callback", "http://[::1]/callback"],
        ["profile", "email", "offline_access", "api"])
    {
        AuthMethod = ClientAuth.None,
        GrantTypes = [GrantTypes.Code, GrantTypes.Refresh, GrantTypes.Device],
    };

    private static Client Configured(ClientOptions set, string? secret) => new(set.Id, set.Name, set.RedirectUris, set.Scopes)
    {
        AuthMethod = set switch
        {
            { Jwks.Length: > 0 } => ClientAuth.PrivateKeyJwt,
            { SecretSha256.Length: > 0 } => ClientAuth.Secret,
            _ => ClientAuth.None,
        },
        Jwks = set.Jwks,
        ShowedSecret = secret is not null && set.SecretSha256.Length > 0 && Secrets.Same(Secrets.Hash(secret), set.SecretSha256),
        PostLogoutRedirectUris = set.PostLogoutRedirectUris,
        BackchannelLogoutUri = set.BackchannelLogoutUri,
        GrantTypes = set.AllowDevices ? [.. GrantTypes.OfPeople, GrantTypes.Device] : GrantTypes.OfPeople,
        RequirePar = set.RequirePar,
        DpopBound = set.DpopBound,
        IsResourceServer = set.IsResourceServer,
    };

    private sealed record Kept(Client Client, long Version, DateTimeOffset Until);
}
