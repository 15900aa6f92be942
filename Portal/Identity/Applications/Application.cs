using Database;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>An account's applications, as the page and the API show them.</summary>
internal static class Application
{
    public static Task<IReadOnlyList<OidcClient>> Of(Db db, AccountId account, DateTimeOffset now) =>
        db.Query<OidcClient>(Sql.Of, new { AccountId = account, Now = now });

    public static Task<OidcClient?> One(Db db, AccountId account, OidcClientId id, DateTimeOffset now) =>
        db.One<OidcClient>(Sql.Open, new { Id = id, AccountId = account, Now = now });

    /// <summary>Ends the application with all its secrets, grants and tokens, at once; false when there is none.</summary>
    public static async Task<bool> Revoke(Tx tx, AccountId account, OidcClientId id, AuditEntry entry, DateTimeOffset now)
    {
        var found = await tx.One<OidcClient>(Sql.Open, new { Id = id, AccountId = account, Now = now });
        if (found is null || await tx.Execute(Sql.Revoke, new { Id = id, AccountId = account, Now = now }) != 1) return false;
        await tx.Execute(Sql.RevokeSecrets, new { ClientId = id, Now = now });
        await tx.Execute(Sql.RevokeGrants, new { ClientId = id, Now = now });
        await tx.Execute(Sql.WithdrawConsents, new { ClientId = id, Now = now });
        if (found.ServicePersonId is { } service) await tx.Execute(Sql.ClosePerson, new { Id = service, Now = now });
        await tx.Record(entry with { Action = "identity.application_revoked", Resource = id.Value, Before = new { found.Name, found.Kind } }, now);
        return true;
    }

    internal static class Sql
    {
        public const string Of = $"""
            select {OidcClient.Sql.Columns}
            from OidcClient c
            where c.AccountId = @AccountId
                and c.RevokedAt is null
            order by c.CreatedAt desc, c.Id desc
            """;

        public const string Open = $"""
            select {OidcClient.Sql.Columns}
            from OidcClient c
            where c.Id = @Id
                and c.AccountId = @AccountId
                and c.RevokedAt is null
            """;

        public const string Revoke = "update OidcClient set RevokedAt = @Now where Id = @Id and AccountId = @AccountId and RevokedAt is null";

        public const string RevokeSecrets = "update OidcClientSecret set RevokedAt = @Now where ClientId = @ClientId and RevokedAt is null";

        public const string RevokeGrants = """
            -- all accounts: an application that is gone acts for nobody
            update TokenGrant set RevokedAt = @Now where ClientId = @ClientId and RevokedAt is null
            """;

        public const string WithdrawConsents = """
            -- all accounts: an application that is gone is remembered by nobody
            update RememberedConsent set WithdrawnAt = @Now where ClientId = @ClientId and WithdrawnAt is null
            """;

        public const string ClosePerson = "update Person set ClosedAt = @Now where Id = @Id and ClosedAt is null";
    }
}
