using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Api;
using Portal.Identity;
using Portal.Identity.Companies;
using Portal.Shell;

namespace Portal.Access;

/// <summary>A refusal: what is missing, and who could give it.</summary>
/// <param name="Permission">Null where the page or endpoint says nothing about permissions: closed to everybody.</param>
/// <param name="Resource">What it was asked on, if anything.</param>
internal sealed record AccessRefusal(string? Permission, string? Resource)
{
    /// <summary>The permission is held in the form "may only ask for it".</summary>
    public bool MayRequest { get; init; }

    /// <summary>The person may; the token that was sent may not.</summary>
    public bool ByToken { get; init; }

    /// <summary>The account is looked at as another person, which changes nothing.</summary>
    public bool ByReading { get; init; }

    public IReadOnlyList<Holder> GrantedBy { get; init; } = [];
}

/// <summary>
/// The one door: pages, their handlers and endpoints let in whom their attribute names, and nobody where there is none. What is asked of a
/// handler is known only after routing, so pages are judged by a filter and all else by middleware, both by <c>Judge</c>.
/// </summary>
internal sealed class AccessGate : IAsyncPageFilter
{
    /// <summary>Middleware, after authorization: reads what the person may do, and judges endpoints that are no pages.</summary>
    public static RequestDelegate OnEndpoints(RequestDelegate next) => async context =>
    {
        var endpoint = context.GetEndpoint() as RouteEndpoint;
        var isPage = endpoint?.Metadata.GetMetadata<PageActionDescriptor>() is not null;
        if (endpoint is null || (!isPage && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null))
        {
            await next(context);
            return;
        }

        await context.ReadAccess(context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        if (isPage || await Judge(context, endpoint.Metadata) is not { } no) await next(context);
        else await Answer(context, no);
    };

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        // an attribute on the handler stands in the place of the page's
        IEnumerable<object> asked = context.ActionDescriptor.EndpointMetadata ?? [];
        var ofHandler = context.HandlerMethod?.MethodInfo.GetCustomAttributes(inherit: true) ?? [];
        if (await Judge(context.HttpContext, [.. asked, .. ofHandler]) is not { } no)
        {
            await next();
            return;
        }

        if (no is Judgement.Hidden)
        {
            context.Result = new NotFoundResult();
            return;
        }

        context.HttpContext.Features.Set(((Judgement.Refused)no).Refusal);
        context.Result = new StatusCodeResult(StatusCodes.Status403Forbidden);
    }

    /// <summary>Null when the request may go on. The last of the attributes counts.</summary>
    internal static async Task<Judgement?> Judge(HttpContext context, IEnumerable<object> metadata)
    {
        foreach (var asked in metadata.Reverse())
        {
            switch (asked)
            {
                case NeedsAttribute needs: return await Judge(context, needs.Permission, ResourceOf(context, needs), needs.OrAsk);
                case OwnBusinessAttribute when context.SignedInOrNull() is { } who:
                    // an owner who looks as somebody else must not change their own affairs under the other's name
                    if (context.Features.Get<ViewAs>() is not null && !HttpMethods.IsGet(context.Request.Method))
                        return new Judgement.Refused(new AccessRefusal(null, null) { ByReading = true });
                    return CompanyRule.Shuts(who, context.Request.Path) ? new Judgement.Refused(new AccessRefusal(null, null)) : null;
                case IAllowAnonymous: return null;
                // the policy itself was asked by the authorization before
                case IAuthorizeData { Policy.Length: > 0 }: return null;
            }
        }

        return new Judgement.Refused(new AccessRefusal(null, null));
    }

    /// <summary>Null when the permission is held on the resource, or on anything when it is null.</summary>
    internal static async Task<Judgement?> Judge(HttpContext context, string permission, string? id, bool orAsk = false)
    {
        var access = context.Access();
        var verdict = access.Check(permission, null);
        if (verdict == Verdict.Allowed && (id is null || access.CanOnAll(permission))) return null;
        var resource = id;
        if (id is not null && !access.CanOnAll(permission))
        {
            var db = context.RequestServices.GetRequiredService<Db>();
            resource = await KnownResources.ServerOf(db, context.SignedIn().AccountId, id);
            if (access.IsHidden(resource)) return new Judgement.Hidden(id);
            verdict = resource is null ? Verdict.Refused : access.Check(permission, resource);
            if (verdict == Verdict.Allowed) return null;
        }

        return orAsk && verdict == Verdict.MayRequest ? null : new Judgement.Refused(await Refusal(context, permission, resource, verdict));
    }

    internal static async Task<AccessRefusal> Refusal(HttpContext context, string permission, string? resource, Verdict verdict)
    {
        var access = context.Access();
        var services = context.RequestServices;
        return new AccessRefusal(permission, resource)
        {
            MayRequest = verdict == Verdict.MayRequest,
            ByToken = access.IsCutByToken(permission),
            ByReading = access.IsReadOnly,
            GrantedBy = context.SignedInOrNull() is { AccountId.Value.Length: > 0 } who
                ? await Holder.WhoGive(services.GetRequiredService<Db>(), who.AccountId, permission, services.GetRequiredService<TimeProvider>().GetUtcNow())
                : [],
        };
    }

    private static string? ResourceOf(HttpContext context, NeedsAttribute needs) =>
        needs.Resource is null ? null : context.Request.RouteValues[needs.Resource]?.ToString() ?? "";

    private static Task Answer(HttpContext context, Judgement no)
    {
        switch (no)
        {
            case Judgement.Hidden hidden when Failures.IsApi(context):
                var (code, detail) = KnownResources.Missing(hidden.Id);
                return ApiProblem.NotFound(code, detail).ExecuteAsync(context);
            case Judgement.Hidden:
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            case Judgement.Refused refused when Failures.IsApi(context):
                return MissingPermission.Problem(refused.Refusal).ExecuteAsync(context);
            default:
                context.Features.Set(((Judgement.Refused)no).Refusal);
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
        }
    }
}

/// <summary>Why a request goes no further.</summary>
internal abstract record Judgement
{
    private Judgement()
    {
    }

    /// <summary>It lies outside everything the person holds, so it is not there for them.</summary>
    public sealed record Hidden(string Id) : Judgement;

    public sealed record Refused(AccessRefusal Refusal) : Judgement;
}
