using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;

namespace Portal.Tests;

/// <summary>What a command-line program does to sign in (RFC 8252): a browser, a loopback address, PKCE.</summary>
public static class CommandLine
{
    public const string Callback = "http://127.0.0.1:49152/callback";
    public static readonly string Verifier = Base64Url.EncodeToString(SHA256.HashData("a verifier for tests"u8));
    public static readonly string Challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public sealed record Tokens(string AccessToken, string? RefreshToken, string? IdToken);

    /// <summary>The authorization request in order; a value of null leaves the parameter out, another replaces it.</summary>
    public static string Request(params (string Name, string? Value)[] changes)
    {
        var values = new Dictionary<string, string?>
        {
            ["client_id"] = "portal-cli",
            ["redirect_uri"] = Callback,
            ["response_type"] = "code",
            ["scope"] = "openid email api offline_access",
            ["state"] = "state-of-the-program",
            ["nonce"] = "nonce-of-the-program",
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes) values[name] = value;
        return "/oidc/authorize?" + string.Join('&', values.Where(pair => pair.Value is not null).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value!)}"));
    }

    /// <summary>The code that comes back to the program after a person has said yes.</summary>
    public static async Task<string> Code(Browser browser, string? request = null)
    {
        var consent = await browser.Get(request ?? Request());
        var back = await browser.Submit(consent, "/oidc/consent", ("Answer", "yes"));
        return Query(back.Address, "code") ?? throw new InvalidOperationException($"No code came back: {back.Address}");
    }

    public static async Task<Tokens> SignIn(Browser browser)
    {
        var (status, answer) = await Redeem(browser, await Code(browser));
        if (status != HttpStatusCode.OK) throw new InvalidOperationException($"The code was refused: {answer}");
        return new Tokens(Text(answer, "access_token")!, Text(answer, "refresh_token"), Text(answer, "id_token"));
    }

    public static Task<(HttpStatusCode Status, JsonElement Answer)> Redeem(Browser browser, string code, params (string Name, string? Value)[] changes)
    {
        var values = new Dictionary<string, string?>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["client_id"] = "portal-cli",
            ["redirect_uri"] = Callback,
            ["code_verifier"] = Verifier,
        };
        foreach (var (name, value) in changes) values[name] = value;
        return Token(browser, values);
    }

    public static Task<(HttpStatusCode Status, JsonElement Answer)> Refresh(Browser browser, string token) => Token(
        browser, new() { ["grant_type"] = "refresh_token", ["refresh_token"] = token, ["client_id"] = "portal-cli" });

    /// <summary>The status an API request with this token is answered with.</summary>
    public static async Task<HttpStatusCode> UserInfo(Browser browser, string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/oidc/userinfo", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {accessToken}");
        using var response = await browser.Send(request);
        return response.StatusCode;
    }

    public static string? Query(Uri address, string name) => HttpUtility.ParseQueryString(address.Query)[name];

    public static string? Text(JsonElement answer, string name) => answer.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> Token(Browser browser, Dictionary<string, string?> values)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/oidc/token", UriKind.Relative))
        {
            Content = new FormUrlEncodedContent(values.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value!))),
        };
        using var response = await browser.Send(request);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return (response.StatusCode, document.RootElement.Clone());
    }
}
