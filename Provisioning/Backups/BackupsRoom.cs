using Database.Work;
using Microsoft.Extensions.Options;
using Provisioning.Servers;

namespace Provisioning.Backups;

/// <summary>What the room offers the building: schedules, backups, snapshots, restores.</summary>
public static class BackupsRoom
{
    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddBackups(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BackupsOptions>().Bind(configuration.GetSection("Provisioning:Backups")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BackupsOptions>, BackupsValidation>();
        services.AddPeriodicWork<ScheduleBackups>("backup.schedule", TimeSpan.FromMinutes(1));
        services.AddPeriodicWork<ExpireBackups>(ExpireBackups.Command, TimeSpan.FromMinutes(5));
        services.AddWorkCommand<TakeBackup>(TakeBackup.Command, maxAttempts: 8, audited: true);
        services.AddWorkCommand<TakeSnapshot>(TakeSnapshot.Command, maxAttempts: 5, audited: true);
        services.AddWorkCommand<RestoreInPlace>(RestoreInPlace.Command, maxAttempts: 12, audited: true);
        services.AddWorkCommand<RestoreNew>(RestoreNew.Command, maxAttempts: 2 * new ServersOptions().CreateTries, audited: true);
        services.AddWorkCommand<AbandonRestore>(AbandonRestore.Command, maxAttempts: 100, audited: true);
        return services;
    }

    private sealed class BackupsValidation : IValidateOptions<BackupsOptions>
    {
        public ValidateOptionsResult Validate(string? name, BackupsOptions options)
        {
            var problems = options.Problems().ToList();
            return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
