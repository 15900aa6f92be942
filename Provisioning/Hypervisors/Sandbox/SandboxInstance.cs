using System.Text.Json;
using System.Text.Json.Nodes;

namespace Provisioning.Hypervisors.Sandbox;

/// <summary>A make-believe instance as it is kept in the state file.</summary>
internal sealed record SandboxInstance
{
    public string Name { get; init; } = "";

    public string Status { get; set; } = "Stopped";

    public Dictionary<string, string> Config { get; set; } = [];

    public JsonObject Devices { get; set; } = [];

    /// <summary>The guest's files by path: what snapshots and backups bring back.</summary>
    public Dictionary<string, string> Files { get; set; } = [];

    public string? Lease { get; set; }

    public Dictionary<string, SandboxSnapshot> Snapshots { get; init; } = [];

    /// <summary>Backup name to its archive's file name; empty while it is written.</summary>
    public Dictionary<string, string> Backups { get; init; } = [];

    /// <summary>Counts the changes: the ETag.</summary>
    public int Version { get; set; }

    /// <summary>A copy that nobody else changes.</summary>
    public SandboxInstance Copy() => JsonSerializer.Deserialize<SandboxInstance>(JsonSerializer.Serialize(this))!;

    public string? FixedAddress => (string?)Devices["eth0"]?["ipv4.address"];

    public string? HardwareAddress => (string?)Devices["eth0"]?["hwaddr"] ?? Config.GetValueOrDefault("volatile.eth0.hwaddr");

    public string? Address => Status == "Running" ? FixedAddress ?? Lease : null;
}

/// <summary>What a snapshot brings back.</summary>
internal sealed record SandboxSnapshot(Dictionary<string, string> Files, Dictionary<string, string> Config);

/// <summary>What the sandbox does wrong on purpose. <c>PUT /sandbox/knobs</c> replaces it.</summary>
internal sealed record Knobs
{
    /// <summary>How long an operation takes, by kind: <c>create start stop delete snapshot restore backup import change</c>, or <c>*</c>.</summary>
    public Dictionary<string, int> SlowMilliseconds { get; init; } = [];

    /// <summary>Faults that happen once each, in their order.</summary>
    public List<Fault> Faults { get; init; } = [];

    /// <summary>Guests do not answer a graceful stop.</summary>
    public bool DeafGuests { get; init; }

    /// <summary>Aliases that are not there; every other one is.</summary>
    public List<string> MissingImages { get; init; } = ["no-such-image"];
}

/// <summary>One thing that goes wrong.</summary>
/// <param name="Kind">The kind of operation that it befalls, or <c>*</c>.</param>
/// <param name="How">
/// <c>fail</c>: the operation ends in failure. <c>error</c>: HTTP 500. <c>hang</c>: the operation never ends. <c>lose</c>: it is done, and
/// nobody remembers the operation. <c>half</c>: as if the daemon had died in the middle: half done, and the operation is gone.
/// </param>
/// <param name="Text">The words of the failure.</param>
internal sealed record Fault(string Kind, string How, string Text = "The sandbox was told to fail");
