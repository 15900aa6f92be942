using System.Text.Json.Serialization;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Approvals;

/// <summary>Something that somebody asked for.</summary>
/// <param name="State"><c>waiting</c>, <c>approved</c>, <c>declined</c>, <c>withdrawn</c> or <c>expired</c>.</param>
/// <param name="TotalPaise">With GST.</param>
/// <param name="Outcome">The order that came of it.</param>
internal sealed record ApiApproval(
    string Id, string Action, string Summary, string? Reason, string AskedBy, long TotalPaise, string State, DateTimeOffset AskedAt,
    DateTimeOffset ExpiresAt, DateTimeOffset? DecidedAt, string? Answer, string? Outcome);

/// <summary>The newest 200; there is no second page.</summary>
internal sealed record ApiApprovals(IReadOnlyList<ApiApproval> Items);

/// <summary>A yes or a no.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiDecision
{
    /// <summary><c>approve</c> or <c>decline</c>.</summary>
    public string? Decision { get; init; }

    /// <summary>A word to who asked, at most 400 characters.</summary>
    public string? Answer { get; init; }
}

/// <summary><c>/api/v1/approvals</c>: what people asked for, and deciding it.</summary>
internal static class ApprovalsApi
{
    private const int Most = 200;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var approvals = routes.Api().MapGroup("/approvals").WithTags("Approvals");
        approvals.MapGet("/", List).OwnBusiness().WithSummary("What was asked for, the newest first: all of it for those who decide, else one's own.");
        approvals.MapGet("/{approval}", Show).OwnBusiness().WithSummary("One request.");
        approvals.MapPost("/{approval}/decision", Decide).FreshFactor().Needs(Permissions.ApprovalsDecide)
            .TakesNoKey("a request is decided once; a repeat is told so")
            .WithSummary("Approves or declines. Twice the same is refused: a request is decided once.")
            .WithDescription("409 portal.approvals.over, portal.approvals.own_request or portal.approvals.not_now; 403 portal.access.missing_permission.");
        approvals.MapDelete("/{approval}", Withdraw).OwnBusiness().WithSummary("Takes one's own request back.");
    }

    private static async Task<Ok<ApiApprovals>> List(HttpContext context, Db db, TimeProvider clock)
    {
        var who = context.SignedIn();
        var all = await Approval.Of(db, who.AccountId, context.Can(Permissions.ApprovalsDecide) ? null : who.PersonId, Most);
        return TypedResults.Ok(new ApiApprovals([.. all.Select(one => Shown(one, clock.GetUtcNow()))]));
    }

    private static async Task<Results<Ok<ApiApproval>, ProblemHttpResult>> Show(string approval, HttpContext context, Db db, TimeProvider clock) =>
        await Find(approval, context, db) is { } found ? TypedResults.Ok(Shown(found, clock.GetUtcNow())) : NoApproval();

    private static async Task<Results<Ok<ApiApproval>, ProblemHttpResult>> Decide(
        string approval, ApiDecision request, HttpContext context, Db db, DecideApproval decide, TimeProvider clock)
    {
        if (request.Decision is not ("approve" or "decline"))
            return ApiProblem.Fields("portal.approvals.invalid", [new FieldProblem("decision", "portal.approvals.decision_unknown", "decision is approve or decline.")]);
        if (request.Answer?.Length > 400)
            return ApiProblem.Fields("portal.approvals.invalid", [new FieldProblem("answer", "portal.approvals.answer_too_long", "Use at most 400 characters.")]);
        if (await Find(approval, context, db) is not { } found) return NoApproval();
        var outcome = request.Decision == "approve" ? await decide.Approve(context, found.Id, request.Answer) : await decide.Decline(context, found.Id, request.Answer);
        return outcome is DecideOutcome.Decided
            ? TypedResults.Ok(Shown((await Find(approval, context, db))!, clock.GetUtcNow()))
            : await Problem(context, outcome);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Withdraw(string approval, HttpContext context, DecideApproval decide)
    {
        if (!Id.TryParse<ApprovalId>(approval, out var id)) return NoApproval();
        return await decide.Withdraw(context, id) is var outcome and not DecideOutcome.Decided ? await Problem(context, outcome) : TypedResults.NoContent();
    }

    private static async Task<ProblemHttpResult> Problem(HttpContext context, DecideOutcome outcome) => outcome switch
    {
        DecideOutcome.BeyondOwn beyond => await AccessProblems.Beyond(context, beyond.Permission),
        DecideOutcome.Over => Conflict("over", "It was decided, taken back or ran out before."),
        DecideOutcome.OwnRequest => Conflict("own_request", "Nobody decides what they asked for themselves."),
        DecideOutcome.NotNow not => Conflict("not_now", not.Message),
        _ => NoApproval(),
    };

    private static async Task<Approval?> Find(string approval, HttpContext context, Db db)
    {
        var who = context.SignedIn();
        return Id.TryParse<ApprovalId>(approval, out var id) && await Approval.Find(db, who.AccountId, id) is { } found
            && (found.PersonId == who.PersonId || context.Can(Permissions.ApprovalsDecide)) ? found : null;
    }

    internal static ApiApproval Shown(Approval one, DateTimeOffset now) => new(
        one.Id.Value, one.Action, one.Summary, one.Reason, one.PersonId.Value, one.TotalPaise,
        one.State == Approval.Waiting && !one.IsOpen(now) ? "expired" : one.State, one.AskedAt, one.ExpiresAt, one.DecidedAt, one.Answer, one.Outcome);

    private static ProblemHttpResult Conflict(string code, string message) =>
        ApiProblem.Of(StatusCodes.Status409Conflict, $"portal.approvals.{code}", message);

    private static ProblemHttpResult NoApproval() => ApiProblem.NotFound("portal.approvals.no_approval", "There is no such request that you may see.");
}
