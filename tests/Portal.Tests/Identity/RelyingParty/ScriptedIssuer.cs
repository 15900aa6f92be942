using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Portal.Tests.Identity.RelyingParty;

/// <summary>
/// An OpenID provider on loopback that speaks the protocol and, where a test says so, lies. Whoever is <see cref="Sub"/> is signed in
/// without a question.
/// </summary>
public sealed class ScriptedIssuer : IAsyncDisposable
{
    public const string Secret = "the client secret, long enough for HMAC-SHA-256 as a key";
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> codes = [];

    private ScriptedIssuer(WebApplication app) => this.app = app;

    public string Address { get; private set; } = "";

    public string Sub { get; set; } = "subject-1";

    public string Email { get; set; } = "asha@company.example";

    /// <summary>Null leaves the claim out.</summary>
    public bool? EmailVerified { get; set; } = true;

    public string[] Groups { get; set; } = [];

    public string Sid { get; set; } = "session-1";

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Metadata as it should not be.</summary>
    public Action<Dictionary<string, object>>? ChangeMetadata { get; set; }

    /// <summary>An ID token as it should not be.</summary>
    public Action<Dictionary<string, object>>? ChangeClaims { get; set; }

    public Func<Dictionary<string, object>, string>? SignAs { get; set; }

    /// <summary>What the userinfo endpoint tells; null: there is none.</summary>
    public Dictionary<string, object>? UserInfo { get; set; }

    /// <summary>What the browser brings back besides or instead of code, state and iss; null takes one away.</summary>
    public Dictionary<string, string?> Answer { get; } = [];

    public Func<HttpContext, Task<bool>>? Interrupt { get; set; }

    public ECDsa Key { get; private set; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string KeyId { get; private set; } = "key-1";

    /// <summary>Parameters of every authorization request.</summary>
    public List<Dictionary<string, string>> Asked { get; } = [];

    /// <summary>Form and Authorization header of every token request.</summary>
    public List<(Dictionary<string, string> Form, string Authorization)> Redeemed { get; } = [];

    public static async Task<ScriptedIssuer> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var issuer = new ScriptedIssuer(app);
        app.Use(async (context, next) =>
        {
            if (issuer.Interrupt is null || !await issuer.Interrupt(context)) await next(context);
        });
        app.MapGet("/.well-known/openid-configuration", issuer.Metadata);
        app.MapGet("/jwks", issuer.Keys);
        app.MapGet("/authorize", issuer.Authorize);
        // as a delegate: else its result would be taken for nothing more than the end of the request
        app.MapPost("/token", (Delegate)issuer.Token);
        app.MapGet("/userinfo", () => Results.Json(issuer.UserInfo));
        await app.StartAsync();
        issuer.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return issuer;
    }

    public void Rotate()
    {
        Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        KeyId = $"key-{Guid.NewGuid():N}";
    }

    /// <summary>Where the issuer sends the browser that came with this address.</summary>
    public static async Task<Uri> Visit(Uri authorize)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        using var response = await http.GetAsync(authorize);
        return response.Headers.Location ?? throw new InvalidOperationException($"The issuer answered {response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    public string Sign(Dictionary<string, object> claims, string? type = "JWT") => Sign(claims, Key, KeyId, type);

    public static string Sign(Dictionary<string, object> claims, ECDsa key, string? keyId, string? type) => Handler.CreateToken(new SecurityTokenDescriptor
    {
        Claims = claims,
        TokenType = type,
        SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(key) { KeyId = keyId }, SecurityAlgorithms.EcdsaSha256),
    });

