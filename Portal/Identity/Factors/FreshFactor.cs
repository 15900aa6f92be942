using Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Portal.Api;

namespace Portal.Identity.Factors;

/// <summary>
/// On a page model or one of its handlers: who comes here must have shown a few minutes ago who they are, by the second factor where they
/// have one. Others are asked, and go on where they were; what they typed is kept.
/// </summary>
/// <param name="words">What is about to be done, after "You are about to", e.g. <c>delete this server</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class FreshFactorAttribute(string words) : Attribute
{
    /// <summary>What is about to be done.</summary>
    public string Words { get; } = words;
}

/// <summary>The same on endpoints of the API.</summary>
public static class FreshFactorOfEndpoints
{
    /// <summary>Refuses a token whose person has not just signed in (RFC 9470 section 3). Tokens of programs have no person and pass.</summary>
    public static RouteHandlerBuilder FreshFactor(this RouteHandlerBuilder builder) => builder
        .WithMetadata(new FreshFactorAttribute("do this"))
        .AddEndpointFilter(async (invocation, next) =>
        {
            var context = invocation.HttpContext;
            var fresh = context.RequestServices.GetRequiredService<Freshness>();
            var signedIn = context.SignedIn();
            if (signedIn.AuthenticatedAt == default || await fresh.Is(signedIn)) return await next(invocation);
            var acr = await fresh.Acr(signedIn.IssuerKey, signedIn.PersonId);
            return Refuse(context, "This needs a sign-in of the last minutes. Send the person to sign in again, with these parameters.", acr, fresh.Length);
        });

    internal static IResult Refuse(HttpContext context, string detail, string? acr, TimeSpan? age)
    {
        var challenge = "Bearer error=\"insufficient_user_authentication\", error_description=\"A more recent or stronger sign-in is required\"";
        if (acr is not null) challenge += $", acr_values=\"{acr}\"";
        if (age is { } length) challenge += string.Create(null, $", max_age=\"{(long)length.TotalSeconds}\"");
        context.Response.Headers.WWWAuthenticate = challenge;
        return ApiProblem.Of(StatusCodes.Status401Unauthorized, "portal.identity.insufficient_user_authentication", detail);
    }
}

/// <summary>Asks on pages, before the handler runs.</summary>
internal sealed class FreshFactorFilter(Freshness fresh, Db db, IDataProtectionProvider protection, TimeProvider clock) : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var asks = context.HandlerMethod?.MethodInfo.GetCustomAttributes(typeof(FreshFactorAttribute), false).FirstOrDefault()
            ?? context.ActionDescriptor.ModelTypeInfo?.GetCustomAttributes(typeof(FreshFactorAttribute), false).FirstOrDefault();
        var http = context.HttpContext;
        if (asks is not FreshFactorAttribute { Words: var words } || http.SignedInOrNull() is not { } signedIn || await fresh.Is(signedIn))
        {
            await next();
            return;
        }

        http.Response.Headers.Location = GoOnModel.Confirm(await Back(http, words));
        http.Response.Headers.CacheControl = "no-store";
        context.Result = new StatusCodeResult(StatusCodes.Status303SeeOther);
    }

    private async Task<string> Back(HttpContext http, string words)
    {
        if (!HttpMethods.IsPost(http.Request.Method)) return GoOnModel.Path + QueryString.Create("to", http.Request.Path + http.Request.QueryString.ToString());
        var parked = http.Request.HasFormContentType ? await ParkedForm.Park(http, words, db, protection, clock.GetUtcNow()) : null;
        return GoOnModel.Path + (parked is null ? QueryString.Create("to", http.Request.Path.ToString()) : QueryString.Create("form", parked));
    }
}
