using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Api;

namespace Portal.Access;

/// <summary>What a grant reaches.</summary>
/// <param name="Kind"><c>account</c>, <c>team</c>, <c>resource</c> or <c>tag</c>.</param>
/// <param name="Id">The team's or server's id, or the tag; left out for the whole account.</param>
internal sealed record ApiScope(string Kind, string? Id);

/// <summary>A role that somebody holds.</summary>
internal sealed record ApiGrant
{
    public required string Id { get; init; }

    /// <summary>A person, a service account or a team.</summary>
    public required string HolderId { get; init; }

    /// <summary>The code of a ready-made role, or the id of one of the account's own.</summary>
    public required string Role { get; init; }

    public required string RoleName { get; init; }

    public required ApiScope Scope { get; init; }

    /// <summary><c>allow</c>, or <c>request</c>: the holder may only ask.</summary>
    public required string Mode { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>For a month of India's calendar.</summary>
    public required long? SpendLimitPaise { get; init; }

    public required DateTimeOffset GivenAt { get; init; }

    internal static ApiGrant Of(AccessGrant grant) => new()
    {
        Id = grant.Id.Value,
        HolderId = grant.HolderId,
        Role = grant.RoleCode ?? grant.CustomRoleId?.Value ?? "",
        RoleName = grant.Role,
        Scope = new ApiScope(grant.ScopeKind, grant.ScopeId.Length == 0 ? null : grant.ScopeId),
        Mode = grant.Mode,
        ExpiresAt = grant.ExpiresAt,
        SpendLimitPaise = grant.SpendLimitPaise,
        GivenAt = grant.GivenAt,
    };
}

/// <summary>A role to give.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal record ApiGrantRequest
{
    /// <summary>The code of a ready-made role, or the id of one of the account's own.</summary>
    public string? Role { get; init; }

    /// <summary>Left out: the whole account.</summary>
    public ApiScope? Scope { get; init; }

    /// <summary><c>allow</c> when left out.</summary>
    public string? Mode { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public long? SpendLimitPaise { get; init; }

    internal NewGrant Grant(string holder) => new(holder, Role ?? "", new AccessScope(Scope?.Kind ?? AccessScope.Account, Scope?.Id ?? ""))
    {
        Mode = Mode ?? AccessGrant.Allow,
        ExpiresAt = ExpiresAt,
        SpendLimitPaise = SpendLimitPaise,
    };
}

/// <summary>How refusals to change access are told to programs.</summary>
internal static class AccessProblems
{
    public static async Task<ProblemHttpResult> Of(HttpContext context, GiveOutcome outcome) => outcome switch
    {
        GiveOutcome.UnknownRole => Field("role", "portal.access.role_unknown", "There is no such role in this account."),
        GiveOutcome.UnknownScope => Field("scope", "portal.access.scope_unknown", "There is no such team, server or tag in this account."),
        GiveOutcome.Impossible impossible => Field("role", "portal.access.grant_impossible", impossible.Why),
        GiveOutcome.BeyondOwn beyond => await Beyond(context, beyond.Permission),
        _ => NoHolder(),
    };

    /// <summary>Nobody gives or takes what they do not hold.</summary>
    public static async Task<ProblemHttpResult> Beyond(HttpContext context, string permission) =>
        MissingPermission.Problem(await AccessGate.Refusal(context, permission, null, Verdict.Refused));

    public static ProblemHttpResult LastOwner() => ApiProblem.Of(
        StatusCodes.Status409Conflict, "portal.access.last_owner", "Somebody must own the account; make somebody else an owner first.");

    public static ProblemHttpResult NoHolder() => ApiProblem.NotFound("portal.accounts.no_person", "Nobody of this account has this id.");

    public static ProblemHttpResult Field(string field, string code, string message) =>
        ApiProblem.Fields("portal.access.invalid_grant", [new FieldProblem(field, code, message)]);
}
