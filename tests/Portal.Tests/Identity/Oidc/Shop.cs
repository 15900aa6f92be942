using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>A confidential client of the built-in provider, as the certification's plans have one: a shop that people sign in to.</summary>
internal sealed class Shop(PortalUnderTest portal)
{
    public const string Id = "shop";
    public const string Secret = "shop-secret-of-many-random-bits/+:%";
    public const string Callback = "https://shop.example.in/signed-in";

    private readonly Browser wire = portal.NewBrowser();

    /// <summary>Two shops and a program that keeps no secret.</summary>
    public static readonly string[] Settings =
    [
        $"Portal:Identity:Clients:0:Id={Id}", "Portal:Identity:Clients:0:Name=A shop", $"Portal:Identity:Clients:0:SecretSha256={Hash(Secret)}",
        $"Portal:Identity:Clients:0:RedirectUris:0={Callback}", "Portal:Identity:Clients:0:PostLogoutRedirectUris:0=https://shop.example.in/bye",
        "Portal:Identity:Clients:0:Scopes:0=profile", "Portal:Identity:Clients:0:Scopes:1=email", "Portal:Identity:Clients:0:Scopes:2=offline_access",
        "Portal:Identity:Clients:1:Id=rival", "Portal:Identity:Clients:1:Name=Another shop", $"Portal:Identity:Clients:1:SecretSha256={Hash(Secret)}",
        "Portal:Identity:Clients:1:RedirectUris:0=https://rival.example.in/signed-in",
        "Portal:Identity:Clients:1:Scopes:0=email",
    ];

    public string Issuer => portal.Address.ToString().TrimEnd('/');

    /// <summary>The authorization request in order; a value of null leaves the parameter out, another replaces or adds it.</summary>
    public static string Request(params (string Name, string? Value)[] changes)
    {
        var values = new Dictionary<string, string?>
        {
            ["client_id"] = Id,
            ["redirect_uri"] = Callback,
            ["response_type"] = "code",
            ["scope"] = "openid profile email",
            ["state"] = "state of the shop",
            ["nonce"] = "nonce of the shop",
            ["code_challenge"] = CommandLine.Challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes) values[name] = value;
        return "/oidc/authorize?" + string.Join('&', values.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value!)}"));
    }

    /// <summary>Where the provider sends the browser in the end; a person says yes and types a password where they are asked.</summary>
    public static async Task<Uri> Answer(Browser browser, string request)
    {
        var page = await browser.Get(request);
        for (var pages = 0; pages < 6 && page.Address.Host != "shop.example.in"; pages++)
        {
            page = page.Address.AbsolutePath == "/oidc/consent"
                ? await browser.Submit(page, "/oidc/consent", ("Answer", "yes"))
                : await browser.Submit(page, ("Email", PortalUnderTest.EmailOf("Asha Rao")), ("Password", PortalUnderTest.Password));
        }

        return page.Address;
    }

    public static async Task<string> Code(Browser browser, params (string Name, string? Value)[] changes)
    {
        var back = await Answer(browser, Request(changes));
        return Query(back, "code") ?? throw new InvalidOperationException($"No code came back: {back}");
    }

    public async Task<Tokens> SignIn(Browser browser, params (string Name, string? Value)[] changes)
    {
        var (status, answer) = await Redeem(await Code(browser, changes));
        if (status != HttpStatusCode.OK) throw new InvalidOperationException($"The code was refused: {answer}");
        return new Tokens(Text(answer, "access_token")!, Text(answer, "refresh_token"), await Read(Text(answer, "id_token")!), answer);
    }

    public Task<(HttpStatusCode Status, JsonElement Answer)> Redeem(string code, params (string Name, string? Value)[] changes) => Token(
        [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Callback), ("code_verifier", CommandLine.Verifier),
            .. changes,
        ]);

    public Task<(HttpStatusCode Status, JsonElement Answer)> Refresh(string? token, params (string Name, string? Value)[] changes) =>
        Token([("grant_type", "refresh_token"), ("refresh_token", token), .. changes]);

    /// <summary>Posts the form as the shop, by <c>client_secret_basic</c> unless the form names the client or <paramref name="basic"/> another.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Answer)> Token(
        IReadOnlyList<(string Name, string? Value)> form, string? basic = null, string path = "/oidc/token")
    {
        var values = new Dictionary<string, string?>();
        foreach (var (name, value) in form) values[name] = value;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative))
        {
            Content = new FormUrlEncodedContent(values.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value!))),
        };
        if (!values.ContainsKey("client_id")) request.Headers.TryAddWithoutValidation("Authorization", basic ?? Basic(Id, Secret));
        using var response = await wire.Send(request);
        var text = await response.Content.ReadAsStringAsync();
        using var document = JsonDocument.Parse(text.Length == 0 ? "{}" : text);
        return (response.StatusCode, document.RootElement.Clone());
    }

    public async Task<(HttpStatusCode Status, JsonElement Answer)> UserInfo(HttpMethod method, string? header, string? body = null, string query = "")
    {
        using var request = new HttpRequestMessage(method, new Uri("/oidc/userinfo" + query, UriKind.Relative));
        if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {header}");
        if (body is not null) request.Content = new FormUrlEncodedContent([KeyValuePair.Create("access_token", body)]);
        using var response = await wire.Send(request);
        var text = await response.Content.ReadAsStringAsync();
        using var document = JsonDocument.Parse(text.Length == 0 ? "{}" : text);
        return (response.StatusCode, document.RootElement.Clone());
    }

    public async Task<JsonElement> Json(string path)
    {
        using var response = await wire.SendGet(path);
        using var document = JsonDocument.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    /// <summary>The ID token, checked as OpenID Connect Core 3.1.3.7 asks a client to, by the published keys.</summary>
    public async Task<JsonWebToken> Read(string idToken)
    {
        var keys = JsonWebKeySet.Create((await Json("/oidc/keys")).GetRawText());
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(idToken, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = Id,
            IssuerSigningKeys = keys.GetSigningKeys(),
            TryAllIssuerSigningKeys = false,
            ValidateLifetime = false,
        });
        return result.IsValid ? (JsonWebToken)result.SecurityToken : throw new InvalidOperationException("The ID token is not good.", result.Exception);
    }

    public static string Basic(string id, string secret) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}"));

    public static string? Query(Uri address, string name) => HttpUtility.ParseQueryString(address.Query)[name];

    public static string? Text(JsonElement answer, string name) => answer.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public sealed record Tokens(string AccessToken, string? RefreshToken, JsonWebToken IdToken, JsonElement Answer)
    {
        public long AuthTime => IdToken.GetPayloadValue<long>("auth_time");
    }
}

/// <summary>The portal with its two shops, a clock that can be put forward, and somebody who is signed in.</summary>
public sealed class PortalWithShops : IAsyncLifetime
{
    internal PortalUnderTest Portal { get; private set; } = null!;

    internal Browser Browser { get; private set; } = null!;

    internal Shop Shop { get; private set; } = null!;

    internal ForwardClock Clock { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Portal = await PortalUnderTest.Start(Clock, Shop.Settings);
        Browser = await Portal.SignUpAsync("Asha Rao");
        Shop = new Shop(Portal);
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await Portal.DisposeAsync();
    }
}

/// <summary>The machine's clock, put forward.</summary>
internal sealed class ForwardClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}
