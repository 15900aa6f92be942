using System.Text.Json.Serialization;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Audit;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Accounts.Invitations;

/// <summary>Somebody to invite, and what they will hold.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiInvitationRequest : ApiGrantRequest
{
    public string? Email { get; init; }

    /// <summary>A word to them, at most 400 characters.</summary>
    public string? Note { get; init; }
}

/// <summary>An invitation that waits for an answer.</summary>
/// <param name="AccessEndsAt">When what they will hold ends.</param>
/// <param name="ExpiresAt">When the link in the mail is worth nothing.</param>
internal sealed record ApiInvitation(
    string Id, string Email, string Role, ApiScope Scope, string Mode, DateTimeOffset? AccessEndsAt, long? SpendLimitPaise, DateTimeOffset InvitedAt,
    string InvitedBy, DateTimeOffset ExpiresAt);

/// <summary>All that wait; there is no second page.</summary>
internal sealed record ApiInvitations(IReadOnlyList<ApiInvitation> Items);

/// <summary><c>/api/v1/team/invitations</c>: inviting by mail. Accepting is for people, on a page.</summary>
internal static class InvitationsApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var invitations = routes.Api().MapGroup("/team/invitations").WithTags("Team");
        invitations.MapGet("/", List).Needs(Permissions.TeamRead).WithSummary("Invitations that wait for an answer, the newest first.");
        invitations.MapPost("/", Create).FreshFactor().Creates().Needs(Permissions.TeamManage).WithSummary("Invites somebody by mail; the link is good for seven days.")
            .WithDescription("422 portal.accounts.invalid_invitation; 403 portal.access.missing_permission for a role that holds more than yours.");
        invitations.MapDelete("/{id}", Withdraw).Needs(Permissions.TeamManage).WithSummary("Withdraws the invitation; its link is worth nothing then.");
    }

    private static async Task<Ok<ApiInvitations>> List(HttpContext context, Db db) =>
        TypedResults.Ok(new ApiInvitations([.. (await Invitation.Open(db, context.SignedIn().AccountId)).Select(Shown)]));

    private static async Task<Results<Created<ApiInvitation>, ProblemHttpResult>> Create(ApiInvitationRequest request, HttpContext context, Db db, Invite invite)
    {
        switch (await invite.Run(context, request.Email, request.Note, request.Grant("")))
        {
            case InviteOutcome.Invited invited:
                var made = await Invitation.Find(db, context.SignedIn().AccountId, invited.Id);
                return TypedResults.Created($"/api/v1/team/invitations/{invited.Id}", Shown(made!));
            case InviteOutcome.BeyondOwn beyond: return await AccessProblems.Beyond(context, beyond.Permission);
            case InviteOutcome.Refused refused:
                return ApiProblem.Fields("portal.accounts.invalid_invitation", [FieldProblem.Of(refused.Field, refused.Code, refused.Message)]);
            case var outcome: throw new InvalidOperationException($"An invitation ended as {outcome}, which nobody answers.");
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Withdraw(string id, HttpContext context, Db db, TimeProvider clock)
    {
        var (account, now) = (context.SignedIn().AccountId, clock.GetUtcNow());
        var withdrawn = Id.TryParse<InvitationId>(id, out var known) && await db.Write(async tx =>
        {
            if (!await Invitation.Withdraw(tx, account, known, now)) return false;
            await tx.Record(context.Entry("team.withdraw_invitation", known.Value), now);
            return true;
        });
        return withdrawn ? TypedResults.NoContent() : ApiProblem.NotFound("portal.accounts.no_invitation", "This account has no such open invitation.");
    }

    private static ApiInvitation Shown(Invitation one) => new(
        one.Id.Value, one.Email, one.RoleCode, new ApiScope(one.ScopeKind, one.ScopeId.Length == 0 ? null : one.ScopeId), one.Mode, one.AccessEndsAt,
        one.SpendLimitPaise, one.InvitedAt, one.InvitedBy.Value, one.ExpiresAt);
}
