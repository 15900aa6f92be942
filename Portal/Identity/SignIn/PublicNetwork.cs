using System.Net;
using System.Net.Sockets;

namespace Portal.Identity.SignIn;

/// <summary>
/// Connections to addresses that a customer has named: the name is resolved once, the answer is checked, and the connection is made to
/// the very address that was checked, so that a name which answers differently the second time leads nowhere else.
/// </summary>
internal sealed class PublicNetwork
{
    // RFC 6890 and what has come since: not reachable from the internet, or leading back into a private network
    private static readonly IPNetwork[] Private =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10",
            "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    private readonly IPNetwork[] allowed;

    public PublicNetwork(string allowedNetworks) => allowed = Read(allowedNetworks) ?? [];

    /// <summary>Null when the setting is no list of networks.</summary>
    public static IPNetwork[]? Read(string networks)
    {
        var read = new List<IPNetwork>();
        foreach (var text in networks.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!IPNetwork.TryParse(text, out var network)) return null;
            read.Add(network);
        }

        return [.. read];
    }

    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return allowed.Any(network => network.Contains(plain)) || !Private.Any(network => network.Contains(plain));
    }

    public async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancelled)
    {
        var found = IPAddress.TryParse(context.DnsEndPoint.Host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancelled);
        var good = found.Where(Allows).ToArray();
        // one refused answer refuses the name: a public address beside a private one is a trick, not a choice
        if (good.Length == 0 || good.Length != found.Length)
            throw new PrivateAddressException($"{context.DnsEndPoint.Host} is an address inside a private network.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(good, context.DnsEndPoint.Port, cancelled);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A customer's address leads into a network of ours.</summary>
internal sealed class PrivateAddressException(string message) : IOException(message);
