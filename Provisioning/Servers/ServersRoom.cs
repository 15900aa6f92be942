using Database.Work;

namespace Provisioning.Servers;

/// <summary>What the room offers the building: the work commands on servers.</summary>
public static class ServersRoom
{
    // an operator mends a hypervisor in hours, not in minutes; what a customer asked for waits for it
    private const int Patient = 500;

    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddServers(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection("Provisioning:Servers");
        services.AddOptions<ServersOptions>().Bind(section)
            .Validate(options => options.Shield > TimeSpan.Zero, "Provisioning:Servers:Shield is not positive; set e.g. 3.00:00:00 for three days.")
            .Validate(options => options.StopWithin > TimeSpan.Zero, "Provisioning:Servers:StopWithin is not positive; set e.g. 00:00:30.")
            .Validate(options => options.AddressWithin > TimeSpan.Zero, "Provisioning:Servers:AddressWithin is not positive; set e.g. 00:01:00.")
            .Validate(options => options.CreateTries is >= 1 and <= 50, "Provisioning:Servers:CreateTries is not between 1 and 50; set e.g. 8.")
            .Validate(options => options.ObserveEvery > TimeSpan.Zero, "Provisioning:Servers:ObserveEvery is not positive; set e.g. 00:00:30.")
            .ValidateOnStart();
        var settings = section.Get<ServersOptions>() ?? new ServersOptions();
        // as many tries again for undoing as for doing
        services.AddWorkCommand<CreateServer>("server.create", maxAttempts: 2 * Math.Max(settings.CreateTries, 1), audited: true);
        services.AddWorkCommand<PowerServer>("server.power", maxAttempts: 6, audited: true);
        services.AddWorkCommand<RenameServer>("server.rename", maxAttempts: 20, audited: true);
        services.AddWorkCommand<DeleteServer>("server.delete", Patient, audited: true);
        services.AddWorkCommand<UndeleteServer>("server.undelete", maxAttempts: 20, audited: true);
        services.AddWorkCommand<PurgeServer>("server.purge", Patient, audited: true);
        services.AddPeriodicWork<ObserveServers>("server.observe", settings.ObserveEvery);
        return services;
    }
}
