using Database;

namespace Portal.Identity.Oidc;

/// <summary>A client that has shown who it is, and what it sent to the token endpoint.</summary>
/// <param name="Jkt">The thumbprint of the key it proved to hold (RFC 9449); null without a proof.</param>
internal sealed record TokenRequest(Parameters Form, Client Client, string? Jkt, DateTimeOffset Now);

/// <summary>The token endpoint (RFC 6749 section 3.2, OpenID Connect Core 3.1.3).</summary>
internal static class Token
{
    public const string Path = "/oidc/token";

    public static async Task<IResult> Post(
        HttpContext context, ClientAuthentication authentication, Dpop dpop, Tokens tokens, Db db, TimeProvider clock)
    {
        var (form, unreadable) = await Parameters.Read(context);
        if (unreadable is not null) return unreadable;
        var (client, stranger) = await authentication.Run(context, form);
        if (stranger is not null) return stranger;
        // RFC 9449 section 5
        var (jkt, trouble) = await dpop.Check(context, null);
        if (trouble is not null) return OAuthProblem.Of("invalid_dpop_proof", trouble);
        if (client.DpopBound && jkt is null) return OAuthProblem.Of("invalid_dpop_proof", "This client must send a DPoP proof.");

        if (form["grant_type"] is not { } grant) return OAuthProblem.Of("invalid_request", "grant_type is missing.");
        if (!GrantTypes.All.Contains(grant, StringComparer.Ordinal))
            return OAuthProblem.Of("unsupported_grant_type", $"Use one of {string.Join(", ", GrantTypes.All)}.");
        if (!client.GrantTypes.Contains(grant, StringComparer.Ordinal))
            return OAuthProblem.Of("unauthorized_client", "This client may not use this grant type.");
        var request = new TokenRequest(form, client, jkt, clock.GetUtcNow());
        return grant switch
        {
            GrantTypes.Code => await CodeGrant.Answer(request, tokens, db),
            GrantTypes.Refresh => await RefreshGrant.Answer(request, tokens, db),
            GrantTypes.ClientCredentials => await ClientCredentialsGrant.Answer(request, tokens),
            _ => await DeviceGrant.Answer(request, tokens, db),
        };
    }
}
