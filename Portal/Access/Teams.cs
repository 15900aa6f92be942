using Database;
using Portal.Accounts;
using Portal.Identity;

namespace Portal.Access;

/// <summary>A team or department: people, what is theirs, and the access that is given on it or to all of it.</summary>
internal sealed record Team
{
    public const string OfTeam = "team";
    public const string OfDepartment = "department";
    public const int LongestName = 60;

    public TeamId Id { get; init; }

    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";

    public int Members { get; init; }

    public int Resources { get; init; }

    public string KindWord => Kind == OfDepartment ? "Department" : "Team";

    public static string NameRule { get; } = $"Enter a name of at most {LongestName} characters.";

    public static bool IsName(string text) => text.Length is > 0 and <= LongestName && !text.Any(char.IsControl);

    public static Task<IReadOnlyList<Team>> Of(Db db, AccountId account) => db.Query<Team>(Sql.Of, new { AccountId = account });

    public static Task<Team?> Find(Db db, AccountId account, TeamId id) => db.One<Team>(Sql.Find, new { AccountId = account, Id = id });

    /// <summary>The team that the resource belongs to; null for none.</summary>
    public static Task<Team?> OfResource(Db db, AccountId account, string resource) =>
        db.One<Team>(Sql.OfResource, new { AccountId = account, ResourceId = resource });

    internal static class Sql
    {
        private const string Columns = """
            t.Id, t.Kind, t.Name,
                (select count(*) from TeamMember m where m.AccountId = @AccountId and m.TeamId = t.Id) as Members,
                (select count(*) from TeamResource r where r.AccountId = @AccountId and r.TeamId = t.Id) as Resources
            """;

        public const string Of = $"""
            select {Columns}
            from Team t
            where t.AccountId = @AccountId
                and t.ClosedAt is null
            order by t.Name, t.Id
            """;

        public const string Find = $"""
            select {Columns}
            from Team t
            where t.AccountId = @AccountId
                and t.Id = @Id
                and t.ClosedAt is null
            """;

        public const string OfResource = $"""
            select {Columns}
            from Team t
                join TeamResource own on own.TeamId = t.Id
            where t.AccountId = @AccountId
                and own.ResourceId = @ResourceId
                and t.ClosedAt is null
            """;
    }
}

/// <summary>Changes of teams; each is seen by the next request of everybody concerned.</summary>
internal static class ChangeTeams
{
    /// <summary>The new team; null when the account has one of that name.</summary>
    public static async Task<TeamId?> Open(Tx tx, AccountId account, string kind, string name, DateTimeOffset now)
    {
        await AccessVersion.Bump(tx, account);
        var id = Id.New<TeamId>(now);
        return await tx.Execute(Sql.Open, new { Id = id, AccountId = account, Kind = kind, Name = name, Now = now }) == 1 ? id : null;
    }

    /// <summary>False when there is no such team, or another one of that name.</summary>
    public static async Task<bool> Rename(Tx tx, AccountId account, TeamId id, string name)
    {
        await AccessVersion.Bump(tx, account);
        return await tx.Execute(Sql.Rename, new { AccountId = account, Id = id, Name = name }) == 1;
    }

    /// <summary>Closes the team: what was given on it or to it ends, what was its own belongs to nobody.</summary>
    public static async Task<bool> Close(Tx tx, AccountId account, TeamId id, string by, DateTimeOffset now)
    {
        await AccessVersion.Bump(tx, account);
        var args = new { AccountId = account, Id = id, By = by, Now = now };
        if (await tx.Execute(Sql.Close, args) != 1) return false;
        await tx.Execute(Sql.EndGrants, args);
        await tx.Execute(Sql.Empty, args);
        await tx.Execute(Sql.Scatter, args);
        return true;
    }

    /// <summary>False when there is no such team, or no such member of the account.</summary>
    public static async Task<bool> Add(Tx tx, AccountId account, TeamId id, PersonId person, DateTimeOffset now)
    {
        await AccessVersion.Bump(tx, account);
        return await tx.Execute(Sql.Add, new { AccountId = account, Id = id, PersonId = person, Now = now }) == 1;
    }

