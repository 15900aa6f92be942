using Database;
using Portal.Identity.Sessions;

namespace Portal.Identity.SignIn;

/// <summary>Where a session comes from: the issuer, its subject and its session there. None: the own provider.</summary>
internal sealed record SessionOrigin
{
    public string IssuerKey { get; init; } = IssuerSettings.Deployment;

    /// <summary>Remembers the origin of the session that was just started with this secret.</summary>
    public static Task Remember(Tx tx, string secret, Issuer issuer, Subject subject, DateTimeOffset now) => tx.Execute(Sql.Remember, new
    {
        TokenHash = Secrets.Hash(secret),
        IssuerKey = issuer.Key,
        SubjectHash = Hash(issuer, subject.Id),
        SidHash = subject.Sid is { } sid ? Hash(issuer, sid) : null,
        Now = now,
    });

    public static async Task<string> KeyOf(Db db, SessionId session) =>
        await db.One<string>(Sql.KeyOf, new { SessionId = session }) ?? IssuerSettings.Deployment;

    /// <summary>The sessions that the issuer wants ended (OpenID Connect Back-Channel Logout 1.0 section 2.7).</summary>
    public static Task<IReadOnlyList<Opened>> Of(Tx tx, Issuer issuer, string? subject, string? sid) => sid is null
        ? tx.Query<Opened>(Sql.BySubject, new { IssuerKey = issuer.Key, SubjectHash = Hash(issuer, subject!) })
        : tx.Query<Opened>(Sql.BySid, new
        {
            IssuerKey = issuer.Key,
            SidHash = Hash(issuer, sid),
            SubjectHash = subject is null ? null : Hash(issuer, subject),
        });

    /// <summary>Every session that this issuer has opened.</summary>
    public static Task<IReadOnlyList<Opened>> OfIssuer(Tx tx, string key) => tx.Query<Opened>(Sql.OfIssuer, new { IssuerKey = key });

    private static string Hash(Issuer issuer, string text) => Secrets.Hash($"{issuer.Key}\n{issuer.Name}\n{text}");

    internal sealed record Opened
    {
        public SessionId Id { get; init; }

        public PersonId PersonId { get; init; }

        public Portal.Accounts.AccountId? AccountId { get; init; }
    }

    internal static class Sql
    {
        public const string Remember = """
            -- all accounts: the session has just been started
            insert into SessionOrigin (SessionId, IssuerKey, SubjectHash, SidHash, CreatedAt)
            select Id, @IssuerKey, @SubjectHash, @SidHash, @Now
            from PortalSession
            where TokenHash = @TokenHash
            """;

        public const string KeyOf = "select IssuerKey from SessionOrigin where SessionId = @SessionId";

        public const string BySubject = """
            -- all accounts: an issuer ends what it began
            select s.Id, s.PersonId, s.AccountId
            from SessionOrigin o
                join PortalSession s on s.Id = o.SessionId
            where o.SubjectHash = @SubjectHash
                and o.IssuerKey = @IssuerKey
                and s.RevokedAt is null
            """;

        public const string OfIssuer = """
            -- all accounts: an issuer that is no longer trusted
            select s.Id, s.PersonId, s.AccountId
            from SessionOrigin o
                join PortalSession s on s.Id = o.SessionId
            where o.IssuerKey = @IssuerKey
                and s.RevokedAt is null
            """;

        public const string BySid = """
            -- all accounts: an issuer ends what it began
            select s.Id, s.PersonId, s.AccountId
            from SessionOrigin o
                join PortalSession s on s.Id = o.SessionId
            where o.SidHash = @SidHash
                and o.IssuerKey = @IssuerKey
                and (@SubjectHash is null or o.SubjectHash = @SubjectHash)
                and s.RevokedAt is null
            """;
    }
}
