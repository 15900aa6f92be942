using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Database;

namespace Portal.Identity.Oidc;

/// <summary>The token endpoint (RFC 6749 section 3.2, OpenID Connect Core 3.1.3).</summary>
internal static class Token
{
    public const string Path = "/oidc/token";

    public static async Task<IResult> Post(HttpContext context, Clients clients, Tokens tokens, Db db, TimeProvider clock)
    {
        // RFC 6749 section 5.1
        context.Response.Headers.CacheControl = "no-store";
        if (!context.Request.HasFormContentType) return No("invalid_request", "Send a form (application/x-www-form-urlencoded).");
        var form = await context.Request.ReadFormAsync();
        if (form.Any(pair => pair.Value.Count > 1)) return No("invalid_request", "A parameter is given twice.");
        if (!Authenticate(context, form, clients, out var client, out var refusal)) return refusal;
        var now = clock.GetUtcNow();
        return form["grant_type"].ToString() switch
        {
            "authorization_code" => await Code(form, client, tokens, db, now),
            "refresh_token" => await Refresh(form, client, tokens, db, now),
            "" => No("invalid_request", "grant_type is missing."),
            _ => No("unsupported_grant_type", "Use authorization_code or refresh_token."),
        };
    }

    private static async Task<IResult> Code(IFormCollection form, Client client, Tokens tokens, Db db, DateTimeOffset now)
    {
        if (form["code"].ToString() is not { Length: > 0 and <= 200 } code) return No("invalid_request", "code is missing.");
        var taken = await db.Write(tx => AuthorizationCode.Take(tx, code, now));
        // RFC 6749 section 4.1.3: issued to this client, for this address
        if (taken is null || taken.ClientId != client.Id || taken.RedirectUri != form["redirect_uri"].ToString())
            return No("invalid_grant", "The code is not good, was used, or belongs to another client or address.");
        // RFC 7636 section 4.6
        if (!Verifies(form["code_verifier"].ToString(), taken.CodeChallenge)) return No("invalid_grant", "code_verifier does not fit.");

        var refresh = taken.Scope.Split(' ').Contains("offline_access") ? Secrets.New() : null;
        if (refresh is not null) await db.Write(tx => RefreshToken.Add(tx, refresh, taken.GrantId, now));
        var about = new TokenSubject(client.Id, taken.PersonId, taken.GrantId, taken.Scope, taken.AuthenticatedAt)
        {
            Amr = taken.Amr,
            Acr = taken.Acr,
        };
        return Results.Json(await tokens.Answer(about, taken.Nonce, refresh, withIdToken: true, now));
    }

    private static async Task<IResult> Refresh(IFormCollection form, Client client, Tokens tokens, Db db, DateTimeOffset now)
    {
        if (form["refresh_token"].ToString() is not { Length: > 0 and <= 200 } token) return No("invalid_request", "refresh_token is missing.");
        var next = Secrets.New();
        var spent = await db.Write(tx => RefreshToken.Exchange(tx, token, next, client.Id, now));
        if (spent is null) return No("invalid_grant", "The refresh token is not good or was used before.");
        // RFC 6749 section 6: the scope may shrink, not grow
        var granted = spent.Scope.Split(' ');
        var asked = form["scope"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (asked.Except(granted, StringComparer.Ordinal).Any()) return No("invalid_scope", "The scope is wider than what was granted.");
        var scope = asked.Length == 0 ? spent.Scope : string.Join(' ', asked);
        var about = new TokenSubject(client.Id, spent.PersonId, spent.GrantId, scope, spent.AuthenticatedAt);
        return Results.Json(await tokens.Answer(about, null, next, withIdToken: false, now));
    }

    // RFC 7636 section 4.1: 43 to 128 unreserved characters
    private static bool Verifies(string verifier, string challenge) =>
        verifier.Length is >= 43 and <= 128
        && verifier.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~')
        && Secrets.Same(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))), challenge);

    // RFC 6749 section 2.3: one method only; a public client names itself and nothing else
    private static bool Authenticate(HttpContext context, IFormCollection form, Clients clients, out Client client, out IResult refusal)
    {
        client = null!;
        refusal = NotYou(context);
        var id = form["client_id"].ToString();
        var secret = form["client_secret"].ToString();
        var header = context.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            if (secret.Length > 0 || !Basic(header["Basic ".Length..], out var headerId, out secret)) return false;
            if (id.Length > 0 && id != headerId) return false;
            id = headerId;
        }
        else if (header.Length > 0)
        {
            return false;
        }

        if (clients.Find(id) is not { } found) return false;
        client = found;
        return found.IsPublic ? secret.Length == 0 : found.Knows(secret);
    }

    // RFC 6749 section 2.3.1: both parts are form-encoded before they are base64-encoded
    private static bool Basic(string text, out string id, out string secret)
    {
        (id, secret) = ("", "");
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text.Trim(), bytes, out var length)) return false;
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2);
        if (parts.Length != 2) return false;
        (id, secret) = (WebUtility.UrlDecode(parts[0]), WebUtility.UrlDecode(parts[1]));
        return true;
    }

    private static IResult No(string error, string text) =>
        Results.Json(new { error, error_description = text }, statusCode: StatusCodes.Status400BadRequest);

    // RFC 6749 section 5.2
    private static IResult NotYou(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"token\"";
        return Results.Json(
            new { error = "invalid_client", error_description = "The client is not known or did not show its secret." },
            statusCode: StatusCodes.Status401Unauthorized);
    }
}
