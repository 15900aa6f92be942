using System.Text.Json;
using Database;
using Microsoft.IdentityModel.JsonWebTokens;
using Portal.Audit;
using Portal.Identity.Sessions;

namespace Portal.Identity.SignIn;

/// <summary>Ends sessions because the issuer they came from says so (OpenID Connect Back-Channel Logout 1.0).</summary>
internal sealed class BackChannelLogout(Db db, Issuers issuers, IdTokens tokens, TimeProvider clock, ILogger<BackChannelLogout> log)
{
    public const string Path = "/sign-in/back-channel-logout";
    private const string Event = "http://schemas.openid.net/event/backchannel-logout";
    private const int LongestToken = 16 * 1024;
    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(10);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    public async Task<IResult> Answer(HttpContext context)
    {
        // section 2.5
        context.Response.Headers.CacheControl = "no-store";
        if (!context.Request.HasFormContentType) return No("The logout token is missing.");
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["logout_token"] is not [{ Length: > 0 and <= LongestToken } text] || !Handler.CanReadToken(text))
            return No("The logout token is missing.");
        try
        {
            var unread = Handler.ReadJsonWebToken(text);
            var ended = 0;
            var good = false;
            foreach (var audience in unread.Audiences.Distinct(StringComparer.Ordinal).Take(5))
            {
                foreach (var issuer in await issuers.Named(unread.Issuer, audience))
                {
                    ended += await End(issuer, text, context);
                    good = true;
                }
            }

            if (!good) return No("The logout token is of an issuer that is not configured here.");
            log.LogInformation("An issuer ended {Count} sessions", ended);
            return Results.Ok();
        }
        catch (Exception trouble) when (trouble is IssuerException or ArgumentException or JsonException or FormatException)
        {
            log.LogWarning(trouble, "A logout token was refused");
            return No("The logout token is not good.");
        }
    }

    private async Task<int> End(Issuer issuer, string text, HttpContext context)
    {
        // section 2.6 no. 1 to 4: signed by the issuer, for us, within its time
        var token = await tokens.Signed(issuer, text, type => type is null or "" or "JWT" or "logout+jwt", context.RequestAborted);
        var claims = TokenClaims.Of(token);
        var now = clock.GetUtcNow();
        var issuedAt = token.TryGetPayloadValue<long>("iat", out var seconds) ? seconds : 0;
        if (issuedAt < (now - Oldest).ToUnixTimeSeconds()) throw new IssuerException("The logout token is old or does not say when it was made.");
        // no. 5 to 7
        var (subject, sid) = (claims.Text("sub"), claims.Text("sid"));
        if (string.IsNullOrEmpty(subject) && string.IsNullOrEmpty(sid))
            throw new IssuerException("The logout token names neither subject nor session.");
        if (!claims.Told.TryGetProperty("events", out var events) || events.ValueKind != JsonValueKind.Object
            || !events.TryGetProperty(Event, out var said) || said.ValueKind != JsonValueKind.Object)
            throw new IssuerException("The token tells of no logout.");
        if (claims.Told.TryGetProperty("nonce", out _)) throw new IssuerException("An ID token was sent as a logout token.");
        if (claims.Text("jti") is not { Length: > 0 and <= 255 } jti) throw new IssuerException("The logout token has no id.");

        return await db.Write(async tx =>
        {
            // no. 8
            await tx.Execute(Sql.Forget, new { Now = now });
            var hash = Secrets.Hash($"{issuer.Key}\n{issuer.Name}\n{jti}");
            if (await tx.Execute(Sql.Remember, new { TokenHash = hash, ExpiresAt = now + Oldest + Oldest }) != 1)
                throw new IssuerException("The logout token was used before.");
            var sessions = await SessionOrigin.Of(tx, issuer, subject, sid);
            foreach (var session in sessions)
            {
                await PortalSession.Revoke(tx, session.PersonId, session.Id, now);
                await tx.Record(
                    new AuditEntry("identity.session.end")
                    {
                        PersonId = session.PersonId,
                        AccountId = session.AccountId,
                        Resource = session.Id.Value,
                        Ip = context.Ip(),
                        Reason = $"The issuer {issuer.Key} ended it.",
                    },
                    now);
            }

            return sessions.Count;
        });
    }

    // section 2.8
    private static IResult No(string text) => Results.Json(
        new Dictionary<string, string> { ["error"] = "invalid_request", ["error_description"] = text }, statusCode: StatusCodes.Status400BadRequest);

    internal static class Sql
    {
        public const string Forget = "delete from LogoutToken where ExpiresAt < @Now";

        public const string Remember = """
            insert into LogoutToken (TokenHash, ExpiresAt)
            select @TokenHash, @ExpiresAt
            where not exists (select 1 from LogoutToken where TokenHash = @TokenHash)
            """;
    }
}
