using Database;
using Portal.Accounts;

namespace Portal.Access;

/// <summary>Somebody who can give a permission.</summary>
internal sealed record Granter
{
    public string PersonId { get; init; } = "";

    public string FullName { get; init; } = "";

    public string Email { get; init; } = "";

    /// <summary>Everybody who manages the team and holds the permission on the whole account: nobody gives what they do not hold.</summary>
    public static async Task<IReadOnlyList<Granter>> Of(Db db, AccountId account, string permission, DateTimeOffset now)
    {
        var needed = Permissions.Bit(permission) | Permissions.Bit(Permissions.TeamManage);
        var rows = await db.Query<Row>(Sql.Whole, new { AccountId = account, Now = now });
        return
        [
            .. rows.GroupBy(row => row.PersonId)
                .Where(held => (held.Aggregate(0UL, (mask, row) => mask | row.Mask) & needed) == needed)
                .Select(held => new Granter { PersonId = held.Key, FullName = held.First().FullName, Email = held.First().Email }),
        ];
    }

    private sealed record Row
    {
        public string PersonId { get; init; } = "";

        public string FullName { get; init; } = "";

        public string Email { get; init; } = "";

        public string? RoleCode { get; init; }

        public string? RolePermissions { get; init; }

        public ulong Mask => Roles.Find(RoleCode)?.Mask ?? Permissions.Mask(RolePermissions?.Split(' ') ?? []);
    }

    internal static class Sql
    {
        public const string Whole = """
            select p.Id as PersonId, p.FullName, p.Email, g.RoleCode, r.Permissions as RolePermissions
            from AccessGrant g
                join AccountMember m on m.AccountId = g.AccountId and m.PersonId = g.HolderId
                join Person p on p.Id = g.HolderId
                left join CustomRole r on r.Id = g.CustomRoleId
            where g.AccountId = @AccountId
                and g.RevokedAt is null
                and g.ScopeKind = 'account'
                and g.Mode = 'allow'
                and (g.ExpiresAt is null or g.ExpiresAt > @Now)
                and p.ClosedAt is null
            order by g.GivenAt, g.Id
            """;
    }
}
