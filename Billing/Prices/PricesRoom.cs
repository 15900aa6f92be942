using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Prices;

/// <summary>What the room offers the building: services, options, endpoints, work commands.</summary>
public static class PricesRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddPrices(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }
}
