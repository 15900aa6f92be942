namespace Provisioning.Plan;

/// <summary>What the room offers the building: a runner for plans of steps.</summary>
public static class PlanRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddPlan(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PlanOptions>().Bind(configuration.GetSection("Provisioning"))
            .Validate<IHostEnvironment>(
                (options, environment) => options.CrashAt.Length == 0 || environment.IsDevelopment(),
                "Provisioning:CrashAt ends the worker on purpose; remove it, or run in the Development environment.")
            .ValidateOnStart();
        services.AddSingleton<CrashPoint>();
        services.AddSingleton<PlanRunner>();
        return services;
    }
}
