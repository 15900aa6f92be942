using Database;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Factors;

namespace Portal.Identity.Oidc;

internal readonly record struct TokenGrantId(string Value) : IId<TokenGrantId>
{
    public static string Prefix => "grt";

    public static TokenGrantId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>What a person let a client do; all tokens made from one yes belong to it and end with it.</summary>
internal sealed record TokenGrant
{
    public TokenGrantId Id { get; init; }

    public string ClientId { get; init; } = "";

    public PersonId PersonId { get; init; }

    public AccountId? AccountId { get; init; }

    public string Scope { get; init; } = "";

    public DateTimeOffset AuthenticatedAt { get; init; }

    public string? Amr { get; init; }

    public string? Acr { get; init; }

    public static async Task<TokenGrantId> Add(
        Tx tx, Client client, PersonId person, AccountId? account, string scope, string? sessionId, Proof how, DateTimeOffset now)
    {
        var id = Database.Id.New<TokenGrantId>(now);
        await tx.Execute(Sql.Add, new
        {
            Id = id,
            ClientId = client.Id,
            PersonId = person,
            AccountId = account,
            Scope = scope,
            SessionId = sessionId,
            AuthenticatedAt = how.At,
            how.Amr,
            how.Acr,
            Now = now,
        });
        return id;
    }

    public static AuditEntry Given(TokenGrantId id, Client client, PersonId person, AccountId? account, string scope) => new("identity.grant_given")
    {
        PersonId = person,
        AccountId = account is { Value.Length: > 0 } ? account : null,
        ClientId = client.Id,
        Resource = id.Value,
        After = new { client.Name, scope },
    };

    /// <summary>Ends the grant with all its tokens; false when it had ended.</summary>
    /// <param name="action">Why, as the audit tells it.</param>
    public static async Task<bool> Revoke(Tx tx, TokenGrantId id, string action, DateTimeOffset now, AuditEntry? by = null)
    {
        if (await tx.Execute(Sql.Revoke, new { Id = id, Now = now }) != 1) return false;
        var grant = await tx.One<TokenGrant>(Sql.ById, new { Id = id });
        await tx.Record(
            (by ?? new AuditEntry(action) { PersonId = grant!.PersonId, AccountId = grant.AccountId, ClientId = grant.ClientId }) with
            {
                Action = action,
                Resource = id.Value,
                Before = new { grant!.ClientId, grant.Scope },
            },
            now);
        return true;
    }

    internal static class Sql
    {
        public const string Add = """
            insert into TokenGrant (Id, ClientId, PersonId, AccountId, Scope, SessionId, AuthenticatedAt, Amr, Acr, CreatedAt)
            values (@Id, @ClientId, @PersonId, @AccountId, @Scope, @SessionId, @AuthenticatedAt, @Amr, @Acr, @Now)
            """;

        public const string Revoke = """
            -- all accounts: by the grant's own id
            update TokenGrant set RevokedAt = @Now where Id = @Id and RevokedAt is null
            """;

        public const string ById = """
            -- all accounts: by the grant's own id
            select Id, ClientId, PersonId, AccountId, Scope from TokenGrant where Id = @Id
            """;

        public const string Open = """
            -- all accounts: by the grant's own id
            select g.Id, g.ClientId, g.PersonId, g.AccountId, g.Scope, g.AuthenticatedAt, g.Amr, g.Acr
            from TokenGrant g
                join Person p on p.Id = g.PersonId
            where g.Id = @Id
                and g.RevokedAt is null
                and p.ClosedAt is null
            """;
    }
}
