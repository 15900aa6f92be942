using System.Globalization;
using System.Net;

namespace Portal.Identity.Applications;

/// <summary>From where a token or a service account is good: networks in CIDR notation, kept as a text with blanks between; null is everywhere.</summary>
internal static class Networks
{
    private const int Most = 20;

    /// <summary>In the form they are kept in; nothing typed is everywhere.</summary>
    public static string? Kept(string typed) => Read(typed) is { Count: > 0 } networks ? string.Join(' ', networks) : null;

    /// <summary>What is wrong with what was typed, separated by blanks, commas or lines.</summary>
    public static IEnumerable<ApplicationTrouble> Troubles(string field, string typed)
    {
        if (Read(typed) is not { } networks)
            yield return new(field, "network_invalid", "Enter addresses such as 203.0.113.7 or networks such as 203.0.113.0/24 and 2001:db8::/32.");
        else if (networks.Count > Most)
            yield return new(field, "too_many_networks", $"Enter at most {Most} networks.");
    }

    public static bool Include(string? kept, string ip) =>
        kept is null || (IPAddress.TryParse(ip, out var address)
            && kept.Split(' ').Any(text => IPNetwork.TryParse(text, out var network) && network.Contains(address)));

    // null when one of them is none
    private static List<string>? Read(string typed)
    {
        var read = new List<string>();
        foreach (var text in typed.Split([' ', ',', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Network(text) is not { } network) return null;
            read.Add(network);
        }

        return read;
    }

    private static string? Network(string text)
    {
        var parts = text.Split('/', 2);
        // 010.0.0.1 is read as octal and 1 as 0.0.0.1: neither is what somebody meant
        if (!IPAddress.TryParse(parts[0], out var address) || address.IsIPv4MappedToIPv6 || parts[0].Contains('%', StringComparison.Ordinal)) return null;
        if (!parts[0].Contains(':', StringComparison.Ordinal) && address.ToString() != parts[0]) return null;
        var bytes = address.GetAddressBytes();
        var length = bytes.Length * 8;
        if (parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bytes.Length * 8)) return null;
        // 203.0.113.7/24 means its network
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return $"{new IPAddress(bytes)}/{length}";
    }
}
