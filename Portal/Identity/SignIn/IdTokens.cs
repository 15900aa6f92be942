using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Portal.Identity.SignIn;

/// <summary>Who the issuer says has signed in.</summary>
internal sealed record Subject(string Issuer, string Id, string Email, bool EmailVerified, string Name, Factors.Proof Proof);

/// <summary>Checks ID tokens (OpenID Connect Core 3.1.3.7).</summary>
internal sealed class IdTokens(Issuer issuer, IOptions<IdentityOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <summary>Only asymmetric algorithms: none and HMAC are downgrades.</summary>
    public static readonly string[] Algorithms =
    [
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
    ];

    /// <exception cref="IssuerException">The token is not good.</exception>
    public async Task<Subject> Check(string idToken, string nonce, CancellationToken cancelled)
    {
        var result = await Once(idToken, cancelled);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            issuer.Refresh();
            result = await Once(idToken, cancelled);
        }

        if (!result.IsValid) throw new IssuerException("The ID token is not good.", result.Exception);
        var token = (JsonWebToken)result.SecurityToken;
        // 3.1.3.7 no. 4 and 5
        if (token.TryGetPayloadValue<string>("azp", out var azp) && azp != options.Value.ClientId)
            throw new IssuerException("The ID token was made for another client.");
        if (token.Audiences.Count() > 1 && azp is null) throw new IssuerException("The ID token has many audiences and no azp.");
        // no. 11
        if (!token.TryGetPayloadValue<string>("nonce", out var said) || !Secrets.Same(said, nonce))
            throw new IssuerException("The ID token answers another request.");
        var at = token.TryGetPayloadValue<long>("auth_time", out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : clock.GetUtcNow();
        return new Subject(
            issuer.Name,
            token.Subject is { Length: > 0 and <= 255 } subject ? subject : throw new IssuerException("The ID token has no subject."),
            token.TryGetPayloadValue<string>("email", out var email) ? email : "",
            token.TryGetPayloadValue<bool>("email_verified", out var verified) && verified,
            token.TryGetPayloadValue<string>("name", out var name) ? name : "",
            new Factors.Proof(at, Amr(token, options.Value)));
    }

    // an issuer that speaks in acr only counts by what the operator says of its values
    private static string Amr(JsonWebToken token, IdentityOptions options)
    {
        var said = token.TryGetPayloadValue<string[]>("amr", out var values) ? values.Where(value => value.Length > 0 && !value.Contains(' ')) : [];
        var strong = token.TryGetPayloadValue<string>("acr", out var acr) && options.SecondFactorAcr.Contains(acr, StringComparer.Ordinal);
        return Factors.Proof.Join(said, strong);
    }

    private async Task<TokenValidationResult> Once(string idToken, CancellationToken cancelled)
    {
        var metadata = await issuer.Metadata(cancelled);
        return await Handler.ValidateTokenAsync(idToken, new TokenValidationParameters
        {
            ValidIssuer = metadata.Issuer,
            ValidAudience = options.Value.ClientId,
            IssuerSigningKeys = metadata.SigningKeys,
            ValidAlgorithms = Algorithms,
            ClockSkew = Skew,
            // an access token (RFC 9068) is no ID token
            TypeValidator = (type, _, _) => type is null or "" or "JWT" ? "JWT" : throw new SecurityTokenInvalidTypeException($"{type} is no ID token."),
            LifetimeValidator = (from, until, _, _) => InTime(from, until, clock.GetUtcNow()),
        });
    }

    internal static bool InTime(DateTime? from, DateTime? until, DateTimeOffset now) =>
        until is { } end && now < new DateTimeOffset(end, TimeSpan.Zero) + Skew
        && (from is not { } start || now >= new DateTimeOffset(start, TimeSpan.Zero) - Skew);
}
