using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Ledger;

/// <summary>What the room offers the building: services, options, endpoints, work commands.</summary>
public static class LedgerRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddLedger(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }
}
