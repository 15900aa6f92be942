using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Portal.Accounts;

namespace Portal.Identity.Factors;

/// <summary>
/// Where an account, or the provider for its staff, asks for a second factor, a session or token without one reaches nothing but the pages
/// that set one up.
/// </summary>
internal sealed class RequireFactor(Db db, IOptions<IdentityOptions> options, IHostEnvironment host)
{
    // what somebody without a second factor may still reach; sub-paths included
    private static readonly PathString[] Open =
        [SecurityModel.Path, GoOnModel.Path, "/accounts/sessions", "/sign-out", "/sign-in", "/oidc", "/shell", "/error"];

    public bool OfStaff => options.Value.StaffNeedSecondFactor ?? !host.IsDevelopment();

    /// <summary>Whether one is asked for that was not shown. A company's or the staff's own issuer asks for factors of its own.</summary>
    public async Task<bool> IsMissing(SignedIn signedIn) => signedIn.SecondFactorAt is null
        && signedIn.IssuerKey == SignIn.IssuerSettings.Deployment
        && ((signedIn.StaffRole is not null && OfStaff)
            || (signedIn.AccountId is { Value.Length: > 0 } account && await RequireSecondFactor.Is(db, account)));

    public async Task Ask(HttpContext context, RequestDelegate next)
    {
        if (context.SignedInOrNull() is not { } signedIn || context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null
            || Open.Any(path => context.Request.Path.StartsWithSegments(path)) || !await IsMissing(signedIn))
        {
            await next(context);
            return;
        }

        if (context.Request.Path.StartsWithSegments("/api"))
        {
            // tokens of programs have no person who could show a factor
            if (signedIn.AuthenticatedAt == default) await next(context);
            else await FreshFactorOfEndpoints.Refuse(context, "This account asks for a second factor.", Proof.TwoFactors, null).ExecuteAsync(context);
            return;
        }

        var to = HttpMethods.IsGet(context.Request.Method) ? context.Request.Path + context.Request.QueryString.ToString() : "/servers";
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = RequiredModel.Path + QueryString.Create("ReturnTo", to);
        context.Response.Headers.CacheControl = "no-store";
    }
}
