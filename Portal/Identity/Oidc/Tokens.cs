using System.Text.Json.Serialization;
using Database;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Portal.Identity.Oidc;

/// <summary>Whom a token speaks for.</summary>
internal sealed record TokenSubject(string ClientId, PersonId PersonId, TokenGrantId GrantId, string Scope, DateTimeOffset AuthenticatedAt)
{
    /// <summary>RFC 8176 values separated by blanks.</summary>
    public string? Amr { get; init; }

    public string? Acr { get; init; }

    public bool Has(string scope) => Scope.Split(' ').Contains(scope, StringComparer.Ordinal);
}

/// <summary>RFC 6749 section 5.1, OpenID Connect Core 3.1.3.3.</summary>
internal sealed record TokenAnswer
{
    [JsonPropertyName("access_token")]
    public string AccessToken { get; init; } = "";

    [JsonPropertyName("token_type")]
    public string TokenType { get; init; } = "Bearer";

    [JsonPropertyName("expires_in")]
    public int ExpiresIn { get; init; }

    [JsonPropertyName("scope")]
    public string Scope { get; init; } = "";

    [JsonPropertyName("id_token")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IdToken { get; init; }

    [JsonPropertyName("refresh_token")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RefreshToken { get; init; }
}

/// <summary>Writes the tokens: ID tokens (OpenID Connect Core 2) and access tokens as JWT (RFC 9068).</summary>
internal sealed class Tokens(SigningKeys keys, PublicAddress address, Db db)
{
    public const string ApiAudience = "portal-api";
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(10);
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    public async Task<TokenAnswer> Answer(TokenSubject about, string? nonce, string? refresh, bool withIdToken, DateTimeOffset now) => new()
    {
        AccessToken = await Access(about, now),
        ExpiresIn = (int)Length.TotalSeconds,
        Scope = about.Scope,
        IdToken = withIdToken && about.Has("openid") ? await IdToken(about, nonce, now) : null,
        RefreshToken = refresh,
    };

    private async Task<string> Access(TokenSubject about, DateTimeOffset now)
    {
        var descriptor = Descriptor(now, await keys.Current(), new()
        {
            ["sub"] = about.PersonId.Value,
            ["client_id"] = about.ClientId,
            ["scope"] = about.Scope,
            ["jti"] = Secrets.New(),
            ["auth_time"] = about.AuthenticatedAt.ToUnixTimeSeconds(),
            ["grant"] = about.GrantId.Value,
        });
        // RFC 9068 section 2.1: a type of its own, so that no ID token passes for an access token
        descriptor.TokenType = "at+jwt";
        descriptor.Audiences.Add(address.Issuer);
        if (about.Has("api")) descriptor.Audiences.Add(ApiAudience);
        return Handler.CreateToken(descriptor);
    }

    private async Task<string> IdToken(TokenSubject about, string? nonce, DateTimeOffset now)
    {
        var claims = await Claims(about);
        claims["auth_time"] = about.AuthenticatedAt.ToUnixTimeSeconds();
        if (!string.IsNullOrEmpty(about.Amr)) claims["amr"] = about.Amr.Split(' ');
        if (about.Acr is not null) claims["acr"] = about.Acr;
        if (nonce is not null) claims["nonce"] = nonce;
        var descriptor = Descriptor(now, await keys.Current(), claims);
        descriptor.Audiences.Add(about.ClientId);
        return Handler.CreateToken(descriptor);
    }

    /// <summary>OpenID Connect Core 5.4: what the scope lets a client know.</summary>
    public async Task<Dictionary<string, object>> Claims(TokenSubject about)
    {
        var claims = new Dictionary<string, object> { ["sub"] = about.PersonId.Value };
        var person = await Person.ById(db, about.PersonId);
        if (person is null) return claims;
        if (about.Has("profile")) claims["name"] = person.FullName;
        if (!about.Has("email")) return claims;
        claims["email"] = person.Email;
        claims["email_verified"] = true;
        return claims;
    }

    private SecurityTokenDescriptor Descriptor(DateTimeOffset now, SigningCredentials signing, Dictionary<string, object> claims) => new()
    {
        Issuer = address.Issuer,
        IssuedAt = now.UtcDateTime,
        Expires = (now + Length).UtcDateTime,
        SigningCredentials = signing,
        Claims = claims,
    };
}
