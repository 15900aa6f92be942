using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Portal.Identity.SignIn;

/// <summary>
/// An issuer's metadata and keys, kept for an hour. Those who ask meanwhile share one fetch; what was known stays good for a day when
/// the issuer does not answer.
/// </summary>
internal sealed class IssuerDocuments(HttpClient http, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan StillGood = TimeSpan.FromDays(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private const int RefreshesPerMinute = 6;

    private readonly Lock gate = new();
    private Task<OpenIdConnectConfiguration>? running;
    private OpenIdConnectConfiguration? known;
    private DateTimeOffset fetchedAt;
    private DateTimeOffset fetchAgainAt = DateTimeOffset.MinValue;
    private DateTimeOffset minute;
    private int refreshes;

    /// <exception cref="IssuerException">It is not to be reached or is another one.</exception>
    public async Task<OpenIdConnectConfiguration> Get(IssuerSettings settings, CancellationToken cancelled)
    {
        Task<OpenIdConnectConfiguration> fetch;
        lock (gate)
        {
            if (known is { } kept && clock.GetUtcNow() < fetchAgainAt) return kept;
            fetch = running ??= Task.Run(() => Fetch(settings), CancellationToken.None);
        }

        return await fetch.WaitAsync(cancelled);
    }

    // whoever sends tokens with invented key names does not make us hammer the issuer
    public void Refresh()
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            if (now - minute > TimeSpan.FromMinutes(1)) (minute, refreshes) = (now, 0);
            if (refreshes++ < RefreshesPerMinute) fetchAgainAt = DateTimeOffset.MinValue;
        }
    }

    /// <summary>The address as this process reaches it.</summary>
    public static string Near(IssuerSettings settings, string endpoint) =>
        endpoint.StartsWith(settings.Name + "/", StringComparison.Ordinal) ? settings.Backchannel + endpoint[settings.Name.Length..] : endpoint;

    private async Task<OpenIdConnectConfiguration> Fetch(IssuerSettings settings)
    {
        try
        {
            var found = await Read(settings);
            lock (gate)
            {
                (known, fetchedAt, running) = (found, clock.GetUtcNow(), null);
                fetchAgainAt = fetchedAt + Fresh;
            }

            return found;
        }
        catch (IssuerException)
        {
            lock (gate)
            {
                running = null;
                var now = clock.GetUtcNow();
                if (known is not { } kept || now > fetchedAt + StillGood) throw;
                fetchAgainAt = now + Pause;
                return kept;
            }
        }
    }

    private async Task<OpenIdConnectConfiguration> Read(IssuerSettings settings)
    {
        OpenIdConnectConfiguration found;
        try
        {
            found = await OpenIdConnectConfigurationRetriever.GetAsync(
                settings.Name + Oidc.Discovery.Path, new Retriever(settings, http), CancellationToken.None);
        }
        catch (Exception trouble) when (trouble is InvalidOperationException or HttpRequestException or IOException
            or System.Text.Json.JsonException or ArgumentException or OperationCanceledException or FormatException)
        {
            throw new IssuerException("The sign-in provider cannot be reached.", trouble);
        }

        // OpenID Connect Discovery 4.3: the issuer in the document is the one that was asked
        if (!string.Equals((found.Issuer ?? "").TrimEnd('/'), settings.Name, StringComparison.Ordinal))
            throw new IssuerException($"The sign-in provider calls itself {Texts.Cut(found.Issuer, 300)}; it is configured as {settings.Name}.");
        // browsers are sent there, secrets too
        if (!IdentityOptions.IsSafeWithQuery(found.AuthorizationEndpoint) || !IsReachable(settings, found.TokenEndpoint))
            throw new IssuerException("The sign-in provider names an endpoint that is neither https nor on this machine.");
        if (!string.IsNullOrEmpty(found.EndSessionEndpoint) && !IdentityOptions.IsSafeWithQuery(found.EndSessionEndpoint))
            found.EndSessionEndpoint = null;
        if (!string.IsNullOrEmpty(found.UserInfoEndpoint) && !IsReachable(settings, found.UserInfoEndpoint)) found.UserInfoEndpoint = null;
        return found;
    }

    private static bool IsReachable(IssuerSettings settings, string? endpoint) => !string.IsNullOrEmpty(endpoint)
        && ((settings.Backchannel != settings.Name && endpoint.StartsWith(settings.Name + "/", StringComparison.Ordinal))
            || IdentityOptions.IsSafeWithQuery(endpoint));

    private sealed class Retriever(IssuerSettings settings, HttpClient http) : IDocumentRetriever
    {
        public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
        {
            if (!IsReachable(settings, address)) throw new IOException($"{address} is neither https nor on this machine.");
            using var response = await http.GetAsync(Near(settings, address), cancel);
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadAsStringAsync(cancel);
        }
    }
}
