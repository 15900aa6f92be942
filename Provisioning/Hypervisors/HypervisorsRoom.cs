using Microsoft.Extensions.Options;

namespace Provisioning.Hypervisors;

/// <summary>What the room offers the building: the hypervisors of all regions.</summary>
public static class HypervisorsRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddHypervisors(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<HypervisorsOptions>()
            .Configure(options => configuration.GetSection("Provisioning:Hypervisors").Bind(options.Regions))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<HypervisorsOptions>, HypervisorsValidation>();
        services.AddSingleton<HypervisorsByRegion>();
        return services;
    }

    private sealed class HypervisorsValidation(IHostEnvironment environment) : IValidateOptions<HypervisorsOptions>
    {
        public ValidateOptionsResult Validate(string? name, HypervisorsOptions options)
        {
            var problems = options.Problems(environment.IsProduction()).ToList();
            return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
