using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Portal.Identity.SignIn;

/// <summary>
/// The configured issuer as this process sees it. Metadata and keys are fetched when first needed, so the portal starts without its
/// issuer; addresses that carry the issuer's public name are reached over the backchannel.
/// </summary>
internal sealed class Issuer : IDisposable
{
    private const int LongestAnswer = 256 * 1024;

    private readonly PublicAddress address;
    private readonly IOptions<IdentityOptions> options;
    private readonly Oidc.Clients clients;
    private readonly HttpClient http;
    private readonly Lazy<ConfigurationManager<OpenIdConnectConfiguration>> metadata;

    public Issuer(PublicAddress address, IOptions<IdentityOptions> options, Oidc.Clients clients)
    {
        (this.address, this.options, this.clients) = (address, options, clients);
        // no proxy on the way to a neighbour, no redirect to wherever
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = !options.Value.IsOwnProvider && options.Value.Backchannel.Length == 0,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        })
        {
            Timeout = options.Value.IssuerWithin,
            MaxResponseContentBufferSize = LongestAnswer,
        };
        metadata = new(() => new ConfigurationManager<OpenIdConnectConfiguration>(
            address.Issuer + Oidc.Discovery.Path, new OpenIdConnectConfigurationRetriever(), new Documents(this)));
    }

    public string Name => address.Issuer;

    /// <exception cref="IssuerException">It is not to be reached or is another one.</exception>
    public async Task<OpenIdConnectConfiguration> Metadata(CancellationToken cancelled)
    {
        OpenIdConnectConfiguration found;
        try
        {
            found = await metadata.Value.GetConfigurationAsync(cancelled);
        }
        catch (Exception trouble) when (trouble is InvalidOperationException or HttpRequestException or IOException)
        {
            throw new IssuerException("The sign-in provider cannot be reached.", trouble);
        }

        // OpenID Connect Discovery 4.3: the issuer in the document is the one that was asked
        return string.Equals(found.Issuer.TrimEnd('/'), Name, StringComparison.Ordinal)
            ? found
            : throw new IssuerException($"The sign-in provider calls itself {found.Issuer}, Portal:Identity:Issuer says {Name}.");
    }

    /// <summary>The key that a token names may be newer than what we know.</summary>
    public void Refresh() => metadata.Value.RequestRefresh();

    /// <summary>Redeems the code (RFC 6749 section 4.1.3 with RFC 7636 section 4.5).</summary>
    /// <exception cref="IssuerException">It is not to be reached, or the code is not good.</exception>
    public async Task<string> Redeem(string code, string verifier, CancellationToken cancelled)
    {
        var endpoint = (await Metadata(cancelled)).TokenEndpoint;
        using var request = new HttpRequestMessage(HttpMethod.Post, Near(endpoint));
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = address.Of(Paths.Callback),
            ["code_verifier"] = verifier,
        });
        var secret = options.Value.IsOwnProvider ? clients.OwnSecret : options.Value.ClientSecret;
        // RFC 6749 section 2.3.1: form-encoded, then base64
        var basic = $"{Uri.EscapeDataString(options.Value.ClientId)}:{Uri.EscapeDataString(secret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        try
        {
            using var response = await http.SendAsync(request, cancelled);
            var answer = response.Content.Headers.ContentType?.MediaType == "application/json"
                ? await response.Content.ReadFromJsonAsync<Answer>(cancelled)
                : null;
            return response.IsSuccessStatusCode && answer is { IdToken.Length: > 0 }
                ? answer.IdToken
                : throw new IssuerException($"The sign-in provider refused the code: {answer?.Error ?? response.StatusCode.ToString()}.");
        }
        catch (Exception trouble) when (trouble is HttpRequestException or System.Text.Json.JsonException
            || (trouble is OperationCanceledException && !cancelled.IsCancellationRequested))
        {
            throw new IssuerException("The sign-in provider did not answer.", trouble);
        }
    }

    public void Dispose() => http.Dispose();

    private string Near(string endpoint) =>
        endpoint.StartsWith(Name + "/", StringComparison.Ordinal) ? address.Backchannel + endpoint[Name.Length..] : endpoint;

    private sealed record Answer
    {
        [JsonPropertyName("id_token")]
        public string IdToken { get; init; } = "";

        [JsonPropertyName("error")]
        public string? Error { get; init; }
    }

    private sealed class Documents(Issuer issuer) : IDocumentRetriever
    {
        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            if (!IdentityOptions.IsSafe(issuer.Near(address))) throw new IOException($"{address} is neither https nor on this machine.");
            using var response = await issuer.http.GetAsync(issuer.Near(address), cancel);
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadAsStringAsync(cancel);
        }
    }
}

/// <summary>The issuer cannot be reached or says something that cannot be. The message is for the log.</summary>
internal sealed class IssuerException(string message, Exception? inner = null) : Exception(message, inner);
