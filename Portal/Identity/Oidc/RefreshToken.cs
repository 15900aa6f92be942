using Database;

namespace Portal.Identity.Oidc;

/// <summary>A refresh token: good once, replaced at each use; a second use shows theft and ends the grant (RFC 9700 section 4.14.2).</summary>
internal sealed record RefreshToken
{
    private static readonly TimeSpan Length = TimeSpan.FromDays(30);

    public TokenGrantId GrantId { get; init; }

    public string ClientId { get; init; } = "";

    public PersonId PersonId { get; init; }

    public string Scope { get; init; } = "";

    public DateTimeOffset AuthenticatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public static Task Add(Tx tx, string token, TokenGrantId grant, DateTimeOffset now) => tx.Execute(
        Sql.Add, new { TokenHash = Secrets.Hash(token), GrantId = grant, Now = now, ExpiresAt = now + Length });

    /// <summary>Exchanges the token for <paramref name="next"/>; null when it is unknown, spent, expired or another client's.</summary>
    public static async Task<RefreshToken?> Exchange(Tx tx, string token, string next, string clientId, DateTimeOffset now)
    {
        var hash = Secrets.Hash(token);
        var found = await tx.One<RefreshToken>(Sql.Find, new { TokenHash = hash });
        // RFC 6749 section 6: bound to its client
        if (found is null || found.ClientId != clientId) return null;
        if (await tx.Execute(Sql.Use, new { TokenHash = hash, Now = now }) != 1)
        {
            await tx.Execute(AuthorizationCode.Sql.RevokeGrant, new { Id = found.GrantId, Now = now });
            return null;
        }

        if (found.ExpiresAt <= now) return null;
        await Add(tx, next, found.GrantId, now);
        return found;
    }

    internal static class Sql
    {
        public const string Add = """
            insert into RefreshToken (TokenHash, GrantId, CreatedAt, ExpiresAt)
            values (@TokenHash, @GrantId, @Now, @ExpiresAt)
            """;

        public const string Find = """
            -- all accounts: a token is found by its hash
            select r.GrantId, g.ClientId, g.PersonId, g.Scope, g.AuthenticatedAt, r.ExpiresAt, r.UsedAt
            from RefreshToken r
                join TokenGrant g on g.Id = r.GrantId
                join Person p on p.Id = g.PersonId
            where r.TokenHash = @TokenHash
                and g.RevokedAt is null
                and p.ClosedAt is null
            """;

        public const string Use = "update RefreshToken set UsedAt = @Now where TokenHash = @TokenHash and UsedAt is null";
    }
}
