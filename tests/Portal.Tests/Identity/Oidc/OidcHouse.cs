using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Portal.Identity;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>A portal with a shop (confidential), a machine with keys, a resource server, and Asha who is signed in.</summary>
public sealed class OidcHouse : IAsyncLifetime
{
    public const string Shop = "shop";
    public const string ShopSecret = "secret of the shop / with : signs + and %";
    public const string ShopCallback = "https://shop.example/callback";
    public const string Keyed = "keyed";
    public const string Reader = "reader";
    public static readonly JsonWebKey Key = NewKey();

    private readonly HttpClient http = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private WebApplication shop = null!;
    private int trouble;

    public PortalUnderTest Portal { get; private set; } = null!;

    public Browser Asha { get; private set; } = null!;

    /// <summary>Logout tokens that the shop was sent.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> LogoutTokens { get; } = new();

    /// <summary>How often the shop answers 503 before it listens.</summary>
    public void FailFirst(int times) => Interlocked.Exchange(ref trouble, times);

    public string Issuer => Portal.Address.ToString().TrimEnd('/');

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        shop = builder.Build();
        shop.Urls.Add("http://127.0.0.1:0");
        shop.MapPost("/logged-out", async (HttpContext context) =>
        {
            if (Interlocked.Decrement(ref trouble) >= 0) return Results.StatusCode(503);
            LogoutTokens.Enqueue((await context.Request.ReadFormAsync())["logout_token"].ToString());
            return Results.Ok();
        });
        await shop.StartAsync();
        var told = shop.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/logged-out";
        Portal = await PortalUnderTest.Start(
            [
                .. Client(0, Shop, "The shop", ShopCallback, ("SecretSha256", Secrets.Hash(ShopSecret)), ("BackchannelLogoutUri", told),
                    ("PostLogoutRedirectUris:0", "https://shop.example/bye"), ("Scopes:0", "profile"), ("Scopes:1", "email"), ("Scopes:2", "api"),
                    ("Scopes:3", "offline_access")),
                .. Client(1, Keyed, "Keyed", "https://keyed.example/callback", ("Jwks", PublicSet(Key)), ("RequirePar", "true"), ("DpopBound", "true")),
                .. Client(2, Reader, "Reader", "https://reader.example/callback", ("SecretSha256", Secrets.Hash(ShopSecret)), ("IsResourceServer", "true")),
            ]);
        Asha = await Portal.SignUpAsync("Asha Rao");
    }

    public async ValueTask DisposeAsync()
    {
        Asha.Dispose();
        http.Dispose();
        await Portal.DisposeAsync();
        await shop.DisposeAsync();
    }

    /// <summary>An authorization request of the shop.</summary>
    public static string ShopRequest(params (string Name, string? Value)[] changes) => CommandLine.Request(
        [("client_id", Shop), ("redirect_uri", ShopCallback), ("scope", "openid email"), .. changes]);

    /// <summary>Posts a form as a program does, with Basic authentication where a secret is given.</summary>
    public async Task<Reply> Post(string path, Dictionary<string, string> form, string? client = null, string? secret = null, string? dpop = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Portal.Address, path)) { Content = new FormUrlEncodedContent(form) };
        if (client is not null)
        {
            var basic = $"{Uri.EscapeDataString(client)}:{Uri.EscapeDataString(secret ?? "")}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        }

        if (dpop is not null) request.Headers.TryAddWithoutValidation("DPoP", dpop);
        return await Reply.Of(await http.SendAsync(request));
    }

    public async Task<Reply> Get(string path, string scheme, string token, string? dpop = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Portal.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, token);
        if (dpop is not null) request.Headers.TryAddWithoutValidation("DPoP", dpop);
        return await Reply.Of(await http.SendAsync(request));
    }

    public Task<Reply> ShopPost(string path, Dictionary<string, string> form, string? dpop = null) => Post(path, form, Shop, ShopSecret, dpop);

    /// <summary>The shop's tokens after a person has said yes.</summary>
    public async Task<Reply> ShopTokens(string? request = null, string? dpop = null)
    {
        var page = await Asha.Get(request ?? ShopRequest());
        var back = page.Address.Host == "shop.example" ? page : await Asha.Submit(page, "/oidc/consent", ("Answer", "yes"));
        var code = CommandLine.Query(back.Address, "code") ?? throw new InvalidOperationException($"No code came back: {back.Address}");
        return await ShopPost("/oidc/token", CodeForm(code), dpop);
    }

    public static Dictionary<string, string> CodeForm(string code, string callback = ShopCallback) => new()
    {
        ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = callback, ["code_verifier"] = CommandLine.Verifier,
    };

    public static JsonWebKey NewKey()
    {
        var key = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)));
        key.Kid = "one";
        return key;
    }

    public static string PublicSet(JsonWebKey key) =>
        JsonSerializer.Serialize(new { keys = new[] { new { kty = "EC", crv = "P-256", x = key.X, y = key.Y, kid = key.Kid, alg = "ES256", use = "sig" } } });

    /// <summary>A client assertion (RFC 7523); a change of null leaves the claim out.</summary>
    public string Assertion(JsonWebKey key, params (string Name, object? Value)[] changes)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = Keyed, ["sub"] = Keyed, ["aud"] = Issuer, ["jti"] = Guid.NewGuid().ToString(), ["iat"] = now, ["exp"] = now + 60,
        };
        foreach (var (name, value) in changes) claims[name] = value;
        return Sign(key, "JWT", claims, null);
    }

    /// <summary>A DPoP proof (RFC 9449); a change of null leaves the claim out.</summary>
    public string Proof(JsonWebKey key, string method, string path, string? accessToken = null, params (string Name, object? Value)[] changes)
    {
        var claims = new Dictionary<string, object?>
        {
            ["htm"] = method, ["htu"] = Issuer + path, ["jti"] = Guid.NewGuid().ToString(), ["iat"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
        };
        if (accessToken is not null) claims["ath"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)));
        foreach (var (name, value) in changes) claims[name] = value;
        return Sign(key, "dpop+jwt", claims, new { kty = "EC", crv = "P-256", x = key.X, y = key.Y });
    }

    public static string Sign(JsonWebKey key, string type, Dictionary<string, object?> claims, object? jwk)
    {
        var header = new Dictionary<string, object> { ["alg"] = "ES256", ["typ"] = type };
        if (jwk is not null) header["jwk"] = jwk;
        else header["kid"] = key.Kid;
        var known = claims.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value);
        var text = Part(header) + "." + Part(known);
        using var signer = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Base64UrlEncoder.DecodeBytes(key.D),
            Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) },
        });
        return text + "." + Base64Url.EncodeToString(signer.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256));
    }

    public static JsonWebToken Token(string? jwt) => new(jwt);

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));

    private static IEnumerable<string> Client(int place, string id, string name, string callback, params (string Name, string Value)[] more) =>
        more.Append(("Id", id)).Append(("Name", name)).Append(("RedirectUris:0", callback))
            .Select(pair => $"Portal:Identity:Clients:{place}:{pair.Item1}={pair.Item2}");
}

/// <summary>What the provider answered.</summary>
public sealed record Reply(HttpStatusCode Status, string Text, string? Challenge)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? this[string name] => Text.Length > 0 && Json.TryGetProperty(name, out var value)
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
        : null;

    public Reply Is(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} in place of {(int)status}: {Text}");
        return this;
    }

    /// <summary>RFC 6749 section 5.2.</summary>
    public void Refuses(string error, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        Is(status);
        Assert.Equal(error, this["error"]);
    }

    public static async Task<Reply> Of(HttpResponseMessage response)
    {
        using (response)
        {
            return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.WwwAuthenticate.ToString());
        }
    }
}
