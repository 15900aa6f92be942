using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Portal.Identity.Oidc;

/// <summary>What an ID token of ours said: for whom it was made, about whom, in which session.</summary>
internal sealed record IdTokenHint(string ClientId, string Subject, string? SessionId);

/// <summary>Reads <c>id_token_hint</c> (OpenID Connect Core 3.1.2.1, RP-Initiated Logout 1.0 section 2): it may have expired, it must be ours.</summary>
internal sealed class IdTokenHints(SigningKeys keys, PublicAddress address)
{
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    public async Task<IdTokenHint?> Read(string? hint)
    {
        if (string.IsNullOrEmpty(hint)) return null;
        var result = await Handler.ValidateTokenAsync(hint, new TokenValidationParameters
        {
            ValidIssuer = address.Issuer,
            ValidateAudience = false,
            ValidateLifetime = false,
            IssuerSigningKeys = await keys.Published(),
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            // no access token and no logout token
            TypeValidator = (type, _, _) => type is null or "" or "JWT" ? "JWT" : throw new SecurityTokenInvalidTypeException($"{type} is no ID token."),
        });
        if (!result.IsValid) return null;
        var token = (JsonWebToken)result.SecurityToken;
        return token.Audiences.FirstOrDefault() is { } client
            ? new IdTokenHint(client, token.Subject, token.TryGetPayloadValue<string>("sid", out var sid) ? sid : null)
            : null;
    }
}
