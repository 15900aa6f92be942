using Database;
using Microsoft.AspNetCore.WebUtilities;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Factors;

namespace Portal.Identity.Oidc;

/// <summary>The authorization endpoint's answers (OpenID Connect Core 3.1.2, RFC 6749 section 3.1).</summary>
internal static class Authorize
{
    public const string Path = "/oidc/authorize";
    public const string SignInPath = "/oidc/sign-in";
    public const string ConsentPath = "/oidc/consent";

    /// <summary>Writes the code down and makes the address that carries it (RFC 6749 section 4.1.2).</summary>
    /// <param name="account">The account to act in; null takes the session's.</param>
    public static async Task<string> Approve(
        Db db, AuthorizeRequest.Asked asked, PersonId person, SignedIn? by, PublicAddress address, Proof proof, DateTimeOffset now,
        AccountId? account = null)
    {
        var code = Secrets.New();
        var isFirst = await db.Write(async tx =>
        {
            // RFC 9126 section 7.3: a pushed request is answered once
            if (asked.PushedHash is { } pushed && !await PushedRequest.Use(tx, pushed, now)) return false;
            var grant = await TokenGrant.Add(tx, asked.Client, person, account ?? by?.AccountId, asked.Scope, by?.SessionId, proof, now);
            await AuthorizationCode.Add(tx, code, asked, grant, now);
            // the portal's own sign-in is told by the session that comes of it
            if (!asked.Client.IsPortal)
                await tx.Record(TokenGrant.Given(grant, asked.Client, person, account ?? by?.AccountId, asked.Scope), now);
            return true;
        });
        return isFirst
            ? With(asked.RedirectUri, asked.State, address, ("code", code))
            : QueryHelpers.AddQueryString(Path, new Dictionary<string, string?> { ["client_id"] = asked.Client.Id, ["request_uri"] = PushedRequest.UriPrefix });
    }

    public static string Refusal(AuthorizeRequest.Refused refused, PublicAddress address) =>
        With(refused.RedirectUri, refused.State, address, ("error", refused.Error), ("error_description", refused.Text));

    /// <summary>Tells the client no, which answers a pushed request too.</summary>
    public static async Task<string> Refuse(
        Db db, AuthorizeRequest.Asked asked, string error, string text, PublicAddress address, DateTimeOffset now)
    {
        if (asked.PushedHash is { } pushed) await db.Write(tx => PushedRequest.Use(tx, pushed, now));
        return With(asked.RedirectUri, asked.State, address, ("error", error), ("error_description", text));
    }

    // RFC 9207 section 2: every answer names the issuer
    private static string With(string redirectUri, string? state, PublicAddress address, params (string Name, string Value)[] pairs)
    {
        var values = pairs.ToDictionary(pair => pair.Name, pair => (string?)pair.Value);
        if (state is not null) values["state"] = state;
        values["iss"] = address.Issuer;
        return QueryHelpers.AddQueryString(redirectUri, values);
    }
}
