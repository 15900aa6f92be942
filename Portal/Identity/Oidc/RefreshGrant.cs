using Database;

namespace Portal.Identity.Oidc;

/// <summary>A refresh token for tokens (RFC 6749 section 6).</summary>
internal static class RefreshGrant
{
    public static async Task<IResult> Answer(TokenRequest request, Tokens tokens, Db db)
    {
        var (form, now) = (request.Form, request.Now);
        if (form["refresh_token"] is not { Length: <= 200 } token) return OAuthProblem.Of("invalid_request", "refresh_token is missing.");
        var next = Secrets.New();
        var spent = await db.Write(tx => RefreshToken.Exchange(tx, token, next, form["scope"] ?? "", request, now));
        switch (spent)
        {
            case RefreshOutcome.ScopeTooWide: return OAuthProblem.Of("invalid_scope", "The scope is wider than what was granted.");
            case RefreshOutcome.OtherKey: return OAuthProblem.Of("invalid_grant", "The refresh token is bound to another key.");
            case RefreshOutcome.NotGood: return OAuthProblem.Of("invalid_grant", "The refresh token is not good or was used before.");
            case RefreshOutcome.Exchanged(var old, var scope):
                var about = new TokenSubject(request.Client.Id, old.PersonId, old.GrantId, scope, old.AuthenticatedAt)
                {
                    Amr = old.Amr,
                    Acr = old.Acr,
                    SessionId = old.SessionId,
                    Jkt = request.Jkt,
                };
                return Results.Json(await tokens.Answer(about, null, next, withIdToken: false, now));
            default: throw new InvalidOperationException($"{spent} is no outcome of a refresh.");
        }
    }
}
