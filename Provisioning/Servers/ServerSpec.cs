using System.Text.Json;
using System.Text.RegularExpressions;
using Database;
using Database.Work;
using Provisioning.Hypervisors;

namespace Provisioning.Servers;

/// <summary>The input of <c>server.create</c>: what was ordered and paid.</summary>
internal sealed partial record ServerSpec
{
    public string ServerId { get; init; } = "";

    public string OrderLineId { get; init; } = "";

    public string AccountId { get; init; } = "";

    public string Region { get; init; } = "";

    /// <summary>The image's alias on the hypervisor.</summary>
    public string Image { get; init; } = "";

    public string Hostname { get; init; } = "";

    public string Label { get; init; } = "";

    /// <summary>The public key that may sign in, one line.</summary>
    public string SshKey { get; init; } = "";

    public int Vcpu { get; init; }

    public int MemoryMib { get; init; }

    public int DiskGib { get; init; }

    /// <summary>Whether it was ordered with backups.</summary>
    public bool Backups { get; init; }

    /// <summary>The order in a work item, or null when it cannot be read.</summary>
    public static ServerSpec? In(WorkItem item)
    {
        try
        {
            return JsonSerializer.Deserialize<ServerSpec>(item.Input ?? "{}", WorkQueue.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What cannot be carried out, and why; null when all can. The portal has checked the form; this is the last door.</summary>
    public string? Problem(string resource)
    {
        if (!Id.TryParse<ServerId>(ServerId, out _)) return "The server's id is not one.";
        if (resource != ServerId) return "The work is for another server than its input.";
        if (AccountId.Length is 0 or > 30) return "The account is missing.";
        if (OrderLineId.Length is 0 or > 30) return "The order line is missing.";
        if (Region.Length is 0 or > 20) return "The region is missing.";
        if (Image.Length is 0 or > 80) return "The image is missing.";
        if (Hostname.Length > 253 || !Host().IsMatch(Hostname)) return "The hostname is not one of RFC 1123.";
        if (Label.Length > 80 || Label.Any(char.IsControl)) return "The name is longer than 80 characters or holds control characters.";
        if (SshKey.Length is 0 or > 2000 || SshKey.Any(char.IsControl)) return "The SSH key is not one line of at most 2000 characters.";
        if (Vcpu is < 1 or > 512 || MemoryMib is < 64 or > 16_777_216 || DiskGib is < 1 or > 1_048_576) return "The limits are out of bounds.";
        return null;
    }

    public Limits Limits => new(Vcpu, MemoryMib, DiskGib);

    [GeneratedRegex(@"^(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
