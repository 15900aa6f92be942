using Database;
using Database.Objects;
using Database.Work;
using Microsoft.Extensions.Options;
using Provisioning.Hypervisors;
using Provisioning.Plan;
using Provisioning.Servers;

namespace Provisioning.Backups;

/// <summary>What <c>backup.restore_new</c> says beside the server that was ordered and paid.</summary>
internal sealed record RestoreNewInput
{
    /// <summary>The backup, one of the account that pays.</summary>
    public string BackupId { get; init; } = "";
}

/// <summary>
/// <c>backup.restore_new</c>: makes a server that was ordered and paid, with the disk of a backup in the place of an image. Steps, retries
/// and what happens to the money when it cannot be made are those of <c>server.create</c>.
/// </summary>
internal sealed class RestoreNew(
    Db db, HypervisorsByRegion hypervisors, PlanRunner plans, IOptions<ServersOptions> settings, EncryptedObjects objects)
    : CreateServer(db, hypervisors, plans, settings)
{
    public const string Command = "backup.restore_new";

    private readonly Db db = db;

    protected override string Source => "the backup";

    protected override Func<WorkContext, Hypervisor, InstanceSpec, CancellationToken, Task>? Make => Import;

    private async Task Import(WorkContext context, Hypervisor hypervisor, InstanceSpec wanted, CancellationToken cancelled)
    {
        var accountId = context.Input<ServerSpec>().AccountId;
        if (await HeldBackup.Take(context, db, accountId, context.Input<RestoreNewInput>().BackupId) is not { } backup)
            throw Refused("not_ready", "The backup is not there (any more).");
        if (backup.DiskGib > wanted.Limits.DiskGib)
            throw Refused("disk_too_small", $"The backup needs a disk of {backup.DiskGib} GiB; the server that was ordered has {wanted.Limits.DiskGib} GiB.");
        try
        {
            await hypervisor.ImportInstance(
                stop => objects.Open(backup.AccountId, backup.ObjectKey!, stop),
                new ImportSpec { Name = wanted.Name, Job = wanted.Job, Label = wanted.Label },
                cancelled);
        }
        catch (Exception damaged) when (damaged is ObjectDamagedException or ObjectMissingException)
        {
            throw Refused("damaged", damaged.Message, damaged);
        }
    }

    private static HypervisorException Refused(string code, string text, Exception? inner = null) =>
        new(HypervisorTrouble.Refused, $"provisioning.backups.{code}", text, inner);
}
