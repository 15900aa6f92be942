using System.Diagnostics;
using Database.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Database.Telemetry;

/// <summary>Where traces, metrics and logs go. Section <c>Database:Telemetry</c>.</summary>
public sealed record TelemetryOptions
{
    /// <summary>An OTLP collector, e.g. <c>http://localhost:4317</c>; empty sends nothing.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary><c>grpc</c> or <c>http</c>.</summary>
    public string Protocol { get; init; } = "grpc";
}

/// <summary>What the room offers the building: one trace from the page through the work item to the machine.</summary>
public static class TelemetryRoom
{
    /// <summary>Registers the room for a host of the given name.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration, string host)
    {
        var section = configuration.GetSection("Database:Telemetry");
        services.AddOptions<TelemetryOptions>().Bind(section)
            .Validate(
                options => options.Endpoint.Length == 0 || Uri.TryCreate(options.Endpoint, UriKind.Absolute, out _),
                "Database:Telemetry:Endpoint is no address; set it to an OTLP collector such as http://localhost:4317, or leave it empty.")
            .Validate(options => options.Protocol is "grpc" or "http", "Database:Telemetry:Protocol is neither 'grpc' nor 'http'; set one of them.")
            .ValidateOnStart();
        if (string.IsNullOrEmpty(section["Endpoint"])) return services;

        var resource = ResourceBuilder.CreateDefault().AddService(host);
        services.AddLogging(logging => logging.AddOpenTelemetry(logs =>
        {
            logs.SetResourceBuilder(resource);
            logs.AddOtlpExporter(exporter => Configure(exporter, section));
        }));
        return services.AddHostedService(provider => new Exporting(resource, provider.GetRequiredService<IOptions<TelemetryOptions>>(), section));
    }

    /// <summary>Names the request's span after its route: the framework leaves it generic.</summary>
    public static void UseRouteNamesInTraces(this IApplicationBuilder app) => app.Use(async (HttpContext context, RequestDelegate next) =>
    {
        await next(context);
        if (Activity.Current is not { } span) return;
        if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.DisplayName = $"{context.Request.Method} {route}";
            span.SetTag("http.route", route);
        }

        span.SetTag("http.response.status_code", context.Response.StatusCode);
    });

    private static void Configure(OtlpExporterOptions exporter, IConfigurationSection section)
    {
        exporter.Endpoint = new Uri(section["Endpoint"]!);
        exporter.Protocol = section["Protocol"] == "http" ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
    }

    private sealed class Exporting(ResourceBuilder resource, IOptions<TelemetryOptions> options, IConfigurationSection section) : IHostedService
    {
        private TracerProvider? traces;
        private MeterProvider? metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = options.Value;
            traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
                .AddSource("Microsoft.AspNetCore", "System.Net.Http", WorkLoop.Traces.Name, "Portal.Hypervisors")
                .AddOtlpExporter(exporter => Configure(exporter, section))
                .Build();
            metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
                .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime")
                .AddOtlpExporter(exporter => Configure(exporter, section))
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            traces?.Dispose();
            metrics?.Dispose();
            return Task.CompletedTask;
        }
    }
}
