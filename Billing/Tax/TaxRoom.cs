using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Billing.Tax;

/// <summary>What the room offers the building: the rules of GST, and the provider as <see cref="Supplier"/>.</summary>
public static class TaxRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddTax(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<Supplier>().Bind(configuration.GetSection("Billing:Supplier")).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<Supplier>, SupplierCheck>());
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<Supplier>>().Value);
        return services;
    }

    private sealed class SupplierCheck : IValidateOptions<Supplier>
    {
        public ValidateOptionsResult Validate(string? name, Supplier options) =>
            options.Faults().ToList() is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
