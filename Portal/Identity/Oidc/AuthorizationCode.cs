using Database;

namespace Portal.Identity.Oidc;

/// <summary>A code on its way through the browser, and the grant that all tokens made from it belong to.</summary>
internal sealed record AuthorizationCode
{
    // RFC 6749 section 4.1.2 allows ten minutes
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    public TokenGrantId GrantId { get; init; }

    public string ClientId { get; init; } = "";

    public PersonId PersonId { get; init; }

    public string Scope { get; init; } = "";

    public string? Amr { get; init; }

    public string? Acr { get; init; }

    public string? SessionId { get; init; }

    public string? DpopJkt { get; init; }

    public string RedirectUri { get; init; } = "";

    public string? Nonce { get; init; }

    public string CodeChallenge { get; init; } = "";

    public DateTimeOffset AuthenticatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public bool Has(string scope) => Scope.Split(' ').Contains(scope, StringComparer.Ordinal);

    public static Task Add(Tx tx, string code, AuthorizeRequest.Asked asked, TokenGrantId grant, DateTimeOffset now) => tx.Execute(Sql.Add, new
    {
        CodeHash = Secrets.Hash(code),
        GrantId = grant,
        asked.RedirectUri,
        asked.Nonce,
        asked.CodeChallenge,
        asked.DpopJkt,
        Now = now,
        ExpiresAt = now + Length,
    });

    /// <summary>
    /// Takes the code: it is good once, whatever comes of it. A second try revokes all that the first one gave (RFC 6749 section 4.1.2).
    /// </summary>
    public static async Task<AuthorizationCode?> Take(Tx tx, string code, DateTimeOffset now)
    {
        var hash = Secrets.Hash(code);
        var found = await tx.One<AuthorizationCode>(Sql.Find, new { CodeHash = hash });
        if (found is null) return null;
        if (await tx.Execute(Sql.Use, new { CodeHash = hash, Now = now }) == 1) return found.ExpiresAt > now ? found : null;
        await TokenGrant.Revoke(tx, found.GrantId, "identity.code_replayed", now);
        return null;
    }

    /// <summary>Binds all that a public client gets from this code to its key (RFC 9449 section 5).</summary>
    public static Task Bind(Tx tx, TokenGrantId grant, string jkt) => tx.Execute(Sql.Bind, new { Id = grant, DpopJkt = jkt });

    internal static class Sql
    {
        public const string Add = """
            insert into AuthorizationCode (CodeHash, GrantId, RedirectUri, Nonce, CodeChallenge, DpopJkt, CreatedAt, ExpiresAt)
            values (@CodeHash, @GrantId, @RedirectUri, @Nonce, @CodeChallenge, @DpopJkt, @Now, @ExpiresAt)
            """;

        public const string Find = """
            -- all accounts: a code is found by its hash
            select c.GrantId, g.ClientId, g.PersonId, g.Scope, g.Amr, g.Acr, g.SessionId, c.RedirectUri, c.Nonce, c.CodeChallenge, c.DpopJkt,
                g.AuthenticatedAt, c.ExpiresAt
            from AuthorizationCode c
                join TokenGrant g on g.Id = c.GrantId
                join Person p on p.Id = g.PersonId
            where c.CodeHash = @CodeHash
                and p.ClosedAt is null
            """;

        public const string Use = "update AuthorizationCode set UsedAt = @Now where CodeHash = @CodeHash and UsedAt is null";

        public const string Bind = """
            -- all accounts: by the grant's own id
            update TokenGrant set DpopJkt = @DpopJkt where Id = @Id
            """;
    }
}
