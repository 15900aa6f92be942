using System.Globalization;
using System.Text.Json.Nodes;

namespace Provisioning.Hypervisors;

/// <summary>An instance to be made. Everything in it is decided before the first call, so that a second try asks for the same.</summary>
internal sealed record InstanceSpec
{
    /// <summary>The name, unique on the whole hypervisor: letters, digits and hyphens.</summary>
    public required string Name { get; init; }

    /// <summary>Whose it is: written into the instance, compared before an instance that is found is taken for ours.</summary>
    public required string Job { get; init; }

    /// <summary>The image's alias.</summary>
    public required string Image { get; init; }

    /// <summary>What the guest calls itself.</summary>
    public required string Hostname { get; init; }

    /// <summary>The public key that may sign in as root, one line.</summary>
    public required string SshKey { get; init; }

    /// <summary>The customer's name for it.</summary>
    public string Label { get; init; } = "";

    /// <summary>Its limits.</summary>
    public required Limits Limits { get; init; }

    /// <summary>A fixed IPv4 address, or null to take what the network's DHCP gives.</summary>
    public string? Address { get; init; }
}

/// <summary>Processor threads, memory and root disk.</summary>
internal sealed record Limits(int Vcpu, int MemoryMib, int DiskGib);

/// <summary>An instance as the hypervisor describes it.</summary>
internal sealed record Instance
{
    public const string JobKey = "user.portal.job";
    public const string LabelKey = "user.portal.label";
    public const string ImportKey = "user.portal.import";

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>Running</c>, <c>Stopped</c>, <c>Frozen</c>, <c>Error</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Its own configuration.</summary>
    public required IReadOnlyDictionary<string, string> Config { get; init; }

    /// <summary>Its own devices.</summary>
    public required JsonObject Devices { get; init; }

    /// <summary>What the next change must be based on.</summary>
    public string? ETag { get; init; }

    /// <summary>The IPv4 address that the guest has now; null when it was not asked for or has none.</summary>
    public string? Address { get; init; }

    /// <summary>Whose it is.</summary>
    public string? Job => Config.GetValueOrDefault(JobKey);

    public bool Running => Status == "Running";

    public bool Stopped => Status == "Stopped";

    /// <summary>
    /// Left behind by a hypervisor that died while making it. It looks stopped and healthy. A complete instance that was never started
    /// carries a template to apply, a started one its last power state; this one has neither. It must be deleted before anything else:
    /// an attempt to start it makes it undeletable on btrfs.
    /// </summary>
    public bool HalfMade => Stopped
        && string.IsNullOrEmpty(Config.GetValueOrDefault("volatile.apply_template"))
        && string.IsNullOrEmpty(Config.GetValueOrDefault("volatile.last_state.power"));

    /// <summary>The fixed IPv4 address, when it has one.</summary>
    public string? FixedAddress => (string?)Devices["eth0"]?["ipv4.address"];

    /// <summary>The limits it has; null when they were not set by us.</summary>
    public Limits? Limits =>
        int.TryParse(Config.GetValueOrDefault("limits.cpu"), NumberStyles.None, CultureInfo.InvariantCulture, out var vcpu)
        && Whole(Config.GetValueOrDefault("limits.memory"), "MiB") is { } memory
        && Whole((string?)Devices["root"]?["size"], "GiB") is { } disk
            ? new Limits(vcpu, memory, disk)
            : null;

    internal static Instance From(JsonNode found, string? etag = null) => new()
    {
        Name = (string)found["name"]!,
        Status = (string?)found["status"] ?? "",
        Config = found["config"]?.AsObject().ToDictionary(pair => pair.Key, pair => (string?)pair.Value ?? "", StringComparer.Ordinal) ?? [],
        Devices = found["devices"]?.DeepClone().AsObject() ?? [],
        ETag = etag,
        Address = found["state"] is JsonObject state ? AddressIn(state) : null,
    };

    internal static string? AddressIn(JsonNode? state) => (state?["network"]?["eth0"]?["addresses"]?.AsArray() ?? [])
        .Where(one => (string?)one?["family"] == "inet" && (string?)one?["scope"] == "global")
        .Select(one => (string?)one!["address"])
        .FirstOrDefault();

    private static int? Whole(string? text, string unit) =>
        text is not null && text.EndsWith(unit, StringComparison.Ordinal)
        && int.TryParse(text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var amount) ? amount : null;
}
