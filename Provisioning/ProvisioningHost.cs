using Database;
using Database.Telemetry;
using Provisioning.Backups;
using Provisioning.Hypervisors;
using Provisioning.Plan;
using Provisioning.Servers;

namespace Provisioning;

/// <summary>The worker host: the only process that holds machine credentials.</summary>
public static class ProvisioningHost
{
    /// <summary>Starts the worker, or the verb named by the first argument.</summary>
    public static async Task<int> Run(string[] args)
    {
        if (args is ["hypervisor-sandbox", ..]) return await Hypervisors.Sandbox.HypervisorSandbox.Run(args[1..]);
        var app = Build(args);
        await app.Services.GetRequiredService<Migrator>().Migrate();
        await app.RunAsync();
        return 0;
    }

    /// <summary>Builds the host without starting it.</summary>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddDatabase(builder.Configuration).AddTelemetry(builder.Configuration, "provisioning");
        builder.Services.AddPlan(builder.Configuration).AddHypervisors(builder.Configuration).AddServers(builder.Configuration).AddBackups(builder.Configuration);
        var app = builder.Build();
        app.UseRouteNamesInTraces();
        app.MapHealth();
        return app;
    }
}
