using Portal.Accounts.Invitations;
using Portal.Accounts.People;

namespace Portal.Accounts;

/// <summary>What the room offers the building: services, options, endpoints, work commands.</summary>
public static class AccountsRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        services.AddSingleton<Invite>().AddSingleton<AcceptInvitation>();
        return services;
    }

    /// <summary>Maps the room's endpoints.</summary>
    public static void MapAccounts(this IEndpointRouteBuilder routes)
    {
        AccountApi.Map(routes);
        PeopleApi.Map(routes);
        InvitationsApi.Map(routes);
    }
}
