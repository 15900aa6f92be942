using System.Text.Json.Serialization;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Api;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Access;

/// <summary>A role.</summary>
/// <param name="Id">The code of a ready-made role, or the id of one of the account's own.</param>
internal sealed record ApiRole(string Id, string Name, bool ReadyMade, IReadOnlyList<string> Permissions);

/// <summary>All roles; there is no second page.</summary>
internal sealed record ApiRoles(IReadOnlyList<ApiRole> Items);

/// <summary>A role to make or change.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiRoleRequest
{
    /// <summary>At most 60 characters.</summary>
    public string? Name { get; init; }

    public IReadOnlyList<string>? Permissions { get; init; }
}

/// <summary><c>/api/v1/team/roles</c>: the ready-made roles and the account's own.</summary>
internal static class RolesApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var roles = routes.Api().MapGroup("/team/roles").WithTags("Team");
        roles.MapGet("/", List).Needs(Permissions.TeamRead).WithSummary("The ready-made roles and the account's own, with their permissions.");
        roles.MapPost("/", Create).FreshFactor().Creates().Needs(Permissions.TeamManage).WithSummary("Makes a role.")
            .WithDescription("422 portal.access.invalid_role; 403 portal.access.missing_permission for permissions that you do not hold.");
        roles.MapPut("/{role}", Change).FreshFactor().Needs(Permissions.TeamManage).WithSummary("Changes an own role for everybody who holds it.");
        roles.MapDelete("/{role}", Retire).Needs(Permissions.TeamManage).WithSummary("Ends an own role and everything given by it.");
    }

    private static async Task<Ok<ApiRoles>> List(HttpContext context, Db db) => TypedResults.Ok(new ApiRoles(
    [
        .. Roles.Ready.Select(role => new ApiRole(role.Code, role.Name, true, role.Permissions)),
        .. (await CustomRole.Of(db, context.SignedIn().AccountId)).Select(role => new ApiRole(role.Id.Value, role.Name, false, role.Codes)),
    ]));

    private static async Task<Results<Created<ApiRole>, ProblemHttpResult>> Create(ApiRoleRequest request, HttpContext context, Db db, TimeProvider clock) =>
        await Save(null, request, context, db, clock) switch
        {
            RoleOutcome.Saved saved => TypedResults.Created($"/api/v1/team/roles/{saved.Id}", Shown(saved.Id, request)),
            var outcome => await Problem(context, outcome),
        };

    private static async Task<Results<Ok<ApiRole>, ProblemHttpResult>> Change(
        string role, ApiRoleRequest request, HttpContext context, Db db, TimeProvider clock)
    {
        if (!Id.TryParse<CustomRoleId>(role, out var id)) return NoRole();
        return await Save(id, request, context, db, clock) switch
        {
            RoleOutcome.Saved saved => TypedResults.Ok(Shown(saved.Id, request)),
            var outcome => await Problem(context, outcome),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Retire(string role, HttpContext context, Db db, TimeProvider clock)
    {
        if (!Id.TryParse<CustomRoleId>(role, out var id)) return NoRole();
        return await EditRole.Retire(context, db, id, clock.GetUtcNow()) switch
        {
            RoleOutcome.Saved => TypedResults.NoContent(),
            var outcome => await Problem(context, outcome),
        };
    }

    private static Task<RoleOutcome> Save(CustomRoleId? id, ApiRoleRequest request, HttpContext context, Db db, TimeProvider clock) =>
        EditRole.Save(context, db, id, request.Name, [.. request.Permissions ?? []], clock.GetUtcNow());

    private static ApiRole Shown(CustomRoleId id, ApiRoleRequest request) => new(id.Value, request.Name!.Trim(), false, [.. request.Permissions!]);

    private static async Task<ProblemHttpResult> Problem(HttpContext context, RoleOutcome outcome) => outcome switch
    {
        RoleOutcome.BeyondOwn beyond => await AccessProblems.Beyond(context, beyond.Permission),
        RoleOutcome.Refused refused => ApiProblem.Fields(
            "portal.access.invalid_role", [new FieldProblem(refused.Field == "Codes" ? "permissions" : "name", refused.Code, refused.Message)]),
        _ => NoRole(),
    };

    private static ProblemHttpResult NoRole() => ApiProblem.NotFound("portal.access.no_role", "This account has no such role of its own.");
}
