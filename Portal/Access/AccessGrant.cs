using Database;
using Portal.Accounts;

namespace Portal.Access;

/// <summary>What a grant reaches.</summary>
/// <param name="Kind"><c>account</c>, <c>team</c>, <c>resource</c> or <c>tag</c>.</param>
/// <param name="Id">The team's or resource's id, or the tag; empty for the whole account.</param>
public sealed record AccessScope(string Kind, string Id)
{
    /// <summary>Everything.</summary>
    public const string Account = "account";

    /// <summary>What belongs to a team or department.</summary>
    public const string Team = "team";

    /// <summary>One thing, by its id.</summary>
    public const string Resource = "resource";

    /// <summary>What carries a tag.</summary>
    public const string Tag = "tag";

    /// <summary>Everything.</summary>
    public static AccessScope Whole { get; } = new(Account, "");
}

/// <summary>A role that somebody holds on a part of an account. Rows are ended, not deleted: who could do what, and when, can be told later.</summary>
internal sealed record AccessGrant
{
    /// <summary>The holder does it themselves.</summary>
    public const string Allow = "allow";

    /// <summary>The holder may only ask.</summary>
    public const string Request = "request";

    public AccessGrantId Id { get; init; }

    /// <summary>A person, a service account, or a team for all its members.</summary>
    public string HolderId { get; init; } = "";

    public string? RoleCode { get; init; }

    public CustomRoleId? CustomRoleId { get; init; }

    /// <summary>Of the account's own role.</summary>
    public string? RoleName { get; init; }

    /// <summary>Of the account's own role: codes with blanks between them.</summary>
    public string? RolePermissions { get; init; }

    public string ScopeKind { get; init; } = "";

    public string ScopeId { get; init; } = "";

    public string Mode { get; init; } = "";

    public DateTimeOffset? ExpiresAt { get; init; }

    public long? SpendLimitPaise { get; init; }

    public DateTimeOffset GivenAt { get; init; }

    public string? GivenBy { get; init; }

    public bool IsRequest => Mode == Request;

    public bool IsLive(DateTimeOffset now) => ExpiresAt is null || ExpiresAt > now;

    public bool IsOwner => RoleCode == Roles.Owner;

    public string Role => Roles.Find(RoleCode)?.Name ?? RoleName ?? "A role that is gone";

    public IEnumerable<string> Permissions => Roles.Find(RoleCode)?.Permissions ?? RolePermissions?.Split(' ') ?? [];

    public ulong Mask => Roles.Find(RoleCode)?.Mask ?? Access.Permissions.Mask(Permissions);

    /// <summary>The same once more, for one that was taken by mistake.</summary>
    public NewGrant Again() => new(HolderId, RoleCode ?? CustomRoleId!.Value.Value, new AccessScope(ScopeKind, ScopeId))
    {
        Mode = Mode,
        ExpiresAt = ExpiresAt,
        SpendLimitPaise = SpendLimitPaise,
    };

    /// <summary>All that is in force of one holder, and of the teams they are in.</summary>
    public static Task<IReadOnlyList<AccessGrant>> OfHolderAndTeams(Db db, AccountId account, string holder) =>
        db.Query<AccessGrant>(Sql.OfHolderAndTeams, new { AccountId = account, HolderId = holder });

    /// <summary>All that is in force on the account, whoever holds it.</summary>
    public static Task<IReadOnlyList<AccessGrant>> OfAccount(Db db, AccountId account) =>
        db.Query<AccessGrant>(Sql.OfAccount, new { AccountId = account });

    internal static class Sql
    {
        private const string Columns = """
            g.Id, g.HolderId, g.RoleCode, g.CustomRoleId, r.Name as RoleName, r.Permissions as RolePermissions, g.ScopeKind, g.ScopeId, g.Mode,
            g.ExpiresAt, g.SpendLimitPaise, g.GivenAt, g.GivenBy
            """;

        public const string OfHolderAndTeams = $"""
            select {Columns}
            from AccessGrant g
                left join CustomRole r on r.Id = g.CustomRoleId
            where g.AccountId = @AccountId
                and g.RevokedAt is null
                and (g.HolderId = @HolderId
                    or g.HolderId in (select m.TeamId from TeamMember m where m.AccountId = @AccountId and m.PersonId = @HolderId))
            order by g.GivenAt, g.Id
            """;

        public const string OfHolder = $"""
            select {Columns}
            from AccessGrant g
                left join CustomRole r on r.Id = g.CustomRoleId
            where g.AccountId = @AccountId
                and g.HolderId = @HolderId
                and g.RevokedAt is null
            order by g.GivenAt, g.Id
            """;

        public const string OnPlaces = $"""
            select {Columns}
            from AccessGrant g
                left join CustomRole r on r.Id = g.CustomRoleId
            where g.AccountId = @AccountId
                and g.ScopeKind = @Kind
                and g.ScopeId in (@Ids)
                and g.RevokedAt is null
            order by g.GivenAt, g.Id
            """;

        public const string OfAccount = $"""
            select {Columns}
            from AccessGrant g
                left join CustomRole r on r.Id = g.CustomRoleId
            where g.AccountId = @AccountId
                and g.RevokedAt is null
            order by g.GivenAt, g.Id
            """;

        public const string Find = $"""
            select {Columns}
            from AccessGrant g
                left join CustomRole r on r.Id = g.CustomRoleId
            where g.AccountId = @AccountId
                and g.Id = @Id
                and g.RevokedAt is null
            """;

        public const string Taken = $"""
            select {Columns}
            from AccessGrant g
                left join CustomRole r on r.Id = g.CustomRoleId
            where g.AccountId = @AccountId
                and g.Id = @Id
                and g.RevokedAt is not null
            """;

        public const string Give = """
            insert into AccessGrant (Id, AccountId, HolderId, RoleCode, CustomRoleId, ScopeKind, ScopeId, Mode, ExpiresAt, SpendLimitPaise,
                GivenAt, GivenBy)
            values (@Id, @AccountId, @HolderId, @RoleCode, @CustomRoleId, @ScopeKind, @ScopeId, @Mode, @ExpiresAt, @SpendLimitPaise,
                @Now, @GivenBy)
            """;

        // the guard is part of the statement, and the account's version row was written before: two owners who take each other's
        // role at once stand in line, and the second finds no other owner
        public const string Take = """
            update AccessGrant
            set RevokedAt = @Now, RevokedBy = @By
            where AccountId = @AccountId
                and Id = @Id
                and RevokedAt is null
                and (coalesce(RoleCode, '') <> 'owner'
                    or exists (
                        select 1
                        from AccessGrant o
                            join AccountMember m on m.AccountId = o.AccountId and m.PersonId = o.HolderId
                        where o.AccountId = @AccountId
                            and o.RoleCode = 'owner'
                            and o.RevokedAt is null
                            and o.Id <> @Id))
            """;
    }
}
