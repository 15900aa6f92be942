using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Api;

namespace Portal.Access;

/// <summary>Refusals of handlers that learn only from the request's body what is asked of them.</summary>
internal static class MissingPermission
{
    public const string Code = "portal.access.missing_permission";

    /// <summary>Null when the permission is held on the resource; else the API's answer.</summary>
    public static async Task<ProblemHttpResult?> Missing(this HttpContext context, string permission, string? id = null) =>
        await AccessGate.Judge(context, permission, id) switch
        {
            null => null,
            Judgement.Hidden hidden => NotFound(hidden.Id),
            Judgement.Refused refused => Problem(refused.Refusal),
            var other => throw new InvalidOperationException($"A judgement ended as {other}, which nobody answers."),
        };

    /// <summary>The same for pages.</summary>
    public static async Task<IActionResult?> Missing(this PageModel page, string permission, string? id = null)
    {
        switch (await AccessGate.Judge(page.HttpContext, permission, id))
        {
            case null: return null;
            case Judgement.Refused refused:
                page.HttpContext.Features.Set(refused.Refusal);
                return new StatusCodeResult(StatusCodes.Status403Forbidden);
            default: return new NotFoundResult();
        }
    }

    /// <summary>The page of refusals, for somebody who would give or take what they do not hold.</summary>
    public static async Task<IActionResult> Beyond(this PageModel page, string permission)
    {
        page.HttpContext.Features.Set(await AccessGate.Refusal(page.HttpContext, permission, null, Verdict.Refused));
        return new StatusCodeResult(StatusCodes.Status403Forbidden);
    }

    public static ProblemHttpResult Problem(AccessRefusal refusal)
    {
        if (refusal.Permission is not { } permission || refusal.ByReading)
            return ApiProblem.Of(StatusCodes.Status403Forbidden, "portal.access.closed", "Nobody is let in here.");
        return ApiProblem.Of(
            StatusCodes.Status403Forbidden,
            Code,
            Sentence(refusal),
            new Dictionary<string, object?>
            {
                ["permission"] = permission,
                ["resource"] = refusal.Resource,
                ["mayRequest"] = refusal.MayRequest,
                ["grantedBy"] = refusal.GrantedBy.Select(granter => granter.FullName).ToList(),
            });
    }

    /// <summary>What is missing, in one sentence.</summary>
    public static string Sentence(AccessRefusal refusal) => refusal switch
    {
        { ByToken: true } => $"This token was made without the permission {refusal.Permission}.",
        { ByReading: true } => "You look at this account reading only, so nothing can be changed here.",
        { MayRequest: true } => $"You may ask for this, not do it yourself: you hold {refusal.Permission} as a request only.",
        _ => $"This needs the permission {refusal.Permission}, which you do not hold here.",
    };

    private static ProblemHttpResult NotFound(string id)
    {
        var (code, detail) = KnownResources.Missing(id);
        return ApiProblem.NotFound(code, detail);
    }
}
