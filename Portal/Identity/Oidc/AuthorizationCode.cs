using Database;
using Portal.Audit;
using Portal.Identity.Factors;

namespace Portal.Identity.Oidc;

internal readonly record struct TokenGrantId(string Value) : IId<TokenGrantId>
{
    public static string Prefix => "grt";

    public static TokenGrantId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A code on its way through the browser, and the grant that all tokens made from it belong to.</summary>
internal sealed record AuthorizationCode
{
    // RFC 6749 section 4.1.2 allows ten minutes
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    public TokenGrantId GrantId { get; init; }

    public string ClientId { get; init; } = "";

    public PersonId PersonId { get; init; }

    public string Scope { get; init; } = "";

    public string RedirectUri { get; init; } = "";

    public string? Nonce { get; init; }

    public string CodeChallenge { get; init; } = "";

    public DateTimeOffset AuthenticatedAt { get; init; }

    public string? Amr { get; init; }

    public string? Acr { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public static async Task Add(
        Tx tx, string code, AuthorizeRequest.Asked asked, PersonId person, SignedIn? by, Proof proof, DateTimeOffset now)
    {
        var grant = Id.New<TokenGrantId>(now);
        await tx.Execute(Sql.AddGrant, new
        {
            Id = grant,
            ClientId = asked.Client.Id,
            PersonId = person,
            AccountId = by?.AccountId,
            asked.Scope,
            by?.SessionId,
            AuthenticatedAt = proof.At,
            proof.Amr,
            proof.Acr,
            Now = now,
        });
        // the portal's own sign-in is told of by the session it leads to
        if (!asked.Client.IsPortal)
        {
            await tx.Record(
                new AuditEntry("identity.grant_given")
                {
                    AccountId = by?.AccountId, PersonId = person, ClientId = asked.Client.Id, Resource = grant.Value, After = new { asked.Client.Name, asked.Scope },
                },
                now);
        }

        await tx.Execute(Sql.Add, new
        {
            CodeHash = Secrets.Hash(code),
            GrantId = grant,
            asked.RedirectUri,
            asked.Nonce,
            asked.CodeChallenge,
            Now = now,
            ExpiresAt = now + Length,
        });
    }

    /// <summary>
    /// Takes the code: it is good once, whatever comes of it. A second try revokes all that the first one gave (RFC 6749 section 4.1.2).
    /// </summary>
    public static async Task<AuthorizationCode?> Take(Tx tx, string code, DateTimeOffset now)
    {
        var hash = Secrets.Hash(code);
        var found = await tx.One<AuthorizationCode>(Sql.Find, new { CodeHash = hash });
        if (found is null) return null;
        if (await tx.Execute(Sql.Use, new { CodeHash = hash, Now = now }) == 1) return found.ExpiresAt > now ? found : null;
        await tx.Execute(Sql.RevokeGrant, new { Id = found.GrantId, Now = now });
        return null;
    }

    internal static class Sql
    {
        public const string AddGrant = """
            insert into TokenGrant (Id, ClientId, PersonId, AccountId, Scope, SessionId, AuthenticatedAt, Amr, Acr, CreatedAt)
            values (@Id, @ClientId, @PersonId, @AccountId, @Scope, @SessionId, @AuthenticatedAt, @Amr, @Acr, @Now)
            """;

        public const string Add = """
            insert into AuthorizationCode (CodeHash, GrantId, RedirectUri, Nonce, CodeChallenge, CreatedAt, ExpiresAt)
            values (@CodeHash, @GrantId, @RedirectUri, @Nonce, @CodeChallenge, @Now, @ExpiresAt)
            """;

        public const string Find = """
            -- all accounts: a code is found by its hash
            select c.GrantId, g.ClientId, g.PersonId, g.Scope, c.RedirectUri, c.Nonce, c.CodeChallenge, g.AuthenticatedAt, g.Amr, g.Acr,
                c.ExpiresAt
            from AuthorizationCode c
                join TokenGrant g on g.Id = c.GrantId
                join Person p on p.Id = g.PersonId
            where c.CodeHash = @CodeHash
                and p.ClosedAt is null
            """;

        public const string Use = "update AuthorizationCode set UsedAt = @Now where CodeHash = @CodeHash and UsedAt is null";

        public const string RevokeGrant = """
            -- all accounts: by the grant's own id
            update TokenGrant set RevokedAt = @Now where Id = @Id and RevokedAt is null
            """;
    }
}
