using Database;
using Portal.Access;
using Portal.Identity;

namespace Portal.Accounts.People;

/// <summary>Somebody who belongs to an account, as others of the account see them.</summary>
internal sealed record AccountPerson
{
    public PersonId PersonId { get; init; }

    public string FullName { get; init; } = "";

    public string Email { get; init; } = "";

    public string? JobTitle { get; init; }

    public string? Mobile { get; init; }

    public DateTimeOffset JoinedAt { get; init; }

    /// <summary>When a browser of theirs last looked at this account.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>Everything that was not taken: their own grants and those of their teams.</summary>
    public IReadOnlyList<AccessGrant> Grants { get; init; } = [];

    public IReadOnlyList<string> Teams { get; init; } = [];

    public static async Task<IReadOnlyList<AccountPerson>> Of(Db db, AccountId account)
    {
        var people = await db.Query<AccountPerson>(Sql.Of, new { AccountId = account });
        var grants = (await AccessGrant.OfAccount(db, account)).ToLookup(grant => grant.HolderId);
        var teams = (await db.Query<InTeam>(Sql.InTeams, new { AccountId = account })).ToLookup(row => row.PersonId);
        return
        [
            .. people.Select(person => person with
            {
                Teams = [.. teams[person.PersonId.Value].Select(team => team.Name)],
                Grants = [.. grants[person.PersonId.Value], .. teams[person.PersonId.Value].SelectMany(team => grants[team.TeamId])],
            }),
        ];
    }

    public static async Task<AccountPerson?> Find(Db db, AccountId account, PersonId id)
    {
        if (await db.One<AccountPerson>(Sql.Find, new { AccountId = account, PersonId = id }) is not { } person) return null;
        var teams = await db.Query<InTeam>(Sql.InTeams, new { AccountId = account });
        return person with
        {
            Teams = [.. teams.Where(team => team.PersonId == id.Value).Select(team => team.Name)],
            Grants = await AccessGrant.OfHolderAndTeams(db, account, id.Value),
        };
    }

    /// <summary>Word and tone of what they can do now.</summary>
    public (string Word, string Tone) State(DateTimeOffset now)
    {
        var live = Grants.Where(grant => grant.IsLive(now)).ToList();
        if (live.Count == 0) return Grants.Count == 0 ? ("No access", "quiet") : ("Access ended", "warning");
        return live.All(grant => grant.ExpiresAt is not null) ? ("For a time", "busy") : ("Active", "good");
    }

    /// <summary>When the last of what they hold ends; null where something has no end, or nothing is left.</summary>
    public DateTimeOffset? Until(DateTimeOffset now)
    {
        var live = Grants.Where(grant => grant.IsLive(now)).ToList();
        return live.Any(grant => grant.ExpiresAt is null) ? null : live.Max(grant => grant.ExpiresAt);
    }

    private sealed record InTeam
    {
        public string PersonId { get; init; } = "";

        public string TeamId { get; init; } = "";

        public string Name { get; init; } = "";
    }

    internal static class Sql
    {
        private const string Columns = """
            m.PersonId, p.FullName, p.Email, p.JobTitle, p.Mobile, m.CreatedAt as JoinedAt,
                (select max(s.SeenAt) from PortalSession s where s.PersonId = m.PersonId and s.AccountId = @AccountId) as SeenAt
            """;

        public const string Of = $"""
            select {Columns}
            from AccountMember m
                join Person p on p.Id = m.PersonId
            where m.AccountId = @AccountId
                and p.ClosedAt is null
            order by lower(p.FullName), m.PersonId
            """;

        public const string Find = $"""
            select {Columns}
            from AccountMember m
                join Person p on p.Id = m.PersonId
            where m.AccountId = @AccountId
                and m.PersonId = @PersonId
                and p.ClosedAt is null
            """;

        public const string InTeams = """
            select m.PersonId, m.TeamId, t.Name
            from TeamMember m
                join Team t on t.Id = m.TeamId
            where m.AccountId = @AccountId
                and t.ClosedAt is null
            order by t.Name
            """;
    }
}
