using Database.Work;

namespace Portal.Api;

/// <summary>What the room offers the building: services, options, endpoints, work commands.</summary>
public static class ApiRoom
{
    private const string Prefix = "/api/v1";

    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        services.AddOpenApi("v1", options =>
        {
            options.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith(Prefix[1..], StringComparison.Ordinal) == true;
            options.AddDocumentTransformer(OpenApi.Describe);
            options.AddOperationTransformer(OpenApi.Describe);
        });
        // a request that cannot be read is answered, never thrown, in development too
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
        services.AddPeriodicWork<ForgetAnswers>(ForgetAnswers.Command, TimeSpan.FromHours(1));
        return services;
    }

    /// <summary>Where a room maps its endpoints of the JSON API, e.g. <c>routes.Api().MapGet("/invoices", …)</c>; sign-in is required.</summary>
    public static RouteGroupBuilder Api(this IEndpointRouteBuilder routes) => routes.MapGroup(Prefix).RequireAuthorization();

    /// <summary>Maps the room's endpoints.</summary>
    public static void MapApi(this WebApplication app)
    {
        app.Use(next => context => Idempotency.Keep(context, next));
        app.MapOpenApi("/api/{documentName}/openapi.json").AllowAnonymous();
    }
}
