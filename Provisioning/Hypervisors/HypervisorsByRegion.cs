using Microsoft.Extensions.Options;

namespace Provisioning.Hypervisors;

/// <summary>The hypervisors of all regions.</summary>
internal sealed class HypervisorsByRegion(IOptions<HypervisorsOptions> settings) : IDisposable
{
    private readonly Dictionary<string, Hypervisor> byRegion =
        settings.Value.Regions.ToDictionary(one => one.Region, one => new Hypervisor(one), StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<Hypervisor> All => byRegion.Values;

    /// <summary>The one of the region.</summary>
    /// <exception cref="HypervisorException">None is configured for it: the operator can mend that, so it is tried again.</exception>
    public Hypervisor In(string region) => byRegion.TryGetValue(region, out var found)
        ? found
        : throw new HypervisorException(
            HypervisorTrouble.Broken,
            "provisioning.hypervisors.no_region",
            $"No hypervisor is configured for the region '{region}'; add it to Provisioning:Hypervisors.");

    public void Dispose()
    {
        foreach (var one in byRegion.Values) one.Dispose();
    }
}
