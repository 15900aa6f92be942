using Portal.Access;

namespace Portal.Servers;

/// <summary>What the room offers the building: the customers' servers, from the order form to the last day.</summary>
public static class ServersRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddServers(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ServersOptions>().Bind(configuration.GetSection("Portal:Servers"))
            .Validate(
                options => options.ReadyWithin >= TimeSpan.FromMinutes(1),
                "Portal:Servers:ReadyWithin is shorter than a minute; set the promise you can keep, e.g. 00:10:00.")
            .Validate(
                options => options.Shield >= TimeSpan.Zero,
                "Portal:Servers:Shield is negative; set how long a deleted server can be brought back, e.g. 3.00:00:00.")
            .ValidateOnStart();
        services.AddSingleton<PlaceOrder>();
        services.AddSingleton<ServerWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<ServerWatch>());
        return services;
    }

    /// <summary>Maps the room's endpoints.</summary>
    public static void MapServers(this IEndpointRouteBuilder routes)
    {
        QuoteApi.Map(routes);
        OrdersApi.Map(routes);
        OrderRequestsApi.Map(routes);
        ServersApi.Map(routes);
        ActionsApi.Map(routes);
        routes.MapGet("/servers.csv", ExportServers.Write).Needs(Permissions.ServersRead);
        routes.MapGet("/servers/{id}/events", ServerEvents.Write).Needs(Permissions.ServersRead, "id");
    }
}
