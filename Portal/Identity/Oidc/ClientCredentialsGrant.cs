namespace Portal.Identity.Oidc;

/// <summary>A service account's own token (RFC 6749 section 4.4). Nothing is written: the token is checked against the client at each use.</summary>
internal static class ClientCredentialsGrant
{
    public static async Task<IResult> Answer(TokenRequest request, Tokens tokens)
    {
        // section 4.4: confidential clients only
        if (request.Client.IsPublic) return OAuthProblem.Of("unauthorized_client", "A public client has no token of its own.");
        var allowed = request.Client.Scopes;
        var asked = (request.Form["scope"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToList();
        // openid, profile, email and offline_access speak of a person
        if (asked.Any(scope => scope != "api" || !allowed.Contains(scope, StringComparer.Ordinal)))
            return OAuthProblem.Of("invalid_scope", "A service account has the scope api only.");
        return Results.Json(await tokens.AnswerService(request.Client.Id, "api", request.Jkt, request.Now));
    }
}