    /// <summary>The claims of a logout token in order; a value of null takes one away.</summary>
    public string LogoutToken(string clientId, params (string Name, object? Value)[] changes)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Address,
            ["aud"] = clientId,
            ["iat"] = now,
            ["exp"] = now + 120,
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["sub"] = Sub,
            ["events"] = new Dictionary<string, object> { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>() },
        };
        foreach (var (name, value) in changes)
        {
            if (value is null) claims.Remove(name);
            else claims[name] = value;
        }

        return Sign(claims, "logout+jwt");
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private IResult Metadata()
    {
        var document = new Dictionary<string, object>
        {
            ["issuer"] = Address,
            ["authorization_endpoint"] = Address + "/authorize",
            ["token_endpoint"] = Address + "/token",
            ["jwks_uri"] = Address + "/jwks",
            ["end_session_endpoint"] = Address + "/sign-out",
            ["response_types_supported"] = (string[])["code"],
            ["id_token_signing_alg_values_supported"] = (string[])["ES256"],
            ["authorization_response_iss_parameter_supported"] = true,
        };
        if (UserInfo is not null) document["userinfo_endpoint"] = Address + "/userinfo";
        ChangeMetadata?.Invoke(document);
        return Results.Json(document);
    }

    private IResult Keys()
    {
        var point = Key.ExportParameters(includePrivateParameters: false).Q;
        return Results.Json(new
        {
            keys = new[]
            {
                new { kty = "EC", crv = "P-256", use = "sig", alg = "ES256", kid = KeyId, x = Base64UrlEncoder.Encode(point.X), y = Base64UrlEncoder.Encode(point.Y) },
            },
        });
    }

    private IResult Authorize(HttpContext context)
    {
        var asked = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        Asked.Add(asked);
        var code = Guid.NewGuid().ToString("N");
        codes[code] = asked;
        var back = new Dictionary<string, string?> { ["code"] = code, ["state"] = asked["state"], ["iss"] = Address };
        foreach (var (name, value) in Answer) back[name] = value;
        return Results.Redirect(asked["redirect_uri"] + "?" + string.Join('&', back.Where(pair => pair.Value is not null)
            .Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value!)}")));
    }

    private async Task<IResult> Token(HttpContext context)
    {
        var form = (await context.Request.ReadFormAsync()).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        var authorization = context.Request.Headers.Authorization.ToString();
        Redeemed.Add((form, authorization));
        var basic = HttpUtility.UrlDecode(Encoding.UTF8.GetString(Convert.FromBase64String(authorization.Replace("Basic ", "", StringComparison.Ordinal))));
        if (!basic.EndsWith(':' + Secret, StringComparison.Ordinal))
            return Results.Json(new { error = "invalid_client" }, statusCode: (int)HttpStatusCode.Unauthorized);
        if (!codes.TryRemove(form["code"], out var asked)
            || Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]))) != asked["code_challenge"]
            || form["redirect_uri"] != asked["redirect_uri"])
            return Results.Json(new { error = "invalid_grant" }, statusCode: (int)HttpStatusCode.BadRequest);
        var now = Clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Address,
            ["aud"] = asked["client_id"],
            ["auth_time"] = now,
            ["sub"] = Sub,
            ["iat"] = now,
            ["exp"] = now + 600,
            ["nonce"] = asked["nonce"],
            ["email"] = Email,
            ["name"] = "Asha Rao",
            ["sid"] = Sid,
            ["groups"] = Groups,
        };
        if (EmailVerified is { } verified) claims["email_verified"] = verified;
        ChangeClaims?.Invoke(claims);
        return Results.Json(new { id_token = SignAs?.Invoke(claims) ?? Sign(claims), access_token = "an-access-token", token_type = "Bearer" });
    }

    public static string WithoutSignature(Dictionary<string, object> claims) =>
        $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{Base64UrlEncoder.Encode(JsonSerializer.Serialize(claims))}.";

    public static string Hmac(Dictionary<string, object> claims)
    {
        var text = $"{Base64UrlEncoder.Encode("""{"alg":"HS256","typ":"JWT"}""")}.{Base64UrlEncoder.Encode(JsonSerializer.Serialize(claims))}";
        return $"{text}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes(text)))}";
    }
}
