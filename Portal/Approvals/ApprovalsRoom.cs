namespace Portal.Approvals;

/// <summary>What the room offers the building: asking for what one may not do oneself, and deciding it.</summary>
public static class ApprovalsRoom
{
    /// <summary>Registers the room and what can be asked for.</summary>
    public static IServiceCollection AddApprovals(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        services.AddSingleton<AskApproval>().AddSingleton<DecideApproval>();
        services.AddSingleton<IAskable, Servers.OrderOnApproval>().AddSingleton<IAskable, Payments.PayOnApproval>();
        return services;
    }

    /// <summary>Maps the room's endpoints.</summary>
    public static void MapApprovals(this IEndpointRouteBuilder routes) => ApprovalsApi.Map(routes);
}
