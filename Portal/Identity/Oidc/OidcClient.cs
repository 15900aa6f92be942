using Database;
using Portal.Accounts;

namespace Portal.Identity.Oidc;

internal readonly record struct OidcClientId(string Value) : IId<OidcClientId>
{
    public static string Prefix => "cli";

    public static OidcClientId From(string value) => new(value);

    public override string ToString() => Value;
}

internal readonly record struct OidcSecretId(string Value) : IId<OidcSecretId>
{
    public static string Prefix => "sec";

    public static OidcSecretId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>An application or a service account that somebody registered.</summary>
internal sealed record OidcClient
{
    public const string Web = "web";

    /// <summary>Runs on people's machines and can keep no secret.</summary>
    public const string Native = "native";

    /// <summary>A service account: acts for itself, in one account.</summary>
    public const string Service = "service";

    public OidcClientId Id { get; init; }

    public string Kind { get; init; } = "";

    public AccountId? AccountId { get; init; }

    /// <summary>Whom a service account's acts are written down under.</summary>
    public PersonId? ServicePersonId { get; init; }

    public string Name { get; init; } = "";

    public string AuthMethod { get; init; } = "";

    public string? Jwks { get; init; }

    /// <summary>One a line.</summary>
    public string? RedirectUris { get; init; }

    /// <summary>One a line.</summary>
    public string? PostLogoutRedirectUris { get; init; }

    public string? BackchannelLogoutUri { get; init; }

    /// <summary>Space-separated, as in a request.</summary>
    public string Scopes { get; init; } = "";

    /// <summary>Space-separated.</summary>
    public string GrantTypes { get; init; } = "";

    /// <summary>Space-separated; of a service account only.</summary>
    public string? Permissions { get; init; }

    /// <summary>Space-separated networks; of a service account only, null for everywhere.</summary>
    public string? IpAllowList { get; init; }

    public bool RequirePar { get; init; }

    public bool DpopBound { get; init; }

    public bool IsResourceServer { get; init; }

    public PersonId CreatedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The secret that was shown, when it is one of the client's; filled by <see cref="Find"/> only.</summary>
    public OidcSecretId? SecretId { get; init; }

    /// <summary>When that secret ends; null when it does not.</summary>
    public DateTimeOffset? SecretExpiresAt { get; init; }

    /// <summary>One indexed read: the client unless it was revoked or has expired, and the secret when it fits.</summary>
    public static Task<OidcClient?> Find(Db db, OidcClientId id, string? secretHash, DateTimeOffset now) =>
        db.One<OidcClient>(Sql.Find, new { Id = id, SecretHash = secretHash, Now = now });

    public static async Task Used(Tx tx, OidcClientId id, OidcSecretId? secret, DateTimeOffset now, DateTimeOffset before)
    {
        await tx.Execute(Sql.Used, new { Id = id, Now = now, Before = before });
        if (secret is { } one) await tx.Execute(Sql.SecretUsed, new { Id = one, Now = now });
    }

    public Client AsClient() => new(Id.Value, Name, Lines(RedirectUris), Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
    {
        AuthMethod = AuthMethod,
        Jwks = Jwks ?? "",
        PostLogoutRedirectUris = Lines(PostLogoutRedirectUris),
        BackchannelLogoutUri = BackchannelLogoutUri ?? "",
        GrantTypes = GrantTypes.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        AccountId = AccountId,
        IpAllowList = IpAllowList,
        RequirePar = RequirePar,
        DpopBound = DpopBound,
        IsResourceServer = IsResourceServer,
        ShowedSecret = SecretId is not null,
        Row = Id,
        SecretRow = SecretId,
        LastUsedAt = LastUsedAt,
    };

    internal static string[] Lines(string? text) => (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal static class Sql
    {
        public const string Columns = """
            c.Id, c.Kind, c.AccountId, c.ServicePersonId, c.Name, c.AuthMethod, c.Jwks, c.RedirectUris, c.PostLogoutRedirectUris,
            c.BackchannelLogoutUri, c.Scopes, c.GrantTypes, c.Permissions, c.IpAllowList, c.RequirePar, c.DpopBound, c.IsResourceServer, c.CreatedBy,
            c.CreatedAt, c.ExpiresAt, c.LastUsedAt, c.RevokedAt
            """;

        public const string Find = $"""
            -- all accounts: a client is found by its own id
            select {Columns}, s.Id as SecretId, s.ExpiresAt as SecretExpiresAt
            from OidcClient c
                left join OidcClientSecret s on s.ClientId = c.Id and s.SecretHash = @SecretHash and s.RevokedAt is null
                    and (s.ExpiresAt is null or s.ExpiresAt > @Now)
            where c.Id = @Id
                and c.RevokedAt is null
                and (c.ExpiresAt is null or c.ExpiresAt > @Now)
            """;

        public const string Used = """
            -- all accounts: by the client's own id
            update OidcClient
            set LastUsedAt = @Now
            where Id = @Id
                and (LastUsedAt is null or LastUsedAt <= @Before)
            """;

        public const string SecretUsed = "update OidcClientSecret set LastUsedAt = @Now where Id = @Id";
    }
}
