using System.Text.Json.Serialization;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Api;
using Portal.Audit;
using Portal.Identity;
using Portal.Identity.Factors;

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

/// <summary>Another name for a team.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiTeamName
{
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
        teams.MapPut("/{team}", Rename).Needs(Permissions.TeamManage).WithSummary("Gives the team another name.")
            .WithDescription("422 portal.access.invalid_team; 409 portal.access.team_name_taken.");
        teams.MapDelete("/{team}", Close).Needs(Permissions.TeamManage).WithSummary("Closes the team; access given on it or to it ends.");
        teams.MapPut("/{team}/members/{person}", Add).FreshFactor().Needs(Permissions.TeamManage).WithSummary("Puts a person of the account into the team; twice is once.")
            .WithDescription("403 portal.access.missing_permission when the team holds more than you do.");
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
            return NameTaken();
        return TypedResults.Created($"/api/v1/team/teams/{team}", Shown((await Team.Find(db, account, team))!));
    }

    private static async Task<Results<Ok<ApiTeam>, ProblemHttpResult>> Rename(
        string team, ApiTeamName request, HttpContext context, Db db, TimeProvider clock)
    {
        var name = request.Name?.Trim() ?? "";
        if (!Id.TryParse<TeamId>(team, out var id)) return NoTeam();
        if (!Team.IsName(name)) return Invalid("name", "portal.access.team_name_invalid", Team.NameRule);
        return await EditTeam.Rename(context, db, id, name, clock.GetUtcNow()) is var outcome and not TeamOutcome.Done
            ? await Problem(context, outcome)
            : TypedResults.Ok(Shown((await Team.Find(db, context.SignedIn().AccountId, id))!));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Close(string team, HttpContext context, Db db, TimeProvider clock) =>
        Id.TryParse<TeamId>(team, out var id) ? await Answer(context, await EditTeam.Close(context, db, id, clock.GetUtcNow())) : NoTeam();

    private static async Task<Results<NoContent, ProblemHttpResult>> Add(string team, string person, HttpContext context, Db db, TimeProvider clock)
    {
        if (!Id.TryParse<TeamId>(team, out var id)) return NoTeam();
        if (!Id.TryParse<PersonId>(person, out var member)) return AccessProblems.NoHolder();
        return await Answer(context, await EditTeam.Add(context, db, id, member, clock.GetUtcNow()));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Out(string team, string person, HttpContext context, Db db, TimeProvider clock)
    {
        if (!Id.TryParse<TeamId>(team, out var id)) return NoTeam();
        if (!Id.TryParse<PersonId>(person, out var member)) return AccessProblems.NoHolder();
        return await Answer(context, await EditTeam.Remove(context, db, id, member, clock.GetUtcNow()));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Answer(HttpContext context, TeamOutcome outcome) =>
        outcome is TeamOutcome.Done ? TypedResults.NoContent() : await Problem(context, outcome);

    private static async Task<ProblemHttpResult> Problem(HttpContext context, TeamOutcome outcome) => outcome switch
    {
        TeamOutcome.BeyondOwn beyond => await AccessProblems.Beyond(context, beyond.Permission),
        TeamOutcome.UnknownMember => AccessProblems.NoHolder(),
        TeamOutcome.NameTaken => NameTaken(),
        _ => NoTeam(),
    };

    private static ApiTeam Shown(Team team) => new(team.Id.Value, team.Kind, team.Name, team.Members, team.Resources);

    private static ProblemHttpResult Invalid(string field, string code, string message) =>
        ApiProblem.Fields("portal.access.invalid_team", [new FieldProblem(field, code, message)]);

    private static ProblemHttpResult NameTaken() =>
        ApiProblem.Of(StatusCodes.Status409Conflict, "portal.access.team_name_taken", "This account has a team of this name.");

    private static ProblemHttpResult NoTeam() => ApiProblem.NotFound("portal.access.no_team", "This account has no such team.");
}
