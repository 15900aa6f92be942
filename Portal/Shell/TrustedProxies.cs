using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace Portal.Shell;

/// <summary>
/// Whose word the portal takes for where a request comes from: a reverse proxy in front of it names the browser's address and whether
/// the browser came by https. Nobody else's such headers are read, and the public name is never taken from a request.
/// </summary>
internal static class TrustedProxies
{
    // a browser may itself stand behind proxies: more hops of our own than this nobody builds
    private const int MostHops = 8;
    private const string Setting = "Portal:Shell:TrustedProxies";

    internal static IEnumerable<string> Problems(ShellOptions options, IConfiguration configuration)
    {
        if (configuration.GetValue<bool>("FORWARDEDHEADERS_ENABLED"))
            yield return $"ASPNETCORE_FORWARDEDHEADERS_ENABLED would believe anybody's headers; remove it and list your proxies in {Setting}.";
        foreach (var text in options.TrustedProxies)
        {
            if (Read(text) is not { } network)
                yield return $"{Setting} has '{text}', which is no address and no network; write 10.0.0.5, 10.0.0.0/24 or fd00::/64.";
            else if (network.PrefixLength == 0)
                yield return $"{Setting} has '{text}', which is everybody: any browser could claim any address. List the proxies alone.";
        }
    }

    /// <summary>Comes first in the pipeline, so that everything behind it sees the browser and not the proxy.</summary>
    internal static void UseTrustedProxies(this WebApplication app)
    {
        // not as options: these are checked with all others when the host starts
        var trusted = app.Configuration.GetSection(Setting).Get<string[]>() ?? [];
        if (trusted.Length == 0) return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = MostHops,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in trusted.Select(Read).OfType<IPNetwork>()) options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }

    private static IPNetwork? Read(string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) && !text.Contains('/', StringComparison.Ordinal)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : null;
}
