using Database;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>
/// A secret of an application. Several may be good at once, so that a new one can be put in place before the old one ends. Only the
/// hash is kept; the prefix is for programs that look for secrets in source code.
/// </summary>
internal sealed record ApplicationSecret
{
    public const string Mark = "pcs_";

    /// <summary>How long the earlier ones are still good after a new one was made.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(7);

    private const int Most = 5;

    public OidcSecretId Id { get; init; }

    /// <summary>The last four characters.</summary>
    public string Hint { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public static string New() => Secrets.NewMarked(Mark);

    public static Task<IReadOnlyList<ApplicationSecret>> Of(Db db, OidcClientId client, DateTimeOffset now) =>
        db.Query<ApplicationSecret>(Sql.Of, new { ClientId = client, Now = now });

    public static Task Add(Tx tx, OidcClientId client, string secret, DateTimeOffset? expiresAt, DateTimeOffset now) => tx.Execute(Sql.Add, new
    {
        Id = Database.Id.New<OidcSecretId>(now),
        ClientId = client,
        SecretHash = Secrets.Hash(secret),
        Hint = secret[^4..],
        ExpiresAt = expiresAt,
        Now = now,
    });

    /// <summary>Adds a secret and lets the others end after <see cref="Overlap"/>.</summary>
    public static async Task<RotateOutcome> Rotate(Tx tx, AccountId? account, OidcClientId client, string secret, AuditEntry entry, DateTimeOffset now)
    {
        if (await Application.One(tx, account, client) is not { AuthMethod: ClientAuth.Secret }) return RotateOutcome.HasNone;
        if (await tx.One<int>(Sql.Count, new { ClientId = client, Now = now }) >= Most) return RotateOutcome.TooMany;
        await tx.Execute(Sql.ExpireOthers, new { ClientId = client, Until = now + Overlap });
        await Add(tx, client, secret, null, now);
        await tx.Record(entry with { Action = "identity.secret_rotated", Resource = client.Value, After = new { Hint = secret[^4..] } }, now);
        return RotateOutcome.Made;
    }

    /// <summary>Ends one secret at once.</summary>
    public static async Task<bool> Revoke(Tx tx, AccountId? account, OidcClientId client, OidcSecretId id, AuditEntry entry, DateTimeOffset now)
    {
        if (await Application.One(tx, account, client) is null) return false;
        if (await tx.Execute(Sql.Revoke, new { Id = id, ClientId = client, Now = now }) != 1) return false;
        await tx.Record(entry with { Action = "identity.secret_revoked", Resource = client.Value, Before = new { Id = id.Value } }, now);
        return true;
    }

    internal static class Sql
    {
        private const string Good = "ClientId = @ClientId and RevokedAt is null and (ExpiresAt is null or ExpiresAt > @Now)";

        public const string Of = $"select Id, Hint, CreatedAt, ExpiresAt, LastUsedAt from OidcClientSecret where {Good} order by CreatedAt desc, Id desc";

        public const string Count = $"select count(*) from OidcClientSecret where {Good}";

        public const string Add = """
            insert into OidcClientSecret (Id, ClientId, SecretHash, Hint, CreatedAt, ExpiresAt)
            values (@Id, @ClientId, @SecretHash, @Hint, @Now, @ExpiresAt)
            """;

        public const string ExpireOthers = """
            update OidcClientSecret
            set ExpiresAt = @Until
            where ClientId = @ClientId
                and RevokedAt is null
                and (ExpiresAt is null or ExpiresAt > @Until)
            """;

        public const string Revoke = "update OidcClientSecret set RevokedAt = @Now where Id = @Id and ClientId = @ClientId and RevokedAt is null";
    }
}

/// <summary>What became of a secret to make.</summary>
internal enum RotateOutcome
{
    Made,

    /// <summary>Revoke one first.</summary>
    TooMany,

    /// <summary>The application signs in by keys or is public.</summary>
    HasNone,
}
