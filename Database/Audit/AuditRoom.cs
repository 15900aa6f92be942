using Database.Objects;
using Database.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Database.Audit;

/// <summary>What the room offers the building: writing events, reading them, sealing, the check.</summary>
public static class AuditRoom
{
    internal static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSingleton(provider => new AuditKeys(provider.GetRequiredService<MasterKeys>));
        services.AddPeriodicWork<SealAudit>(SealAudit.Command, TimeSpan.FromMinutes(1));
        return services;
    }
}
