using Database.Work;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Subscriptions;

/// <summary>What the room offers the building: starting, ending and resuming what is paid for, and settling what cannot be delivered.</summary>
public static class SubscriptionsRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services, IConfiguration configuration)
    {
        _ = configuration;
        services.AddSingleton<PlaceRenewal>();
        services.AddWorkCommand<ServerEnded>("server.ended", maxAttempts: int.MaxValue);
        services.AddWorkCommand<ServerResumed>("server.resumed", maxAttempts: int.MaxValue);
        services.AddWorkCommand<RenewSubscription>(RenewSubscription.Command, maxAttempts: int.MaxValue);
        services.AddWorkCommand<UndeliverableOrder>("order.undeliverable", maxAttempts: int.MaxValue);
        return services;
    }
}
