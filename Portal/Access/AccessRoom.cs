using Microsoft.AspNetCore.Mvc;

namespace Portal.Access;

/// <summary>What the room offers the building: the gate that every request passes, and what its holder may do.</summary>
public static class AccessRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        services.AddSingleton<AccessMaps>();
        services.Configure<MvcOptions>(options => options.Filters.Add(new AccessGate()));
        return services;
    }

    /// <summary>Maps the room's endpoints.</summary>
    public static void MapAccess(this IEndpointRouteBuilder routes)
    {
        TeamsApi.Map(routes);
        RolesApi.Map(routes);
    }

    /// <summary>Sets the gate up, after authorization.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) => app.Use(AccessGate.OnEndpoints);
}
