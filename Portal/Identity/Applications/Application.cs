using Database;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>The applications of an account, or of the house where the account is null, as the pages and the API show them.</summary>
internal static class Application
{
    public static Task<IReadOnlyList<OidcClient>> Of(Db db, AccountId? account) =>
        db.Query<OidcClient>(account is null ? Sql.OfHouse : Sql.Of, new { AccountId = account });

    public static Task<OidcClient?> One(Db db, AccountId? account, OidcClientId id) =>
        db.One<OidcClient>(account is null ? Sql.OneOfHouse : Sql.One, new { Id = id, AccountId = account });

    public static Task<OidcClient?> One(Tx tx, AccountId? account, OidcClientId id) =>
        tx.One<OidcClient>(account is null ? Sql.OneOfHouse : Sql.One, new { Id = id, AccountId = account });

    /// <summary>Ends the application with all its secrets, grants and tokens, at once; false when there is none.</summary>
    public static async Task<bool> Revoke(Tx tx, AccountId? account, OidcClientId id, AuditEntry entry, DateTimeOffset now)
    {
        if (await One(tx, account, id) is not { } found) return false;
        await tx.Execute(Sql.Revoke, new { Id = id, Now = now });
        await tx.Execute(Sql.RevokeSecrets, new { ClientId = id, Now = now });
        await tx.Execute(Sql.RevokeTokens, new { ClientId = id, Now = now });
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

        public const string OfHouse = $"""
            -- all accounts: the house's own belong to none
            select {OidcClient.Sql.Columns}
            from OidcClient c
            where c.AccountId is null
                and c.RevokedAt is null
            order by c.CreatedAt desc, c.Id desc
            """;

        public const string One = $"""
            select {OidcClient.Sql.Columns}
            from OidcClient c
            where c.Id = @Id
                and c.AccountId = @AccountId
                and c.RevokedAt is null
            """;

        public const string OneOfHouse = $"""
            -- all accounts: the house's own belong to none
            select {OidcClient.Sql.Columns}
            from OidcClient c
            where c.Id = @Id
                and c.AccountId is null
                and c.RevokedAt is null
            """;

        public const string Revoke = """
            -- all accounts: it was found as the account's own just before
            update OidcClient set RevokedAt = @Now where Id = @Id and RevokedAt is null
            """;

        public const string RevokeSecrets = "update OidcClientSecret set RevokedAt = @Now where ClientId = @ClientId and RevokedAt is null";

        public const string RevokeTokens = """
            -- all accounts: a service account's tokens end with it
            update ApiToken set RevokedAt = @Now where ClientId = @ClientId and RevokedAt is null
            """;

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
