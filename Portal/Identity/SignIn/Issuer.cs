using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Portal.Identity.SignIn;

/// <summary>What the token endpoint gave for a code.</summary>
internal sealed record Redeemed(string IdToken, string? AccessToken);

/// <summary>
/// An issuer as this process sees it. Metadata and keys are fetched when first needed, so the portal starts without its issuers;
/// addresses that carry the issuer's public name are reached over the backchannel.
/// </summary>
internal sealed class Issuer(Func<IssuerSettings> read, HttpClient http, PublicAddress address, TimeProvider clock)
{
    public const int LongestAnswer = 256 * 1024;

    // long enough to ask nobody for anything; whoever is asked for max_age has to say when the person signed in (OpenID Connect Core 2)
    private static readonly TimeSpan LongAgo = TimeSpan.FromDays(30);

    private readonly IssuerDocuments documents = new(http, clock);

    public IssuerSettings Settings => read();

    public string Key => Settings.Key;

    public string Name => Settings.Name;

    /// <exception cref="IssuerException">It is not to be reached or is another one.</exception>
    public Task<OpenIdConnectConfiguration> Metadata(CancellationToken cancelled) => documents.Get(Settings, cancelled);

    /// <summary>The key that a token names may be newer than what we know.</summary>
    public void Refresh() => documents.Refresh();

    /// <summary>Where a browser begins (OpenID Connect Core 3.1.2.1 with RFC 7636 section 4.3).</summary>
    public async Task<string> AuthorizeAddress(Correlation asked, string? loginHint, CancellationToken cancelled)
    {
        var (settings, metadata) = (Settings, await Metadata(cancelled));
        var values = new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = settings.ClientId,
            ["redirect_uri"] = address.Of(settings.CallbackPath),
            ["scope"] = settings.Scope,
            ["state"] = asked.State,
            ["nonce"] = asked.Nonce,
            ["code_challenge"] = asked.Challenge,
            ["code_challenge_method"] = "S256",
        };
        if (!string.IsNullOrEmpty(loginHint)) values["login_hint"] = loginHint;
        if (asked.Acr is { } acr) values["acr_values"] = acr;
        if ((asked.FreshFor ?? (settings.IsOwn ? null : LongAgo)) is { } age)
            values["max_age"] = ((long)age.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        // some issuers know no max_age
        if (asked.FreshFor is not null && !settings.IsOwn) values["prompt"] = "login";
        return QueryHelpers.AddQueryString(metadata.AuthorizationEndpoint, values);
    }

    /// <summary>Redeems the code (RFC 6749 section 4.1.3 with RFC 7636 section 4.5).</summary>
    /// <exception cref="IssuerException">It is not to be reached, or the code is not good.</exception>
    public async Task<Redeemed> Redeem(string code, string verifier, CancellationToken cancelled)
    {
        var (ok, answer) = await Token(code, verifier, cancelled);
        return ok && answer is { IdToken.Length: > 0 }
            ? new Redeemed(answer.IdToken, answer.AccessToken)
            : throw new IssuerException($"The sign-in provider refused the code: {Texts.Cut(answer?.Error ?? "no ID token", 60)}.");
    }

    /// <summary>
    /// Whether the issuer knows the client id and secret: it refuses a made-up code in another way than a made-up client (RFC 6749 section 5.2).
    /// </summary>
    /// <exception cref="IssuerException">It is not to be reached.</exception>
    public async Task<bool> KnowsClient(CancellationToken cancelled)
    {
        var (_, answer) = await Token(Secrets.New(), Secrets.New(), cancelled);
        return answer?.Error is "invalid_grant" or "invalid_request";
    }

    /// <summary>What the userinfo endpoint tells; null where there is none (OpenID Connect Core 5.3).</summary>
    /// <exception cref="IssuerException">It is not to be reached.</exception>
    public async Task<JsonElement?> UserInfo(string? accessToken, CancellationToken cancelled)
    {
        var (settings, metadata) = (Settings, await Metadata(cancelled));
        if (string.IsNullOrEmpty(accessToken) || string.IsNullOrEmpty(metadata.UserInfoEndpoint)) return null;
        using var request = new HttpRequestMessage(HttpMethod.Get, IssuerDocuments.Near(settings, metadata.UserInfoEndpoint));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await Ask<JsonElement?>(request, async response => response.IsSuccessStatusCode && IsJson(response)
            ? await response.Content.ReadFromJsonAsync<JsonElement>(cancelled)
            : null, cancelled);
    }

    private async Task<(bool Ok, Answer? Answer)> Token(string code, string verifier, CancellationToken cancelled)
    {
        var (settings, metadata) = (Settings, await Metadata(cancelled));
        var values = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = address.Of(settings.CallbackPath),
            ["code_verifier"] = verifier,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, IssuerDocuments.Near(settings, metadata.TokenEndpoint));
        if (WantsSecretInBody(metadata))
        {
            (values["client_id"], values["client_secret"]) = (settings.ClientId, settings.ClientSecret);
        }
        else
        {
            // RFC 6749 section 2.3.1: form-encoded, then base64
            var basic = $"{Uri.EscapeDataString(settings.ClientId)}:{Uri.EscapeDataString(settings.ClientSecret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        }

        request.Content = new FormUrlEncodedContent(values);
        return await Ask(request, async response =>
            (response.IsSuccessStatusCode, IsJson(response) ? await response.Content.ReadFromJsonAsync<Answer>(cancelled) : null), cancelled);
    }

    private async Task<T> Ask<T>(HttpRequestMessage request, Func<HttpResponseMessage, Task<T>> answer, CancellationToken cancelled)
    {
        try
        {
            using var response = await http.SendAsync(request, cancelled);
            return await answer(response);
        }
        catch (Exception trouble) when (trouble is HttpRequestException or IOException or JsonException
            || (trouble is OperationCanceledException && !cancelled.IsCancellationRequested))
        {
            throw new IssuerException("The sign-in provider did not answer.", trouble);
        }
    }

    // OpenID Connect Discovery 3: client_secret_basic where nothing is said
    private static bool WantsSecretInBody(OpenIdConnectConfiguration metadata) =>
        metadata.TokenEndpointAuthMethodsSupported is { Count: > 0 } methods
        && !methods.Contains("client_secret_basic") && methods.Contains("client_secret_post");

    private static bool IsJson(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType == "application/json";

    private sealed record Answer
    {
        [JsonPropertyName("id_token")]
        public string IdToken { get; init; } = "";

        [JsonPropertyName("access_token")]
        public string? AccessToken { get; init; }

        [JsonPropertyName("error")]
        public string? Error { get; init; }
    }
}

/// <summary>The issuer cannot be reached or says something that cannot be. The message is for the log.</summary>
internal sealed class IssuerException(string message, Exception? inner = null) : Exception(message, inner);
