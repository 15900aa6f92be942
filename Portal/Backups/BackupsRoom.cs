namespace Portal.Backups;

/// <summary>What the room offers the building: services, options, endpoints, work commands.</summary>
public static class BackupsRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddBackups(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }

    /// <summary>Maps the room's endpoints.</summary>
    public static void MapBackups(this IEndpointRouteBuilder routes) => BackupsApi.Map(routes);
}
