using System.Text.Json.Serialization;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Api;
using Portal.Audit;
using Portal.Identity;

namespace Portal.Access;

/// <summary>A team or department.</summary>
internal sealed record ApiTeam(string Id, string Kind, string Name, int Members, int Resources);

/// <summary>All teams; there is no second page.</summary>
internal sealed record ApiTeams(IReadOnlyList<ApiTeam> Items);

/// <summary>A team to make.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiTeamRequest
{
    /// <summary><c>team</c> or <c>department</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>At most 60 characters.</summary>
    public string? Name { get; init; }
}

/// <summary><c>/api/v1/team/teams</c>: teams, and who is in them.</summary>
internal static class TeamsApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var teams = routes.Api().MapGroup("/team/teams").WithTags("Team");
        teams.MapGet("/", List).Needs(Permissions.TeamRead).WithSummary("The account's teams and departments.");
        teams.MapPost("/", Create).Creates().Needs(Permissions.TeamManage).WithSummary("Makes a team.")
            .WithDescription("422 portal.access.invalid_team; 409 portal.access.team_name_taken.");
        teams.MapDelete("/{team}", Close).Needs(Permissions.TeamManage).WithSummary("Closes the team; access given on it or to it ends.");
        teams.MapPut("/{team}/members/{person}", Add).Needs(Permissions.TeamManage).WithSummary("Puts a person of the account into the team; twice is once.");
        teams.MapDelete("/{team}/members/{person}", Out).Needs(Permissions.TeamManage).WithSummary("Takes a person out of the team.");
    }

    private static async Task<Ok<ApiTeams>> List(HttpContext context, Db db) =>
        TypedResults.Ok(new ApiTeams([.. (await Team.Of(db, context.SignedIn().AccountId)).Select(Shown)]));

    private static async Task<Results<Created<ApiTeam>, ProblemHttpResult>> Create(ApiTeamRequest request, HttpContext context, Db db, TimeProvider clock)
    {
        var (account, now) = (context.SignedIn().AccountId, clock.GetUtcNow());
        var name = request.Name?.Trim() ?? "";
        if (!Team.IsName(name)) return Invalid("name", "portal.access.team_name_invalid", Team.NameRule);
        if (request.Kind is not (Team.OfTeam or Team.OfDepartment)) return Invalid("kind", "portal.access.team_kind_unknown", "kind is team or department.");
        var opened = await db.Write(async tx =>
        {
            var id = await ChangeTeams.Open(tx, account, request.Kind, name, now);
            if (id is not null) await tx.Record(context.Entry("team.open_team", id.Value.Value, after: request), now);
            return id;
        });
        if (opened is not { } team)
            return ApiProblem.Of(StatusCodes.Status409Conflict, "portal.access.team_name_taken", "This account has a team of this name.");
        return TypedResults.Created($"/api/v1/team/teams/{team}", Shown((await Team.Find(db, account, team))!));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Close(string team, HttpContext context, Db db, TimeProvider clock)
    {
        var (who, now) = (context.SignedIn(), clock.GetUtcNow());
        var closed = Id.TryParse<TeamId>(team, out var id) && await db.Write(async tx =>
        {
            if (!await ChangeTeams.Close(tx, who.AccountId, id, who.PersonId.Value, now)) return false;
            await tx.Record(context.Entry("team.close_team", id.Value), now);
            return true;
        });
        return closed ? TypedResults.NoContent() : NoTeam();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Add(string team, string person, HttpContext context, Db db, TimeProvider clock)
    {
        var (account, now) = (context.SignedIn().AccountId, clock.GetUtcNow());
        if (!Id.TryParse<TeamId>(team, out var id) || await Team.Find(db, account, id) is null) return NoTeam();
        if (!Id.TryParse<PersonId>(person, out var member)) return AccessProblems.NoHolder();
        var isIn = await db.Write(async tx =>
        {
            if (await ChangeTeams.Add(tx, account, id, member, now)) await tx.Record(context.Entry("team.add_to_team", id.Value, after: new { person }), now);
            return await ChangeTeams.Has(tx, account, id, member);
        });
        return isIn ? TypedResults.NoContent() : AccessProblems.NoHolder();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Out(string team, string person, HttpContext context, Db db, TimeProvider clock)
    {
        var (account, now) = (context.SignedIn().AccountId, clock.GetUtcNow());
        if (!Id.TryParse<TeamId>(team, out var id) || await Team.Find(db, account, id) is null) return NoTeam();
        if (!Id.TryParse<PersonId>(person, out var member)) return AccessProblems.NoHolder();
        await db.Write(async tx =>
        {
            if (await ChangeTeams.Remove(tx, account, id, member)) await tx.Record(context.Entry("team.take_from_team", id.Value, after: new { person }), now);
        });
        return TypedResults.NoContent();
    }

    private static ApiTeam Shown(Team team) => new(team.Id.Value, team.Kind, team.Name, team.Members, team.Resources);

    private static ProblemHttpResult Invalid(string field, string code, string message) =>
        ApiProblem.Fields("portal.access.invalid_team", [new FieldProblem(field, code, message)]);

    private static ProblemHttpResult NoTeam() => ApiProblem.NotFound("portal.access.no_team", "This account has no such team.");
}
