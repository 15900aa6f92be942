using Database;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity;

namespace Portal.Access;

/// <summary>How a change of a team ended.</summary>
internal abstract record TeamOutcome
{
    private TeamOutcome()
    {
    }

    /// <summary>It is as was asked for, if it was not before.</summary>
    public sealed record Done : TeamOutcome;

    /// <summary>There is none, or it is another account's.</summary>
    public sealed record UnknownTeam : TeamOutcome;

    /// <summary>Nobody of this account.</summary>
    public sealed record UnknownMember : TeamOutcome;

    public sealed record NameTaken : TeamOutcome;

    /// <summary>The change would give or take what whoever makes it does not hold.</summary>
    public sealed record BeyondOwn(string Permission) : TeamOutcome;
}

/// <summary>
/// Changes of teams by whoever makes the request, each with its audit event; used by pages and the API. Who comes into a team gets what it holds,
/// what comes into a team or under a tag is reached by those who hold something on it: that is giving access, and needs the same.
/// </summary>
internal static class EditTeam
{
    public static Task<TeamOutcome> Rename(HttpContext context, Db db, TeamId team, string name, DateTimeOffset now) =>
        Change(context, db, team, async (tx, account, found) =>
        {
            if (!await ChangeTeams.Rename(tx, account, team, name)) return new TeamOutcome.NameTaken();
            await tx.Record(context.Entry("team.rename_team", team.Value, before: new { found.Name }, after: new { Name = name }), now);
            return new TeamOutcome.Done();
        });

    public static Task<TeamOutcome> Add(HttpContext context, Db db, TeamId team, PersonId person, DateTimeOffset now) =>
        Change(context, db, team, async (tx, account, _) =>
        {
            if (await Beyond(tx, context, AccessGrant.Sql.OfHolder, new { AccountId = account, HolderId = team }, now, giving: true) is { } beyond) return beyond;
            if (await ChangeTeams.Add(tx, account, team, person, now))
                await tx.Record(context.Entry("team.add_to_team", team.Value, after: new { Person = person }), now);
            return await ChangeTeams.Has(tx, account, team, person) ? new TeamOutcome.Done() : new TeamOutcome.UnknownMember();
        });

    public static Task<TeamOutcome> Remove(HttpContext context, Db db, TeamId team, PersonId person, DateTimeOffset now) =>
        Change(context, db, team, async (tx, account, _) =>
        {
            if (await Beyond(tx, context, AccessGrant.Sql.OfHolder, new { AccountId = account, HolderId = team }, now) is { } beyond) return beyond;
            if (await ChangeTeams.Remove(tx, account, team, person))
                await tx.Record(context.Entry("team.take_from_team", team.Value, before: new { Person = person }), now);
            return new TeamOutcome.Done();
        });

    public static Task<TeamOutcome> Close(HttpContext context, Db db, TeamId team, DateTimeOffset now) =>
        Change(context, db, team, async (tx, account, found) =>
        {
            var beyond = await Beyond(tx, context, AccessGrant.Sql.OfHolder, new { AccountId = account, HolderId = team }, now)
                ?? await BeyondPlaces(tx, context, AccessScope.Team, [team.Value], now);
            if (beyond is not null) return beyond;
            await ChangeTeams.Close(tx, account, team, context.SignedIn().PersonId.Value, now);
            await tx.Record(context.Entry("team.close_team", team.Value, before: new { found.Name }), now);
            return new TeamOutcome.Done();
        });

    /// <summary>Puts a resource into a team (null: into none) and gives it these tags and no others.</summary>
    public static Task<TeamOutcome> Place(
        HttpContext context, Db db, string resource, TeamId? team, IReadOnlyCollection<string> tags, DateTimeOffset now) => db.Write<TeamOutcome>(async tx =>
    {
        var account = context.SignedIn().AccountId;
        await AccessVersion.Bump(tx, account);
        if (team is { } wanted && await tx.One<Team>(Team.Sql.Find, new { AccountId = account, Id = wanted }) is null) return new TeamOutcome.UnknownTeam();
        var args = new { AccountId = account, ResourceId = resource };
        var (old, had) = (await tx.One<Team>(Team.Sql.OfResource, args), await tx.Query<string>(Tags.Sql.Of, args));
        var (left, into) = old?.Id == team ? (null, null) : (old?.Id, team);
        string[] teams = [.. new[] { left, into }.OfType<TeamId>().Select(id => id.Value)];
        string[] changed = [.. had.Except(tags).Concat(tags.Except(had))];
        var beyond = await BeyondPlaces(tx, context, AccessScope.Team, teams, now) ?? await BeyondPlaces(tx, context, AccessScope.Tag, changed, now);
        if (beyond is not null) return beyond;
        await ChangeTeams.Put(tx, account, resource, team, now);
        await Tags.Set(tx, account, resource, tags, now);
        await tx.Record(context.Entry("servers.place", resource, before: new { Tags = had, Team = old?.Id }, after: new { Tags = tags, Team = team }), now);
        return new TeamOutcome.Done();
    });

    private static Task<TeamOutcome> Change(
        HttpContext context, Db db, TeamId team, Func<Tx, AccountId, Team, Task<TeamOutcome>> change) => db.Write(async tx =>
    {
        var account = context.SignedIn().AccountId;
        await AccessVersion.Bump(tx, account);
        return await tx.One<Team>(Team.Sql.Find, new { AccountId = account, Id = team }) is { } found
            ? await change(tx, account, found)
            : new TeamOutcome.UnknownTeam();
    });

    private static async Task<TeamOutcome.BeyondOwn?> BeyondPlaces(Tx tx, HttpContext context, string kind, string[] ids, DateTimeOffset now) =>
        ids.Length == 0 ? null : await Beyond(tx, context, AccessGrant.Sql.OnPlaces, new { context.SignedIn().AccountId, Kind = kind, Ids = ids }, now, giving: true);

    /// <summary>
    /// What of these grants whoever makes the request does not hold on the whole account (and, to give it, for as long and up to as much); null when
    /// they hold all of it.
    /// </summary>
    private static async Task<TeamOutcome.BeyondOwn?> Beyond(Tx tx, HttpContext context, string grants, object args, DateTimeOffset now, bool giving = false)
    {
        var access = await context.Access().Again(tx);
        foreach (var grant in await tx.Query<AccessGrant>(grants, args))
        {
            if (!grant.IsLive(now)) continue;
            var missing = grant.Permissions.FirstOrDefault(code => Permissions.Exists(code)
                && !(giving ? access.MayGive(code, grant.ExpiresAt, grant.SpendLimitPaise) : access.CanOnAll(code)));
            if (missing is not null) return new TeamOutcome.BeyondOwn(missing);
        }

        return null;
    }
}
