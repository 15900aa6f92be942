using Database.Work;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Orders;

/// <summary>How orders are taken. Section <c>Billing:Orders</c>.</summary>
public sealed record OrderOptions
{
    /// <summary>How long an order waits for its payment.</summary>
    public TimeSpan PayWithin { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long the order for a further month waits.</summary>
    public TimeSpan PayRenewalWithin { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>What the room offers the building: quotes, orders, their settlement, <c>order.expire</c>.</summary>
public static class OrdersRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddOrders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<OrderOptions>().Bind(configuration.GetSection("Billing:Orders"))
            .Validate(
                options => options.PayWithin >= TimeSpan.FromMinutes(1) && options.PayWithin <= TimeSpan.FromDays(30),
                "Billing:Orders:PayWithin is shorter than a minute or longer than 30 days; set e.g. 00:30:00.")
            .Validate(
                options => options.PayRenewalWithin >= TimeSpan.FromHours(1) && options.PayRenewalWithin <= TimeSpan.FromDays(30),
                "Billing:Orders:PayRenewalWithin is shorter than an hour or longer than 30 days; set e.g. 7.00:00:00.")
            .ValidateOnStart();
        services.AddSingleton<Quote>();
        services.AddSingleton<PlaceSalesOrder>();
        services.AddSingleton<SettleOrder>();
        services.AddSingleton<PayFromWallet>();
        services.AddWorkCommand<ExpireOrder>("order.expire");
        return services;
    }
}
