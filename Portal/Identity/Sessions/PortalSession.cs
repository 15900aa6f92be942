using Database;
using Portal.Accounts;
using Portal.Identity.Companies;
using Portal.Identity.Factors;

namespace Portal.Identity.Sessions;

internal readonly record struct SessionId(string Value) : IId<SessionId>
{
    public static string Prefix => "ses";

    public static SessionId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A browser that is signed in. The browser holds a random secret, this row its hash.</summary>
internal sealed record PortalSession
{
    /// <summary>How often being used is written down; every request would be a write.</summary>
    private static readonly TimeSpan Noticing = TimeSpan.FromMinutes(5);

    public SessionId Id { get; init; }

    public string Ip { get; init; } = "";

    public string UserAgent { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset SeenAt { get; init; }

    /// <summary>Where it comes from: null for the own provider.</summary>
    public string? IssuerKey { get; init; }

    /// <summary>The name of a company's issuer.</summary>
    public string? Issuer { get; init; }

    /// <summary>A new session; the secret goes to the browser and nowhere else.</summary>
    public static async Task<string> Start(
        Tx tx, PersonId person, AccountId? account, string ip, string userAgent, string? idToken, Proof proof, DateTimeOffset expiresAt, string secret,
        DateTimeOffset now)
    {
        await tx.Execute(Sql.Start, new
        {
            Id = Database.Id.New<SessionId>(now),
            TokenHash = Secrets.Hash(secret),
            PersonId = person,
            AccountId = account,
            Ip = ip,
            UserAgent = userAgent,
            IdToken = idToken,
            AuthenticatedAt = proof.At,
            proof.Amr,
            proof.SecondFactorAt,
            Now = now,
            ExpiresAt = expiresAt,
        });
        return secret;
    }

    /// <summary>Who holds the secret; one indexed read.</summary>
    /// <param name="staffByIssuer">Whether staff have an issuer of their own, which alone makes somebody staff.</param>
    public static async Task<SignedIn?> Find(Db db, string secret, TimeSpan idle, bool staffByIssuer, DateTimeOffset now)
    {
        var row = await db.One<Found>(
            Sql.Find, new { TokenHash = Secrets.Hash(secret), Now = now, IdleSince = now - idle, StaffByIssuer = staffByIssuer });
        if (row is null) return null;
        if (row.SeenAt < now - Noticing) await db.Write(tx => tx.Execute(Sql.Seen, new { row.Id, row.SeenAt, Now = now }));
        return new SignedIn(row.PersonId, row.AccountId ?? default, row.Role ?? "", row.Id.Value, row.FullName, row.StaffRole)
        {
            Email = row.Email,
            AccountName = row.AccountName ?? "",
            AuthenticatedAt = row.AuthenticatedAt,
            Amr = row.Amr ?? "",
            SecondFactorAt = row.SecondFactorAt,
            AccessVersion = row.AccessVersion,
            IssuerKey = row.IssuerKey ?? SignIn.IssuerSettings.Deployment,
            Looking = row.LookId is { } look ? new Looking(look, row.LookMode == "write", row.LookUntil ?? now) : null,
        };
    }

    /// <summary>The person's sessions; a company learns of those alone that it began.</summary>
    public static Task<IReadOnlyList<PortalSession>> SeenBy(Db db, SignedIn signedIn, TimeSpan idle, DateTimeOffset now) =>
        db.Query<PortalSession>(Sql.SeenBy, new { signedIn.PersonId, Company = signedIn.Company(), Now = now, IdleSince = now - idle });

    /// <summary>Ends one of those.</summary>
    public static async Task<bool> Revoke(Tx tx, SignedIn by, SessionId id, DateTimeOffset now) =>
        await tx.One<SessionId?>(Sql.Reached, new { Id = id, by.PersonId, Company = by.Company() }) is not null && await Revoke(tx, by.PersonId, id, now);

    public static async Task<bool> Revoke(Tx tx, PersonId person, SessionId id, DateTimeOffset now)
    {
        if (await tx.Execute(Sql.Revoke, new { Id = id, PersonId = person, Now = now }) != 1) return false;
        await Oidc.TellLogout.Promise(tx, id, now);
        await tx.Execute(Sql.RevokeGrants, new { Id = id, Now = now });
        return true;
    }

    public static async Task RevokeAll(Tx tx, PersonId person, DateTimeOffset now)
    {
        foreach (var id in await tx.Query<SessionId>(Sql.Open, new { PersonId = person })) await Revoke(tx, person, id, now);
    }

    public static Task RevokeOthers(Tx tx, PersonId person, SessionId own, DateTimeOffset now) =>
        tx.Execute(Sql.RevokeOthers, new { PersonId = person, Own = own, Now = now });

    /// <summary>
    /// The same session under a new secret, after its person has shown again who they are; false when it is another's or has ended.
    /// </summary>
    public static async Task<bool> Renew(Tx tx, SessionId id, PersonId person, string? idToken, Proof proof, string secret) => await tx.Execute(
        Sql.Renew, new { Id = id, PersonId = person, TokenHash = Secrets.Hash(secret), IdToken = idToken, AuthenticatedAt = proof.At, proof.Amr, proof.SecondFactorAt }) == 1;

    /// <summary>Writes down that the session's person has just shown a factor.</summary>
    public static Task Prove(Tx tx, SessionId id, Proof proof) =>
        tx.Execute(Sql.Prove, new { Id = id, AuthenticatedAt = proof.At, proof.Amr, proof.SecondFactorAt });

    /// <summary>The ID token that opened the session: shown to the issuer at sign-out.</summary>
    public static Task<string?> IdToken(Db db, SessionId id) => db.One<string>(Sql.IdToken, new { Id = id });

    /// <summary>Lets the session look at another account of the same person; false when the person is no member.</summary>
    public static async Task<bool> Switch(Tx tx, SessionId id, PersonId person, AccountId account) =>
        await tx.Execute(Sql.Switch, new { Id = id, PersonId = person, AccountId = account }) == 1;

    private sealed record Found
    {
        public SessionId Id { get; init; }

        public PersonId PersonId { get; init; }

        public AccountId? AccountId { get; init; }

        public string? Role { get; init; }

        public string? AccountName { get; init; }

        public string FullName { get; init; } = "";

        public string Email { get; init; } = "";

        public string? StaffRole { get; init; }

        public string? IssuerKey { get; init; }

        public DateTimeOffset SeenAt { get; init; }

        public DateTimeOffset AuthenticatedAt { get; init; }

        public string? LookId { get; init; }

        public string? LookMode { get; init; }

        public DateTimeOffset? LookUntil { get; init; }

        public string? Amr { get; init; }

        public DateTimeOffset? SecondFactorAt { get; init; }

        public long AccessVersion { get; init; }
    }

    internal static class Sql
    {
        public const string Start = """
            insert into PortalSession (Id, TokenHash, PersonId, AccountId, Ip, UserAgent, IdToken, AuthenticatedAt, Amr, SecondFactorAt, CreatedAt,
                SeenAt, ExpiresAt)
            values (@Id, @TokenHash, @PersonId, @AccountId, @Ip, @UserAgent, @IdToken, @AuthenticatedAt, @Amr, @SecondFactorAt, @Now,
                @Now, @ExpiresAt)
            """;

        // the account is joined through the membership, so that a member who was removed is out with the next request
        public const string Find = $"""
            -- all accounts: a session is found by its secret
            select s.Id, s.PersonId, a.Id as AccountId, case when f.Id is null then m.Role else 'staff' end as Role, a.Name as AccountName,
                f.Id as LookId, f.Mode as LookMode, f.ExpiresAt as LookUntil, o.IssuerKey,
                case when @StaffByIssuer = 0 or o.IssuerKey = 'staff' then p.StaffRole end as StaffRole,
                p.FullName, p.Email, s.SeenAt, s.AuthenticatedAt, s.Amr, s.SecondFactorAt, coalesce(v.Version, 0) as AccessVersion
            from PortalSession s
                join Person p on p.Id = s.PersonId
                left join SessionOrigin o on o.SessionId = s.Id
                left join AccountMember m on m.AccountId = s.AccountId and m.PersonId = s.PersonId
                left join StaffAccess f on f.SessionId = s.Id and f.EndedAt is null and f.ExpiresAt > @Now and p.StaffRole is not null
                    and (@StaffByIssuer = 0 or o.IssuerKey = 'staff')
                left join Account a on a.Id = coalesce(f.AccountId, m.AccountId)
                left join AccountAccess v on v.AccountId = a.Id
            where s.TokenHash = @TokenHash
                and s.RevokedAt is null
                and s.ExpiresAt > @Now
                and s.SeenAt > @IdleSince
                and p.ClosedAt is null
                and {CompanyRule.OfSession}
            """;

        public const string Seen = """
            -- all accounts: by the session's own id
            update PortalSession set SeenAt = @Now where Id = @Id and SeenAt = @SeenAt
            """;

        public const string SeenBy = """
            -- all accounts: a person sees their own sessions
            select s.Id, s.Ip, s.UserAgent, s.CreatedAt, s.SeenAt, o.IssuerKey, c.Issuer
            from PortalSession s
                left join SessionOrigin o on o.SessionId = s.Id
                left join CompanyIssuer c on c.Id = o.IssuerKey
            where s.PersonId = @PersonId
                and s.RevokedAt is null
                and s.ExpiresAt > @Now
                and s.SeenAt > @IdleSince
                and (@Company is null or o.IssuerKey = @Company)
            order by s.SeenAt desc, s.Id
            """;

        public const string Reached = """
            -- all accounts: a person ends their own sessions
            select s.Id
            from PortalSession s
                left join SessionOrigin o on o.SessionId = s.Id
            where s.Id = @Id
                and s.PersonId = @PersonId
                and (@Company is null or o.IssuerKey = @Company)
            """;

        public const string Revoke = """
            -- all accounts: a person ends their own sessions
            update PortalSession
            set RevokedAt = @Now, IdToken = null
            where Id = @Id
                and PersonId = @PersonId
                and RevokedAt is null
            """;

        public const string RevokeGrants = """
            -- all accounts: what a session allowed ends with it, unless it asked for offline access
            update TokenGrant
            set RevokedAt = @Now
            where SessionId = @Id
                and RevokedAt is null
                and Scope not like '%offline_access%'
            """;

        public const string Open = """
            -- all accounts: a person ends their own sessions
            select Id from PortalSession where PersonId = @PersonId and RevokedAt is null order by Id
            """;

        public const string RevokeOthers = """
            -- all accounts: a person ends their own sessions
            update PortalSession
            set RevokedAt = @Now, IdToken = null
            where PersonId = @PersonId
                and Id <> @Own
                and RevokedAt is null
            """;

        public const string Renew = """
            -- all accounts: by the session's own id
            update PortalSession
            set TokenHash = @TokenHash, IdToken = @IdToken, AuthenticatedAt = @AuthenticatedAt, Amr = @Amr, SecondFactorAt = @SecondFactorAt
            where Id = @Id
                and PersonId = @PersonId
                and RevokedAt is null
            """;

        public const string Prove = """
            -- all accounts: by the session's own id
            update PortalSession
            set AuthenticatedAt = @AuthenticatedAt, Amr = @Amr, SecondFactorAt = @SecondFactorAt
            where Id = @Id
                and RevokedAt is null
            """;

        public const string IdToken = """
            -- all accounts: by the session's own id
            select IdToken from PortalSession where Id = @Id and RevokedAt is null
            """;

        public const string Switch = $"""
            -- all accounts: a person moves between their own accounts
            update PortalSession
            set AccountId = @AccountId
            where Id = @Id
                and PersonId = @PersonId
                and RevokedAt is null
                and exists (
                    select 1 from AccountMember m where m.AccountId = @AccountId and m.PersonId = @PersonId and {CompanyRule.OpenByPassword}
                )
                and not exists (select 1 from SessionOrigin o where o.SessionId = @Id and o.IssuerKey not in ('portal', 'staff'))
            """;
    }
}
