using Database;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Portal.Identity.SignIn;

namespace Portal.Identity.Oidc;

/// <summary><c>private_key_jwt</c>: a client signs a short-lived statement about itself (RFC 7523 section 3, OpenID Connect Core 9).</summary>
internal sealed class ClientAssertion(Clients clients, PublicAddress address, Db db, TimeProvider clock)
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    public async Task<Client?> Check(Parameters form, string path)
    {
        if (form["client_assertion_type"] != Type || form["client_assertion"] is not { } assertion) return null;
        if (Read(assertion) is not { Issuer: { Length: > 0 and <= 200 } id } unread) return null;
        // RFC 7523 section 3 no. 2: issuer and subject are the client; RFC 7521 section 4.2: so is client_id where it is given
        if (unread.Subject != id || (form["client_id"] is { } said && said != id)) return null;
        if (await clients.Find(id) is not { AuthMethod: ClientAuth.PrivateKeyJwt } client) return null;
        var now = clock.GetUtcNow();
        var result = await Handler.ValidateTokenAsync(assertion, new TokenValidationParameters
        {
            ValidIssuer = id,
            // no. 3: the issuer (draft-ietf-oauth-rfc7523bis), the token endpoint, or the endpoint it is sent to (RFC 9126 section 2)
            ValidAudiences = [address.Issuer, address.Of(Token.Path), address.Of(path)],
            IssuerSigningKeys = ClientKeys.Read(client.Jwks),
            // RFC 8725 section 3.1: no "none", and no HMAC with a public key
            ValidAlgorithms = IdTokens.Algorithms,
            LifetimeValidator = (from, until, _, _) => InTime(from, until, now),
        });
        if (!result.IsValid) return null;
        var token = (JsonWebToken)result.SecurityToken;
        // no. 7: a second use is a replay
        if (token.Id is not { Length: > 0 and <= 200 } jti) return null;
        var spent = await db.Write(tx => SpentId.Spend(tx, SpentId.OfAssertion(id, jti), new DateTimeOffset(token.ValidTo, TimeSpan.Zero) + Skew));
        return spent ? client : null;
    }

    // no. 4 and 5
    private static bool InTime(DateTime? from, DateTime? until, DateTimeOffset now) =>
        IdTokens.InTime(from, until, now) && new DateTimeOffset(until!.Value, TimeSpan.Zero) <= now + Longest + Skew;

    private static JsonWebToken? Read(string assertion)
    {
        try
        {
            return new JsonWebToken(assertion);
        }
        catch (Exception trouble) when (trouble is SecurityTokenException or ArgumentException)
        {
            return null;
        }
    }
}
