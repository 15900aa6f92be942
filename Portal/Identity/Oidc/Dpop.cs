using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Database;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Portal.Identity.Oidc;

/// <summary>
/// Proof of possession (RFC 9449): a client signs each request with a key of its own, and a token bound to that key is worth nothing
/// to a thief. No nonce is asked for: proofs are short-lived and their ids good once in the whole deployment.
/// </summary>
internal sealed class Dpop(PublicAddress address, Db db, TimeProvider clock)
{
    public const string Header = "DPoP";

    /// <summary>RFC 9449 section 5.1.</summary>
    public static readonly string[] Algorithms =
        [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256];

    private const int LongestProof = 4000;
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <summary>
    /// The thumbprint of the key (RFC 7638), null when no proof was sent; <paramref name="accessToken"/> at a resource, where the proof must name it.
    /// </summary>
    public async Task<(string? Thumbprint, string? Trouble)> Check(HttpContext context, string? accessToken)
    {
        var headers = context.Request.Headers[Header];
        if (headers.Count == 0) return (null, null);
        // section 4.3, no. 1
        if (headers.Count > 1 || headers[0] is not { Length: > 0 and <= LongestProof } proof) return (null, "Send one DPoP proof.");
        // no. 2, 4 to 7
        if (KeyOf(proof) is not { } key) return (null, "The proof is no JWT with a public key in it.");
        var result = await Handler.ValidateTokenAsync(proof, new TokenValidationParameters
        {
            ValidTypes = ["dpop+jwt"],
            ValidAlgorithms = Algorithms,
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = true,
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
            RequireExpirationTime = false,
        });
        if (!result.IsValid) return (null, "The proof's signature, type or algorithm is not good.");
        var token = (JsonWebToken)result.SecurityToken;
        // no. 8
        if (Text(token, "htm") != context.Request.Method) return (null, "htm is another method.");
        // no. 9: without query and fragment
        if (!IsHere(Text(token, "htu"), context.Request)) return (null, "htu is another address.");
        // no. 11
        var now = clock.GetUtcNow();
        if (!token.TryGetPayloadValue<long>("iat", out var seconds) || seconds is < 0 or > 253402300799
            || DateTimeOffset.FromUnixTimeSeconds(seconds) is var made && (made < now - Age || made > now + Skew))
            return (null, "The proof is too old or from the future; look at the clock.");
        // no. 12
        if (accessToken is not null && Text(token, "ath") != Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))))
            return (null, "ath is another token.");
        if (token.Id is not { Length: > 0 and <= 200 } jti) return (null, "jti is missing.");
        var thumbprint = Base64Url.EncodeToString(key.ComputeJwkThumbprint());
        // section 11.1
        return await db.Write(tx => SpentId.Spend(tx, SpentId.OfProof(thumbprint, jti), now + Age + Skew))
            ? (thumbprint, null)
            : (null, "The proof was used before.");
    }

    private static JsonWebKey? KeyOf(string proof)
    {
        try
        {
            var key = new JsonWebToken(proof).TryGetHeaderValue<JsonElement>("jwk", out var jwk) ? new JsonWebKey(jwk.GetRawText()) : null;
            return key is not null && ClientKeys.IsPublic(key) ? ClientKeys.Fresh(key) : null;
        }
        catch (Exception trouble) when (trouble is SecurityTokenException or ArgumentException or JsonException)
        {
            return null;
        }
    }

    private bool IsHere(string? htu, HttpRequest request) =>
        Uri.TryCreate(htu, UriKind.Absolute, out var said)
        && Uri.TryCreate(address.Of(request.PathBase + request.Path.ToUriComponent()), UriKind.Absolute, out var here)
        && said.GetLeftPart(UriPartial.Path) == here.GetLeftPart(UriPartial.Path);

    private static string? Text(JsonWebToken token, string name) => token.TryGetPayloadValue<string>(name, out var text) ? text : null;
}
