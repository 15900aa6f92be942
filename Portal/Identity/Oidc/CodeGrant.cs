using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Database;

namespace Portal.Identity.Oidc;

/// <summary>A code for tokens (RFC 6749 section 4.1.3, RFC 7636 section 4.5).</summary>
internal static class CodeGrant
{
    public static async Task<IResult> Answer(TokenRequest request, Tokens tokens, Db db)
    {
        var (form, client, now) = (request.Form, request.Client, request.Now);
        if (form["code"] is not { Length: <= 200 } code) return OAuthProblem.Of("invalid_request", "code is missing.");
        var refresh = Secrets.New();
        var taken = await db.Write(async tx =>
        {
            var found = await AuthorizationCode.Take(tx, code, now);
            if (found is null || Trouble(found, request) is not null) return found;
            if (client.IsPublic && request.Jkt is { } jkt) await AuthorizationCode.Bind(tx, found.GrantId, jkt);
            if (found.Has("offline_access") && client.GrantTypes.Contains(GrantTypes.Refresh, StringComparer.Ordinal))
                await RefreshToken.Add(tx, refresh, found.GrantId, now);
            return found;
        });
        if (taken is null) return OAuthProblem.Of("invalid_grant", "The code is not good, has expired or was used.");
        if (Trouble(taken, request) is { } trouble) return OAuthProblem.Of("invalid_grant", trouble);
        var refreshes = taken.Has("offline_access") && client.GrantTypes.Contains(GrantTypes.Refresh, StringComparer.Ordinal);
        var about = new TokenSubject(client.Id, taken.PersonId, taken.GrantId, taken.Scope, taken.AuthenticatedAt)
        {
            Amr = taken.Amr,
            Acr = taken.Acr,
            SessionId = taken.SessionId,
            Jkt = request.Jkt,
        };
        return Results.Json(await tokens.Answer(about, taken.Nonce, refreshes ? refresh : null, withIdToken: true, now));
    }

    // whatever is wrong, the code is spent: a second try with another guess is a replay
    private static string? Trouble(AuthorizationCode taken, TokenRequest request)
    {
        // RFC 6749 section 4.1.3: issued to this client, for this address
        if (taken.ClientId != request.Client.Id) return "The code belongs to another client.";
        if (taken.RedirectUri != request.Form["redirect_uri"]) return "redirect_uri is another one than the code was asked with.";
        // RFC 7636 section 4.6
        if (!Verifies(request.Form["code_verifier"] ?? "", taken.CodeChallenge)) return "code_verifier does not fit.";
        // RFC 9449 section 10
        return taken.DpopJkt is { } bound && bound != request.Jkt ? "The code was asked for with another key." : null;
    }

    // RFC 7636 section 4.1: 43 to 128 unreserved characters
    private static bool Verifies(string verifier, string challenge) =>
        verifier.Length is >= 43 and <= 128
        && verifier.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')
        && Secrets.Same(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))), challenge);
}
