using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Billing.Payments.Sandbox;

/// <summary>Speaks Razorpay's REST, hosted checkout and webhooks over HTTP, for the demo and the tests.</summary>
public static class RazorpaySandbox
{
    /// <summary>Runs until stopped. <c>--urls</c> says where it listens, section <c>Billing:Payments:Sandbox</c> the rest.</summary>
    public static async Task<int> Run(string[] args)
    {
        var app = Build(args);
        await app.RunAsync();
        return 0;
    }

    /// <summary>Builds the sandbox without starting it.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var options = SandboxOptions.From(builder.Configuration);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<SandboxBook>();
        services.AddSingleton<SandboxWebhooks>();
        services.AddSingleton<SandboxPayments>();
        services.AddSingleton<SandboxRefunds>();
        services.AddSingleton<SandboxRest>();
        services.AddSingleton<SandboxCheckout>();
        services.AddSingleton<SandboxControl>();
        // the real one gives up on an answer after five seconds
        services.AddHttpClient(SandboxWebhooks.HttpClientName, client => client.Timeout = TimeSpan.FromSeconds(5));

        var app = builder.Build();
        app.MapGet("/health/live", () => "live");
        app.Services.GetRequiredService<SandboxRest>().Map(app);
        app.Services.GetRequiredService<SandboxCheckout>().Map(app);
        app.Services.GetRequiredService<SandboxControl>().Map(app);
        app.Lifetime.ApplicationStarted.Register(app.Services.GetRequiredService<SandboxWebhooks>().Resume);
        return app;
    }
}
