using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Portal.Access;

namespace Portal.Shell;

/// <summary>
/// What is answered when something goes wrong: a calm page for people, problem details for the API, never a stack trace.
/// </summary>
internal static class Failures
{
    public const string Path = "/error";

    private static readonly Endpoint NoPage = new(
        context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        },
        new EndpointMetadataCollection(new AllowAnonymousAttribute()),
        "no such page");

    /// <summary>A request that cannot be read is the sender's trouble, everything else is ours.</summary>
    public static int StatusOf(Exception trouble) => trouble switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        InvalidDataException => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status500InternalServerError,
    };

    // after an exception the request's own path is the error page's
    public static bool IsApi(HttpContext context) =>
        new PathString(context.Features.Get<IExceptionHandlerPathFeature>()?.Path ?? context.Request.Path)
            .StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes problem details for the API; false when a page is wanted.</summary>
    public static async ValueTask<bool> Problem(HttpContext context, int status)
    {
        if (!IsApi(context)) return false;
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(
            new ProblemDetails
            {
                Type = "about:blank",
                Title = ReasonPhrases.GetReasonPhrase(status),
                Status = status,
                Detail = DetailOf(status),
                Extensions = { ["code"] = CodeOf(status), ["trace"] = TraceOf(context) },
            },
            options: null,
            contentType: "application/problem+json",
            context.RequestAborted);
        return true;
    }

    /// <summary>What the person quotes to support and the operator finds in the log.</summary>
    public static string TraceOf(HttpContext context) =>
        System.Diagnostics.Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    /// <summary>
    /// Tells a stranger who mistypes a page's address that there is none, before asking for a sign-in. A fallback route would do the same and
    /// would turn the API's answers to a wrong method or content type into "not found".
    /// </summary>
    public static RequestDelegate Nowhere(RequestDelegate next) => context =>
    {
        if (context.GetEndpoint() is not { } found || (found is not RouteEndpoint && !IsApi(context))) context.SetEndpoint(NoPage);
        return next(context);
    };

    /// <summary>A response without a body that says "no" gets one, unless the endpoint opted out.</summary>
    public static async Task Bodiless(StatusCodeContext status)
    {
        var context = status.HttpContext;
        if (await Problem(context, context.Response.StatusCode)) return;
        await Again(context, status.Next);
    }

    private static async Task Again(HttpContext context, RequestDelegate next)
    {
        var (path, query, method) = (context.Request.Path, context.Request.QueryString, context.Request.Method);
        var endpoint = context.GetEndpoint();
        var values = context.Features.Get<IRouteValuesFeature>();
        context.SetEndpoint(null);
        context.Features.Set<IRouteValuesFeature?>(null);
        (context.Request.Path, context.Request.QueryString, context.Request.Method) = (PageOf(context), QueryString.Empty, HttpMethods.Get);
        try
        {
            await next(context);
        }
        finally
        {
            (context.Request.Path, context.Request.QueryString, context.Request.Method) = (path, query, method);
            context.SetEndpoint(endpoint);
            context.Features.Set(values);
        }
    }

    private static string PageOf(HttpContext context) => context.Features.Get<AccessRefusal>() is null ? Path : RefusedModel.Path;

    private static string? DetailOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "The request cannot be read: a body is JSON with the members that /api/v1/openapi.json names, of their types.",
        StatusCodes.Status413PayloadTooLarge => "The body is too large; nothing that is asked for here needs more than a mebibyte.",
        StatusCodes.Status415UnsupportedMediaType => "Send the body as Content-Type: application/json.",
        StatusCodes.Status500InternalServerError => "The trouble is ours and was noted; quote the trace when you ask about it.",
        _ => null,
    };

    private static string CodeOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "portal.api.bad_request",
        StatusCodes.Status401Unauthorized => "portal.api.sign_in_needed",
        StatusCodes.Status403Forbidden => "portal.api.not_allowed",
        StatusCodes.Status404NotFound => "portal.api.not_found",
        StatusCodes.Status405MethodNotAllowed => "portal.api.wrong_method",
        StatusCodes.Status413PayloadTooLarge => "portal.api.too_large",
        StatusCodes.Status415UnsupportedMediaType => "portal.api.wrong_content_type",
        StatusCodes.Status429TooManyRequests => "portal.api.too_many_requests",
        _ => "portal.api.failed",
    };
}

/// <summary>Exceptions under <c>/api</c> are answered with problem details.</summary>
internal sealed class ApiFailures : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken) =>
        Failures.Problem(httpContext, Failures.StatusOf(exception));
}
