using Database;
using Portal.Accounts;

namespace Portal.Access;

/// <summary>A role of an account's own making.</summary>
internal sealed record CustomRole
{
    public CustomRoleId Id { get; init; }

    public string Name { get; init; } = "";

    public string Permissions { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>How many hold it now.</summary>
    public int Holders { get; init; }

    public IReadOnlyList<string> Codes => Permissions.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public static Task<IReadOnlyList<CustomRole>> Of(Db db, AccountId account) => db.Query<CustomRole>(Sql.Of, new { AccountId = account });

    public static async Task<CustomRole?> Find(Tx tx, AccountId account, string id) => Database.Id.TryParse<CustomRoleId>(id, out var known)
        ? await tx.One<CustomRole>(Sql.Find, new { AccountId = account, Id = known })
        : null;

    internal static class Sql
    {
        public const string Of = """
            select r.Id, r.Name, r.Permissions, r.CreatedAt,
                (select count(*) from AccessGrant g where g.AccountId = @AccountId and g.CustomRoleId = r.Id and g.RevokedAt is null) as Holders
            from CustomRole r
            where r.AccountId = @AccountId
                and r.RetiredAt is null
            order by r.Name, r.Id
            """;

        public const string Find = """
            select Id, Name, Permissions, CreatedAt
            from CustomRole
            where AccountId = @AccountId
                and Id = @Id
                and RetiredAt is null
            """;
    }
}
