using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Database;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Portal.Identity.Oidc;

/// <summary>Whom a token speaks for.</summary>
internal sealed record TokenSubject(string ClientId, PersonId PersonId, TokenGrantId GrantId, string Scope, DateTimeOffset AuthenticatedAt)
{
    public string? Amr { get; init; }

    public string? Acr { get; init; }

    public string? SessionId { get; init; }

    /// <summary>The key that the access token is bound to (RFC 9449 section 6.1).</summary>
    public string? Jkt { get; init; }

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
    private static readonly TimeSpan LogoutLength = TimeSpan.FromMinutes(2);
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    public async Task<TokenAnswer> Answer(TokenSubject about, string? nonce, string? refresh, bool withIdToken, DateTimeOffset now) => new()
    {
        AccessToken = await Access(about, now),
        // RFC 9449 section 5
        TokenType = about.Jkt is null ? "Bearer" : "DPoP",
        ExpiresIn = (int)Length.TotalSeconds,
        Scope = about.Scope,
        IdToken = withIdToken && about.Has("openid") ? await IdToken(about, nonce, now) : null,
        RefreshToken = refresh,
    };

    /// <summary>A service account's answer (RFC 6749 section 4.4.3): no person, no ID token, no refresh token, no row.</summary>
    public async Task<TokenAnswer> AnswerService(string clientId, string scope, string? jkt, DateTimeOffset now) => new()
    {
        // RFC 9068 section 2.2: without a person the subject is the client
        AccessToken = await Access(clientId, clientId, scope, jkt, null, now),
        TokenType = jkt is null ? "Bearer" : "DPoP",
        ExpiresIn = (int)Length.TotalSeconds,
        Scope = scope,
    };

    private Task<string> Access(TokenSubject about, DateTimeOffset now) => Access(about.PersonId.Value, about.ClientId, about.Scope, about.Jkt, about, now);

    // written out: these are the tokens of which there are many
    private async Task<string> Access(string subject, string clientId, string scope, string? jkt, TokenSubject? about, DateTimeOffset now)
    {
        var signer = await keys.Signer();
        var payload = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString("iss"u8, address.Issuer);
            json.WriteString("sub"u8, subject);
            json.WriteStartArray("aud"u8);
            json.WriteStringValue(address.Issuer);
            if (scope == "api" || scope.Split(' ').Contains("api", StringComparer.Ordinal)) json.WriteStringValue(ApiAudience);
            json.WriteEndArray();
            json.WriteString("client_id"u8, clientId);
            json.WriteString("scope"u8, scope);
            json.WriteString("jti"u8, Secrets.New());
            json.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, (now + Length).ToUnixTimeSeconds());
            if (about is not null) WritePerson(json, about);
            // RFC 9449 section 6.1
            if (jkt is not null)
            {
                json.WriteStartObject("cnf"u8);
                json.WriteString("jkt"u8, jkt);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return signer.AccessToken(payload.WrittenSpan);
    }

    // RFC 9068 section 2.2.1, and the grant by which the token is found and ended
    private static void WritePerson(Utf8JsonWriter json, TokenSubject about)
    {
        json.WriteString("grant"u8, about.GrantId.Value);
        json.WriteNumber("auth_time"u8, about.AuthenticatedAt.ToUnixTimeSeconds());
        if (about.Acr is { } acr) json.WriteString("acr"u8, acr);
        if (about.Amr is not { } amr) return;
        json.WriteStartArray("amr"u8);
        foreach (var method in amr.Split(' ')) json.WriteStringValue(method);
        json.WriteEndArray();
    }

    private async Task<string> IdToken(TokenSubject about, string? nonce, DateTimeOffset now)
    {
        var claims = await Claims(about);
        claims["auth_time"] = about.AuthenticatedAt.ToUnixTimeSeconds();
        AddStrength(claims, about);
        // OpenID Connect Back-Channel Logout 1.0 section 2.1: by which the logout token names the session
        if (about.SessionId is not null) claims["sid"] = about.SessionId;
        if (nonce is not null) claims["nonce"] = nonce;
        var descriptor = Descriptor(now, await keys.Current(), claims);
        descriptor.Audiences.Add(about.ClientId);
        return Handler.CreateToken(descriptor);
    }

    /// <summary>A logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4): never a nonce, so that it passes for no ID token.</summary>
    public async Task<string> Logout(string clientId, string subject, string sessionId, string jti, DateTimeOffset now)
    {
        var descriptor = Descriptor(now, await keys.Current(), new()
        {
            ["sub"] = subject,
            ["sid"] = sessionId,
            ["jti"] = jti,
            ["events"] = new Dictionary<string, object> { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>() },
        });
        descriptor.TokenType = "logout+jwt";
        descriptor.Audiences.Add(clientId);
        descriptor.Expires = (now + LogoutLength).UtcDateTime;
        return Handler.CreateToken(descriptor);
    }

    private static void AddStrength(Dictionary<string, object> claims, TokenSubject about)
    {
        if (about.Amr is { } amr) claims["amr"] = amr.Split(' ');
        if (about.Acr is { } acr) claims["acr"] = acr;
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
