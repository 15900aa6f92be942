using Database;
using Portal.Accounts;

namespace Portal.Access;

/// <summary>Somebody who holds something on the whole account.</summary>
internal sealed record Holder
{
    public string PersonId { get; init; } = "";

    public string FullName { get; init; } = "";

    public string Email { get; init; } = "";

    /// <summary>Everybody who can give the permission: they manage the team and hold it themselves, since nobody gives what they do not hold.</summary>
    public static Task<IReadOnlyList<Holder>> WhoGive(Db db, AccountId account, string permission, DateTimeOffset now) =>
        Of(db, account, [permission, Permissions.TeamManage], now);

    /// <summary>Everybody who holds all of the permissions, by roles of their own or of their teams.</summary>
    public static async Task<IReadOnlyList<Holder>> Of(Db db, AccountId account, IReadOnlyCollection<string> permissions, DateTimeOffset now)
    {
        var needed = Permissions.Mask(permissions);
        var rows = await db.Query<Row>(Sql.Whole, new { AccountId = account, Now = now });
        return
        [
            .. rows.GroupBy(row => row.PersonId)
                .Where(held => (held.Aggregate(0UL, (mask, row) => mask | row.Mask) & needed) == needed)
                .Select(held => new Holder { PersonId = held.Key, FullName = held.First().FullName, Email = held.First().Email }),
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
            from AccountMember m
                join Person p on p.Id = m.PersonId
                join AccessGrant g on g.AccountId = m.AccountId
                left join CustomRole r on r.Id = g.CustomRoleId
            where m.AccountId = @AccountId
                and (g.HolderId = m.PersonId
                    or exists (select 1 from TeamMember t where t.AccountId = @AccountId and t.TeamId = g.HolderId and t.PersonId = m.PersonId))
                and g.RevokedAt is null
                and g.ScopeKind = 'account'
                and g.Mode = 'allow'
                and (g.ExpiresAt is null or g.ExpiresAt > @Now)
                and p.ClosedAt is null
            order by g.GivenAt, g.Id, p.Id
            """;
    }
}
