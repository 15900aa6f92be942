using Database;

namespace Portal.Identity.Oidc;

/// <summary>What became of a refresh token that was shown.</summary>
internal abstract record RefreshOutcome
{
    private RefreshOutcome()
    {
    }

    public sealed record Exchanged(RefreshToken Old, string Scope) : RefreshOutcome;

    /// <summary>Unknown, expired, another client's, or spent; the last ends the grant.</summary>
    public sealed record NotGood : RefreshOutcome;

    public sealed record ScopeTooWide : RefreshOutcome;

    public sealed record OtherKey : RefreshOutcome;
}

/// <summary>
/// A refresh token: good once, replaced at each use; a second use shows theft and ends the grant (RFC 9700 section 4.14.2). There is
/// no time of grace in which the old one is still good: a thief would have it too.
/// </summary>
internal sealed record RefreshToken
{
    private static readonly TimeSpan Length = TimeSpan.FromDays(30);

    public TokenGrantId GrantId { get; init; }

    public string ClientId { get; init; } = "";

    public PersonId PersonId { get; init; }

    public string Scope { get; init; } = "";

    public string? Amr { get; init; }

    public string? Acr { get; init; }

    public string? SessionId { get; init; }

    public string? DpopJkt { get; init; }

    public DateTimeOffset AuthenticatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public static Task Add(Tx tx, string token, TokenGrantId grant, DateTimeOffset now) => tx.Execute(
        Sql.Add, new { TokenHash = Secrets.Hash(token), GrantId = grant, Now = now, ExpiresAt = now + Length });

    /// <summary>Exchanges the token for <paramref name="next"/>. A request that is only wrong in its scope or key leaves it good.</summary>
    public static async Task<RefreshOutcome> Exchange(
        Tx tx, string token, string next, string askedScope, TokenRequest request, DateTimeOffset now)
    {
        var hash = Secrets.Hash(token);
        var found = await tx.One<RefreshToken>(Sql.Find, new { TokenHash = hash });
        // RFC 6749 section 6: bound to its client
        if (found is null || found.ClientId != request.Client.Id) return new RefreshOutcome.NotGood();
        if (found.UsedAt is not null) return await Reused(tx, found, now);
        // RFC 9449 section 5: a public client's refresh token is bound to its key
        if (found.DpopJkt is { } bound && bound != request.Jkt) return new RefreshOutcome.OtherKey();
        // RFC 6749 section 6: the scope may shrink, not grow
        var asked = askedScope.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (asked.Except(found.Scope.Split(' '), StringComparer.Ordinal).Any()) return new RefreshOutcome.ScopeTooWide();
        if (await tx.Execute(Sql.Use, new { TokenHash = hash, Now = now }) != 1) return await Reused(tx, found, now);
        if (found.ExpiresAt <= now) return new RefreshOutcome.NotGood();
        await Add(tx, next, found.GrantId, now);
        await tx.Execute(Sql.GrantUsed, new { Id = found.GrantId, Now = now });
        return new RefreshOutcome.Exchanged(found, asked.Length == 0 ? found.Scope : string.Join(' ', asked));
    }

    /// <summary>The grant of a token that was not used yet.</summary>
    public static Task<RefreshToken?> Find(Db db, string token) => db.One<RefreshToken>(Sql.Find, new { TokenHash = Secrets.Hash(token) });

    private static async Task<RefreshOutcome> Reused(Tx tx, RefreshToken found, DateTimeOffset now)
    {
        await TokenGrant.Revoke(tx, found.GrantId, "identity.refresh_token_reused", now);
        return new RefreshOutcome.NotGood();
    }

    internal static class Sql
    {
        public const string Add = """
            insert into RefreshToken (TokenHash, GrantId, CreatedAt, ExpiresAt)
            values (@TokenHash, @GrantId, @Now, @ExpiresAt)
            """;

        public const string Find = """
            -- all accounts: a token is found by its hash
            select r.GrantId, g.ClientId, g.PersonId, g.Scope, g.Amr, g.Acr, g.SessionId, g.DpopJkt, g.AuthenticatedAt, r.ExpiresAt, r.UsedAt
            from RefreshToken r
                join TokenGrant g on g.Id = r.GrantId
                join Person p on p.Id = g.PersonId
            where r.TokenHash = @TokenHash
                and g.RevokedAt is null
                and p.ClosedAt is null
            """;

        public const string Use = "update RefreshToken set UsedAt = @Now where TokenHash = @TokenHash and UsedAt is null";

        public const string GrantUsed = """
            -- all accounts: by the grant's own id
            update TokenGrant set LastUsedAt = @Now where Id = @Id
            """;
    }
}
