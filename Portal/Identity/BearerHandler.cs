using System.Text.Encodings.Web;
using Database;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Portal.Identity.Oidc;
using Portal.Identity.SignIn;

namespace Portal.Identity;

/// <summary>Signs requests to <c>/api</c> in by an access token (RFC 6750 section 2.1: in the header, nowhere else). Cookies are not looked at there.</summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory logs, UrlEncoder encoder, AccessTokens access, Dpop dpop, Db db, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, logs, encoder)
{
    public const string SchemeName = "api";
    private const string Prefix = "Bearer ";
    private ShownToken.NotGood? refused;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        ShownToken shown;
        try
        {
            if (await ApiToken() is { } answer) return answer;
            shown = await ShownToken.Check(Context, access, dpop, Tokens.ApiAudience);
        }
        catch (IssuerException trouble)
        {
            Logger.LogWarning(trouble, "An access token could not be checked");
            return AuthenticateResult.Fail("The token cannot be checked now.");
        }

        refused = shown as ShownToken.NotGood;
        if (shown is not ShownToken.Good(var held)) return refused is null ? AuthenticateResult.NoResult() : AuthenticateResult.Fail(refused.Text);
        if (!held.Scope.Split(' ').Contains("api", StringComparer.Ordinal)) return AuthenticateResult.Fail("The token is not good for this API.");
        Context.Features.Set(held);
        Context.Features.Set(held.SignedIn);
        return AuthenticateResult.Success(new AuthenticationTicket(held.SignedIn.Principal(SchemeName), SchemeName));
    }

    // tokens of a provider's and of our own making are told apart by their beginning
    private async Task<AuthenticateResult?> ApiToken()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix + ApiTokens.ApiToken.Mark, StringComparison.OrdinalIgnoreCase)) return null;
        var (who, trouble) = await ApiTokens.ApiToken.Find(db, header[Prefix.Length..].Trim(), Context.Ip(), clock.GetUtcNow());
        if (who is null)
        {
            refused = new ShownToken.NotGood("Bearer error=\"invalid_token\"", trouble!);
            return AuthenticateResult.Fail(trouble!);
        }

        Context.Features.Set(who);
        return AuthenticateResult.Success(new AuthenticationTicket(who.Principal(SchemeName), SchemeName));
    }

    // RFC 6750 section 3.1, RFC 9449 section 7.1, RFC 9457
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var held = Request.Headers.Authorization.Count > 0;
        Response.Headers.WWWAuthenticate = refused?.Challenge ?? (held ? "Bearer error=\"invalid_token\"" : "Bearer");
        return Problem(
            StatusCodes.Status401Unauthorized, "portal.api.not_signed_in",
            refused?.Text ?? (held ? "The access token is not good or has expired." : "Send an access token: Authorization: Bearer …"));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        Problem(StatusCodes.Status403Forbidden, "portal.api.not_allowed", "This token may not do that.");

    private Task Problem(int status, string code, string detail) => Results.Problem(
        detail, statusCode: status, extensions: new Dictionary<string, object?> { ["code"] = code }).ExecuteAsync(Context);
}
