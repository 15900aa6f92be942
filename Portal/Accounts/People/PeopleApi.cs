using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Accounts.People;

/// <summary>Somebody who belongs to the account.</summary>
internal sealed record ApiMember(
    string Id, string FullName, string Email, string? JobTitle, string? Mobile, string? Address, IReadOnlyList<string> Teams, DateTimeOffset JoinedAt,
    DateTimeOffset? SeenAt, IReadOnlyList<ApiGrant> Grants);

/// <summary>All people; there is no second page.</summary>
internal sealed record ApiMembers(IReadOnlyList<ApiMember> Items);

/// <summary>A permission as somebody holds it.</summary>
/// <param name="Verdict"><c>allowed</c>, <c>may_request</c> or <c>refused</c>.</param>
/// <param name="OnAll">On the whole account, not only on parts of it.</param>
internal sealed record ApiHeldPermission(string Permission, string Text, string Verdict, bool OnAll);

/// <summary>What somebody can do now.</summary>
internal sealed record ApiHeldPermissions(IReadOnlyList<ApiHeldPermission> Items);

/// <summary><c>/api/v1/team/people</c>: people of the account and what they hold.</summary>
internal static class PeopleApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var team = routes.Api().MapGroup("/team").WithTags("Team");
        team.MapGet("/people", List).Needs(Permissions.TeamRead).WithSummary("Everybody who belongs to the account, with what they hold.");
        team.MapGet("/people/{person}", Show).Needs(Permissions.TeamRead).WithSummary("One person of the account.");
        team.MapGet("/people/{person}/permissions", Held).Needs(Permissions.TeamRead).WithSummary("What the person can do now, permission by permission.");
        team.MapPost("/people/{person}/grants", Give).FreshFactor().Creates().Needs(Permissions.TeamManage).WithSummary("Gives the person a role on a scope.")
            .WithDescription("422 portal.access.invalid_grant; 403 portal.access.missing_permission for a role that holds more than yours.");
        team.MapDelete("/grants/{grant}", Take).Needs(Permissions.TeamManage).WithSummary("Takes a role; it is gone with the holder's next request.")
            .WithDescription("409 portal.access.last_owner.");
        team.MapDelete("/people/{person}", Remove).Needs(Permissions.TeamManage).WithSummary("Removes the person from the account.")
            .WithDescription("409 portal.access.last_owner.");
    }

    private static async Task<Ok<ApiMembers>> List(HttpContext context, Db db) =>
        TypedResults.Ok(new ApiMembers([.. (await AccountPerson.Of(db, context.SignedIn().AccountId)).Select(person => Shown(person, null))]));

    private static async Task<Results<Ok<ApiMember>, ProblemHttpResult>> Show(string person, HttpContext context, Db db) =>
        await Find(person, context, db) is { } found
            ? TypedResults.Ok(Shown(found, await PostalAddress.Of(db, found.PersonId)))
            : AccessProblems.NoHolder();

    private static async Task<Results<Ok<ApiHeldPermissions>, ProblemHttpResult>> Held(
        string person, HttpContext context, Db db, AccessMaps maps, TimeProvider clock)
    {
        if (await Find(person, context, db) is not { } found) return AccessProblems.NoHolder();
        var access = new RequestAccess(await maps.Now(context.SignedIn().AccountId, found.PersonId.Value), null, clock.GetUtcNow());
        return TypedResults.Ok(new ApiHeldPermissions([.. Permissions.All.Select(permission => new ApiHeldPermission(
            permission.Code,
            permission.Text,
            access.Check(permission.Code) switch { Verdict.Allowed => "allowed", Verdict.MayRequest => "may_request", _ => "refused" },
            access.CanOnAll(permission.Code)))]));
    }

    private static async Task<Results<Created<ApiGrant>, ProblemHttpResult>> Give(
        string person, ApiGrantRequest request, HttpContext context, Db db, TimeProvider clock)
    {
        if (await Find(person, context, db) is not { } found) return AccessProblems.NoHolder();
        var outcome = await ChangeAccess.Give(context, db, request.Grant(found.PersonId.Value), clock.GetUtcNow());
        if (outcome is not GiveOutcome.Given given) return await AccessProblems.Of(context, outcome);
        var grants = await AccessGrant.OfHolderAndTeams(db, context.SignedIn().AccountId, found.PersonId.Value);
        return TypedResults.Created($"/api/v1/team/people/{found.PersonId}", ApiGrant.Of(grants.First(grant => grant.Id == given.Id)));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Take(string grant, HttpContext context, Db db, TimeProvider clock)
    {
        if (!Id.TryParse<AccessGrantId>(grant, out var id)) return NoGrant();
        return await ChangeAccess.Take(context, db, id, clock.GetUtcNow()) switch
        {
            TakeOutcome.Taken => TypedResults.NoContent(),
            TakeOutcome.LastOwner => AccessProblems.LastOwner(),
            TakeOutcome.BeyondOwn beyond => await AccessProblems.Beyond(context, beyond.Permission),
            _ => NoGrant(),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Remove(string person, HttpContext context, Db db, TimeProvider clock)
    {
        if (!Id.TryParse<PersonId>(person, out var id)) return AccessProblems.NoHolder();
        return await ChangeAccess.Remove(context, db, id, context.Access(), clock.GetUtcNow()) switch
        {
            RemoveOutcome.Removed => TypedResults.NoContent(),
            RemoveOutcome.LastOwner => AccessProblems.LastOwner(),
            RemoveOutcome.BeyondOwn beyond => await AccessProblems.Beyond(context, beyond.Permission),
            _ => AccessProblems.NoHolder(),
        };
    }

    private static ProblemHttpResult NoGrant() => ApiProblem.NotFound("portal.access.no_grant", "This account has no such grant in force.");

    private static async Task<AccountPerson?> Find(string person, HttpContext context, Db db) =>
        Id.TryParse<PersonId>(person, out var id) ? await AccountPerson.Find(db, context.SignedIn().AccountId, id) : null;

    private static ApiMember Shown(AccountPerson person, PostalAddress? address) => new(
        person.PersonId.Value, person.FullName, person.Email, person.JobTitle, person.Mobile, address?.Line, person.Teams, person.JoinedAt, person.SeenAt,
        [.. person.Grants.Select(ApiGrant.Of)]);
}