    public static async Task<bool> Has(Tx tx, AccountId account, TeamId id, PersonId person) =>
        await tx.One<int>(Sql.Has, new { AccountId = account, Id = id, PersonId = person }) > 0;

    public static async Task<bool> Remove(Tx tx, AccountId account, TeamId id, PersonId person)
    {
        await AccessVersion.Bump(tx, account);
        return await tx.Execute(Sql.Remove, new { AccountId = account, Id = id, PersonId = person }) == 1;
    }

    /// <summary>For somebody who leaves the account.</summary>
    public static Task RemoveFromAll(Tx tx, AccountId account, PersonId person) =>
        tx.Execute(Sql.RemoveFromAll, new { AccountId = account, PersonId = person });

    /// <summary>Puts a resource into the team, out of any other; null takes it out of all. False when there is no such team.</summary>
    public static async Task<bool> Put(Tx tx, AccountId account, string resource, TeamId? team, DateTimeOffset now)
    {
        await AccessVersion.Bump(tx, account);
        await tx.Execute(Sql.TakeOut, new { AccountId = account, ResourceId = resource });
        return team is null || await tx.Execute(Sql.Put, new { AccountId = account, ResourceId = resource, Id = team, Now = now }) == 1;
    }

    internal static class Sql
    {
        public const string Open = """
            insert into Team (Id, AccountId, Kind, Name, CreatedAt)
            select @Id, @AccountId, @Kind, @Name, @Now
            where not exists (select 1 from Team where AccountId = @AccountId and lower(Name) = lower(@Name) and ClosedAt is null)
            """;

        public const string Rename = """
            update Team
            set Name = @Name
            where AccountId = @AccountId
                and Id = @Id
                and ClosedAt is null
                and not exists (
                    select 1 from Team o where o.AccountId = @AccountId and lower(o.Name) = lower(@Name) and o.Id <> @Id and o.ClosedAt is null)
            """;

        public const string Close = "update Team set ClosedAt = @Now where AccountId = @AccountId and Id = @Id and ClosedAt is null";

        public const string EndGrants = """
            update AccessGrant
            set RevokedAt = @Now, RevokedBy = @By
            where AccountId = @AccountId
                and (HolderId = @Id or (ScopeKind = 'team' and ScopeId = @Id))
                and RevokedAt is null
            """;

        public const string Empty = "delete from TeamMember where AccountId = @AccountId and TeamId = @Id";

        public const string Scatter = "delete from TeamResource where AccountId = @AccountId and TeamId = @Id";

        public const string Add = """
            insert into TeamMember (AccountId, TeamId, PersonId, AddedAt)
            select m.AccountId, t.Id, m.PersonId, @Now
            from AccountMember m
                join Team t on t.AccountId = m.AccountId
            where m.AccountId = @AccountId
                and m.PersonId = @PersonId
                and t.Id = @Id
                and t.ClosedAt is null
                and not exists (select 1 from TeamMember x where x.AccountId = @AccountId and x.TeamId = @Id and x.PersonId = @PersonId)
            """;

        public const string Has = "select count(*) from TeamMember where AccountId = @AccountId and TeamId = @Id and PersonId = @PersonId";

        public const string Remove = "delete from TeamMember where AccountId = @AccountId and TeamId = @Id and PersonId = @PersonId";

        public const string RemoveFromAll = "delete from TeamMember where AccountId = @AccountId and PersonId = @PersonId";

        public const string TakeOut = "delete from TeamResource where AccountId = @AccountId and ResourceId = @ResourceId";

        public const string Put = """
            insert into TeamResource (AccountId, ResourceId, TeamId, AddedAt)
            select t.AccountId, @ResourceId, t.Id, @Now
            from Team t
            where t.AccountId = @AccountId
                and t.Id = @Id
                and t.ClosedAt is null
            """;
    }
}
