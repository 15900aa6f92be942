namespace Portal.Catalogue;

/// <summary>What the room offers the building: the public page of plans, regions, images and prices.</summary>
public static class CatalogueRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddCatalogue(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        return services;
    }

    /// <summary>Maps the start address (customers find their servers there, everybody else the catalogue) and the API.</summary>
    public static void MapCatalogue(this IEndpointRouteBuilder routes)
    {
        CatalogueApi.Map(routes);
        routes
            .MapGet("/", (HttpContext context) =>
            TypedResults.LocalRedirect(context.User.Identity?.IsAuthenticated == true ? "/servers" : "/catalogue"))
            .AllowAnonymous();
    }
}
