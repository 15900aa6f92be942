using Database;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Applications;

namespace Portal.Identity.ApiTokens;

internal readonly record struct ApiTokenId(string Value) : IId<ApiTokenId>
{
    public static string Prefix => "tok";

    public static ApiTokenId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A token for <c>/api</c> that a person or a service account holds: for some permissions, from some addresses, for a time.</summary>
internal sealed record ApiToken
{
    /// <summary>What programs that look for secrets in source code know it by.</summary>
    public const string Mark = "ptl_";

    /// <summary>How often being used is written down.</summary>
    private static readonly TimeSpan Noticing = TimeSpan.FromMinutes(5);

    public ApiTokenId Id { get; init; }

    public PersonId PersonId { get; init; }

    public string HolderName { get; init; } = "";

    /// <summary>The service account that holds it; null for a person's.</summary>
    public string? ClientId { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Space-separated codes.</summary>
    public string Permissions { get; init; } = "";

    /// <summary>Space-separated networks; null for everywhere.</summary>
    public string? IpAllowList { get; init; }

    /// <summary>The last four characters.</summary>
    public string Hint { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public string? LastUsedIp { get; init; }

    /// <summary>Who holds the token, when it is good from this address; one indexed read.</summary>
    public static async Task<(SignedIn? SignedIn, string? Trouble)> Find(Db db, string token, string ip, DateTimeOffset now)
    {
        if (!Secrets.IsMarked(token, Mark)) return (null, "This is no API token: it was cut off or mistyped.");
        var row = await db.One<Holder>(Sql.Find, new { TokenHash = Secrets.Hash(token), Now = now });
        if (row is null) return (null, "The API token is not good, has expired or was revoked.");
        if (!Networks.Include(row.IpAllowList, ip) || !Networks.Include(row.ClientIpAllowList, ip)) return (null, $"The API token is not good from {ip}.");
        if (row.LastUsedAt is null || row.LastUsedAt <= now - Noticing)
            await db.Write(tx => tx.Execute(Sql.Used, new { row.Id, Now = now, Before = now - Noticing, Ip = ip }));
        var own = SignedIn.Limits(row.Permissions);
        return (new SignedIn(row.PersonId, row.AccountId, row.Role ?? "service", row.Id.Value, row.FullName, null)
        {
            Email = row.Email,
            AccountName = row.AccountName,
            AccessVersion = row.AccessVersion,
            ClientId = row.ClientId ?? row.Id.Value,
            IsService = row.ClientId is not null,
            // a service account's token can do no more than the account itself
            LimitedTo = row.ClientId is null ? own : SignedIn.Limits(string.Join(' ', own.Intersect(SignedIn.Limits(row.ClientPermissions)))),
        }, null);
    }

    public static Task<IReadOnlyList<ApiToken>> Of(Db db, AccountId account, DateTimeOffset now) =>
        db.Query<ApiToken>(Sql.Of, new { AccountId = account, Now = now });

    /// <summary>Ends it at once; false when there is none.</summary>
    public static async Task<bool> Revoke(Tx tx, AccountId account, ApiTokenId id, AuditEntry entry, DateTimeOffset now)
    {
        if (await tx.Execute(Sql.Revoke, new { Id = id, AccountId = account, Now = now }) != 1) return false;
        await tx.Record(entry with { Action = "identity.api_token_revoked", Resource = id.Value }, now);
        return true;
    }

    private sealed record Holder
    {
        public ApiTokenId Id { get; init; }

        public PersonId PersonId { get; init; }

        public AccountId AccountId { get; init; }

        public string AccountName { get; init; } = "";

        public string? ClientId { get; init; }

        public string? ClientPermissions { get; init; }

        public string Permissions { get; init; } = "";

        public string? IpAllowList { get; init; }

        public string? ClientIpAllowList { get; init; }

        public string? Role { get; init; }

        public string FullName { get; init; } = "";

        public string Email { get; init; } = "";

        public DateTimeOffset? LastUsedAt { get; init; }

        public long AccessVersion { get; init; }
    }

    internal static class Sql
    {
        // a person's token ends with the person's place in the account, a service account's with the service account
        private const string Holders = """
            join Person p on p.Id = t.PersonId
                left join AccountMember m on m.AccountId = t.AccountId and m.PersonId = t.PersonId
                left join OidcClient c on c.Id = t.ClientId and c.RevokedAt is null and (c.ExpiresAt is null or c.ExpiresAt > @Now)
            """;

        private const string Good = """
            t.RevokedAt is null
                and t.ExpiresAt > @Now
                and p.ClosedAt is null
                and ((t.ClientId is null and m.PersonId is not null) or c.Id is not null)
            """;

        public const string Find = $"""
            -- all accounts: a token is found by its hash and names its account
            select t.Id, t.PersonId, t.AccountId, a.Name as AccountName, t.ClientId, c.Permissions as ClientPermissions, t.Permissions,
                t.IpAllowList, c.IpAllowList as ClientIpAllowList, m.Role, p.FullName, p.Email, t.LastUsedAt, coalesce(v.Version, 0) as AccessVersion
            from ApiToken t
                join Account a on a.Id = t.AccountId
                left join AccountAccess v on v.AccountId = t.AccountId
                {Holders}
            where t.TokenHash = @TokenHash
                and a.State = 'active'
                and {Good}
            """;

        public const string Used = """
            -- all accounts: by the token's own id
            update ApiToken
            set LastUsedAt = @Now, LastUsedIp = @Ip
            where Id = @Id
                and (LastUsedAt is null or LastUsedAt <= @Before)
            """;

        public const string Of = $"""
            select t.Id, t.PersonId, p.FullName as HolderName, t.ClientId, t.Name, t.Permissions, t.IpAllowList, t.Hint, t.CreatedAt,
                t.ExpiresAt, t.LastUsedAt, t.LastUsedIp
            from ApiToken t
                {Holders}
            where t.AccountId = @AccountId
                and {Good}
            order by t.CreatedAt desc, t.Id desc
            """;

        public const string Revoke = """
            update ApiToken
            set RevokedAt = @Now
            where Id = @Id
                and AccountId = @AccountId
                and RevokedAt is null
            """;
    }
}
