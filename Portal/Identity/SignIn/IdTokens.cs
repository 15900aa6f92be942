using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Portal.Identity.SignIn;

/// <summary>Who the issuer says has signed in.</summary>
/// <param name="EmailVerified">Null where the issuer does not say.</param>
internal sealed record Subject(string Issuer, string Id, string Email, bool? EmailVerified, string Name, Factors.Proof Proof)
{
    /// <summary>When the issuer says that the person signed in there; null where it does not say.</summary>
    public DateTimeOffset? SaidAt { get; init; }

    /// <summary>The issuer's session (OpenID Connect Front-Channel Logout 1.0 section 3), or null.</summary>
    public string? Sid { get; init; }

    public required TokenClaims Claims { get; init; }
}

/// <summary>Checks ID tokens (OpenID Connect Core 3.1.3.7).</summary>
internal sealed class IdTokens(IOptions<IdentityOptions> options, TimeProvider clock)
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
    public async Task<Subject> Check(Issuer issuer, Redeemed redeemed, string nonce, CancellationToken cancelled)
    {
        // an access token (RFC 9068) or a logout token is no ID token
        var token = await Signed(issuer, redeemed.IdToken, type => type is null or "" or "JWT", cancelled);
        // section 2
        if (!token.TryGetPayloadValue<long>("iat", out _)) throw new IssuerException("The ID token does not say when it was made.");
        // 3.1.3.7 no. 4 and 5
        if (token.TryGetPayloadValue<string>("azp", out var azp) && azp != issuer.Settings.ClientId)
            throw new IssuerException("The ID token was made for another client.");
        if (token.Audiences.Count() > 1 && azp is null) throw new IssuerException("The ID token has many audiences and no azp.");
        // no. 11
        if (!token.TryGetPayloadValue<string>("nonce", out var said) || !Secrets.Same(said, nonce))
            throw new IssuerException("The ID token answers another request.");
        if (token.Subject is not { Length: > 0 and <= 255 } subject) throw new IssuerException("The ID token has no subject.");

        var claims = TokenClaims.Of(token);
        // section 5.4: with a code the issuer may keep everything but the subject for the userinfo endpoint
        if (issuer.Key != IssuerSettings.Deployment || claims.Text("email") is null)
        {
            if (await issuer.UserInfo(redeemed.AccessToken, cancelled) is { } more)
            {
                var about = new TokenClaims(more);
                // section 5.3.2: somebody else's answer
                if (about.Text("sub") != subject) throw new IssuerException("The userinfo endpoint speaks of somebody else.");
                claims = claims.Or(about);
            }
        }

        var now = clock.GetUtcNow();
        var saidAt = SaidAt(token, now);
        // whoever does not say when may have brought somebody who signed in there weeks ago: no proof that is fresh
        var at = saidAt ?? (now - options.Value.FreshFor - Skew);
        return new Subject(
            issuer.Name, subject, claims.Text("email") ?? "", claims.Flag("email_verified"), claims.Text("name") ?? "",
            new Factors.Proof(at, Amr(issuer, claims)))
        {
            SaidAt = saidAt,
            Sid = claims.Text("sid"),
            Claims = claims,
        };
    }

    // an auth_time that lies in the future or is no time at all (some issuers write 0) is as good as none
    private static DateTimeOffset? SaidAt(JsonWebToken token, DateTimeOffset now)
    {
        if (!token.TryGetPayloadValue<long>("auth_time", out var seconds) || seconds <= 0 || seconds > (now + Skew).ToUnixTimeSeconds()) return null;
        var said = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return said < now ? said : now;
    }

    // an issuer that speaks in acr only counts by what the operator says of its values, which is nothing a customer's own issuer may borrow
    private string Amr(Issuer issuer, TokenClaims claims)
    {
        var strong = issuer.Key is IssuerSettings.Deployment or IssuerSettings.Staff
            && claims.Text("acr") is { } acr && options.Value.SecondFactorAcr.Contains(acr, StringComparer.Ordinal);
        return Factors.Proof.Join(claims.Texts("amr").Where(value => value.Length > 0 && !value.Contains(' ')), strong);
    }

    /// <summary>A token that this issuer signed for us, within its time (OpenID Connect Core 3.1.3.7 no. 2, 3, 6 to 10).</summary>
    /// <exception cref="IssuerException">The token is not good.</exception>
    public async Task<JsonWebToken> Signed(Issuer issuer, string text, Func<string?, bool> isType, CancellationToken cancelled)
    {
        var result = await Once(issuer, text, isType, cancelled);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            issuer.Refresh();
            result = await Once(issuer, text, isType, cancelled);
        }

        return result.IsValid ? (JsonWebToken)result.SecurityToken : throw new IssuerException("The issuer's token is not good.", result.Exception);
    }

    private async Task<TokenValidationResult> Once(Issuer issuer, string text, Func<string?, bool> isType, CancellationToken cancelled)
    {
        var metadata = await issuer.Metadata(cancelled);
        return await Handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = metadata.Issuer,
            ValidAudience = issuer.Settings.ClientId,
            IssuerSigningKeys = metadata.SigningKeys,
            ValidAlgorithms = Algorithms,
            ClockSkew = Skew,
            TypeValidator = (type, _, _) => isType(type)
                ? type ?? "JWT"
                : throw new SecurityTokenInvalidTypeException($"{type} is not the type wanted."),
            LifetimeValidator = (from, until, _, _) => InTime(from, until, clock.GetUtcNow()),
        });
    }

    // a time that is missing may come as the first or last there is, which nothing can be added to
    internal static bool InTime(DateTime? from, DateTime? until, DateTimeOffset now) =>
        until is { } end && now - Skew < new DateTimeOffset(end, TimeSpan.Zero)
        && (from is not { } start || now + Skew >= new DateTimeOffset(start, TimeSpan.Zero));
}

/// <summary>What an issuer tells about somebody.</summary>
internal sealed record TokenClaims(JsonElement Told)
{
    private const int MostValues = 500;

    public TokenClaims? Further { get; init; }

    public static TokenClaims Of(JsonWebToken token)
    {
        using var document = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
        return new TokenClaims(document.RootElement.Clone());
    }

    public TokenClaims Or(TokenClaims further) => this with { Further = further };

    public string? Text(string name) => Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : Further?.Text(name);

    // some issuers write it as text
    public bool? Flag(string name) => Find(name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } text => text.GetString() == "true",
        _ => Further?.Flag(name),
    };

    /// <summary>The texts in the claim, one or many; a dot goes into an object.</summary>
    public IReadOnlyList<string> Texts(string path)
    {
        if (Find(path) is not { } value) return Further?.Texts(path) ?? [];
        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => [.. value.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Take(MostValues).Select(one => one.GetString()!)],
            _ => [],
        };
    }

    private JsonElement? Find(string path)
    {
        if (Told.ValueKind != JsonValueKind.Object) return null;
        if (Told.TryGetProperty(path, out var whole)) return whole;
        var at = Told;
        foreach (var step in path.Split('.'))
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at)) return null;
        }

        return at;
    }
}
