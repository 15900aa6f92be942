using System.Net;

namespace Provisioning.Hypervisors;

/// <summary>One hypervisor or cluster. Section <c>Provisioning:Hypervisors</c> holds a list of them.</summary>
internal sealed record HypervisorOptions
{
    /// <summary>The catalogue's region code that this hypervisor serves, e.g. <c>blr</c>.</summary>
    public string Region { get; init; } = "";

    /// <summary>The API's address, e.g. <c>https://10.0.0.5:8443</c>. Plain http is for the sandbox on this machine.</summary>
    public string Url { get; init; } = "";

    /// <summary>The path of the API's unix socket, instead of <see cref="Url"/>.</summary>
    public string Socket { get; init; } = "";

    /// <summary>PEM file of the client certificate that the hypervisor trusts.</summary>
    public string ClientCertificate { get; init; } = "";

    /// <summary>PEM file of its private key.</summary>
    public string ClientKey { get; init; } = "";

    /// <summary>SHA-256 of the hypervisor's own certificate, hex: no other server is talked to.</summary>
    public string ServerFingerprint { get; init; } = "";

    /// <summary>The storage pool of the servers' disks.</summary>
    public string Pool { get; init; } = "default";

    /// <summary>The network that servers are attached to.</summary>
    public string Network { get; init; } = "";

    /// <summary>The project that holds the servers; instance names are unique on the whole hypervisor all the same.</summary>
    public string Project { get; init; } = "default";

    /// <summary>How long one background operation of the hypervisor is waited for before the try counts as failed.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with the settings and how to mend it.</summary>
    internal IEnumerable<string> Problems(bool production)
    {
        var where = $"Provisioning:Hypervisors ({(Region.Length > 0 ? Region : "no region")})";
        if (Region.Length == 0) yield return $"{where}: Region is empty; set the catalogue's region code, e.g. blr.";
        if (Network.Length == 0) yield return $"{where}: Network is empty; name the network that servers are attached to.";
        if (Pool.Length == 0) yield return $"{where}: Pool is empty; name the storage pool of the servers' disks.";
        if (Project.Length == 0) yield return $"{where}: Project is empty; set 'default' or the project that holds the servers.";
        if (Patience <= TimeSpan.Zero) yield return $"{where}: Patience is not positive; set e.g. 00:05:00.";
        if (Url.Length > 0 == Socket.Length > 0)
        {
            yield return $"{where}: set exactly one of Url and Socket.";
            yield break;
        }

        if (Socket.Length > 0) yield break;
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            yield return $"{where}: Url is not an address; set e.g. https://10.0.0.5:8443.";
            yield break;
        }

        if (url.Scheme == "http")
        {
            if (production) yield return $"{where}: Url is plain http, which is for the sandbox; production needs https or a unix socket.";
            else if (!Loopback(url)) yield return $"{where}: Url is plain http to another machine; use https there.";
            yield break;
        }

        if (!File.Exists(ClientCertificate)) yield return $"{where}: ClientCertificate names no file; set the PEM file of the client certificate.";
        if (!File.Exists(ClientKey)) yield return $"{where}: ClientKey names no file; set the PEM file of the certificate's private key.";
        if (Fingerprint.Length != 64 || !Fingerprint.All(char.IsAsciiHexDigit))
            yield return $"{where}: ServerFingerprint is not a SHA-256 in hex; take it from 'openssl x509 -fingerprint -sha256' of the server's certificate.";
    }

    /// <summary><see cref="ServerFingerprint"/> as plain upper-case hex.</summary>
    internal string Fingerprint => ServerFingerprint.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();

    private static bool Loopback(Uri url) =>
        url.Host == "localhost" || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}

/// <summary>All hypervisors, one for each region.</summary>
internal sealed record HypervisorsOptions
{
    /// <summary>The list.</summary>
    public List<HypervisorOptions> Regions { get; } = [];

    internal IEnumerable<string> Problems(bool production)
    {
        foreach (var twice in Regions.GroupBy(one => one.Region, StringComparer.Ordinal).Where(group => group.Count() > 1))
            yield return $"Provisioning:Hypervisors: the region {twice.Key} is listed {twice.Count()} times; list each region once.";
        foreach (var problem in Regions.SelectMany(one => one.Problems(production))) yield return problem;
    }
}
