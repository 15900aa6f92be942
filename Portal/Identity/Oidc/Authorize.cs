using Database;
using Microsoft.AspNetCore.WebUtilities;
using Portal.Identity.Factors;

namespace Portal.Identity.Oidc;

/// <summary>The authorization endpoint (OpenID Connect Core 3.1.2, RFC 6749 section 3.1).</summary>
internal static class Authorize
{
    public const string Path = "/oidc/authorize";
    public const string SignInPath = "/oidc/sign-in";
    public const string ConsentPath = "/oidc/consent";

    /// <summary>Where the browser goes with a request that is in order or can be refused at the client's address.</summary>
    public static async Task<string> Answer(
        AuthorizeRequest request, QueryString query, SignedIn? signedIn, PublicAddress address, Db db, DateTimeOffset now)
    {
        switch (request)
        {
            case AuthorizeRequest.Refused refused:
                return Refusal(refused, address);
            case AuthorizeRequest.Asked asked:
                var fresh = signedIn is not null && (asked.MaxAge is not { } age || now - signedIn.AuthenticatedAt <= TimeSpan.FromSeconds(age))
                    && (!asked.AcrValues.Contains(Proof.TwoFactors) || signedIn.Proof.IsTwoFactors || !(await PersonFactors.Of(db, signedIn.PersonId)).Any);
                var none = asked.Prompts.Contains("none");
                if (!fresh || asked.Prompts.Contains("login") || asked.Prompts.Contains("select_account"))
                    return none ? Refusal(asked, "login_required", "Nobody is signed in.", address) : SignInPath + query;
                // RFC 8252 section 8.6: a public client can be anybody's program, so a person says yes each time
                if (!asked.Client.IsPortal)
                    return none ? Refusal(asked, "consent_required", "Consent is needed.", address) : ConsentPath + query;
                return await Approve(db, asked, signedIn!.PersonId, signedIn, address, signedIn.Proof, now);
            default:
                throw new InvalidOperationException($"{request} has no address to go to.");
        }
    }

    /// <summary>Writes the code down and makes the address that carries it (RFC 6749 section 4.1.2).</summary>
    public static async Task<string> Approve(
        Db db, AuthorizeRequest.Asked asked, PersonId person, SignedIn? by, PublicAddress address, Proof proof, DateTimeOffset now)
    {
        var code = Secrets.New();
        await db.Write(tx => AuthorizationCode.Add(tx, code, asked, person, by, proof, now));
        return With(asked.RedirectUri, asked.State, address, ("code", code));
    }

    public static string Refusal(AuthorizeRequest.Refused refused, PublicAddress address) =>
        With(refused.RedirectUri, refused.State, address, ("error", refused.Error), ("error_description", refused.Text));

    public static string Refusal(AuthorizeRequest.Asked asked, string error, string text, PublicAddress address) =>
        With(asked.RedirectUri, asked.State, address, ("error", error), ("error_description", text));

    // RFC 9207 section 2: every answer names the issuer
    private static string With(string redirectUri, string? state, PublicAddress address, params (string Name, string Value)[] pairs)
    {
        var values = pairs.ToDictionary(pair => pair.Name, pair => (string?)pair.Value);
        if (state is not null) values["state"] = state;
        values["iss"] = address.Issuer;
        return QueryHelpers.AddQueryString(redirectUri, values);
    }
}
