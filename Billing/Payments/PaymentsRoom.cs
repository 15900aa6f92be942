using Billing.Payments.Razorpay;
using Database;
using Database.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Billing.Payments;

/// <summary>What the room offers the building: starting a payment, coming back from one, the gateway's webhook, its work commands.</summary>
public static class PaymentsRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddPayments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<RazorpayOptions>, RazorpayOptionsCheck>();
        services.AddOptions<RazorpayOptions>().Bind(configuration.GetSection(RazorpayOptions.Section)).ValidateOnStart();
        services.AddOptions<PaymentOptions>().Bind(configuration.GetSection("Billing:Payments"))
            .Validate(
                options => options.PollEvery > TimeSpan.Zero && options.PollEvery <= TimeSpan.FromMinutes(10),
                "Billing:Payments:PollEvery is not between 0 and 10 minutes; set e.g. 00:00:30.")
            .ValidateOnStart();
        services.AddHttpClient<RazorpayClient>();
        services.AddTransient<PaymentCaptured>();
        services.AddTransient<ReturnFromGateway>();
        services.AddTransient(provider => new StartPayment(
            provider.GetRequiredService<Db>(),
            provider.GetRequiredService<PreparePayment>(),
            provider.GetRequiredService<IOptions<RazorpayOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddWorkCommand<PreparePayment>(PreparePayment.Command, maxAttempts: 30);
        // enough tries for a gateway that is away for a day; the poll is the second channel
        services.AddWorkCommand<ProcessEvent>(ProcessEvent.Command, maxAttempts: 300);
        services.AddWorkCommand<SettlePayment>(SettlePayment.Command, maxAttempts: 300);
        services.AddWorkCommand<SendRefund>(SendRefund.Command, maxAttempts: 300);
        services.AddPeriodicWork<PollPayments>(PollPayments.Command, TimeSpan.FromSeconds(30));
        return services;
    }

    /// <summary>Maps the gateway's webhook.</summary>
    public static void MapPayments(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/webhooks/razorpay", ReceiveWebhook.Answer).AllowAnonymous().DisableAntiforgery();
}
