namespace Portal.Operations;

/// <summary>What the room offers the building: the staff's page of what needs somebody.</summary>
public static class OperationsRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }

    /// <summary>Maps the room's endpoints.</summary>
    public static void MapOperations(this IEndpointRouteBuilder routes) => _ = routes;
}
