using Database;
using Database.Objects;
using Database.Work;
using Microsoft.Extensions.Options;
using Provisioning.Hypervisors;
using Provisioning.Servers;

namespace Provisioning.Backups;

/// <summary>The input of <c>backup.restore_in_place</c>; its resource is the server's id.</summary>
internal sealed record RestoreInPlaceInput
{
    /// <summary>The backup, one of the same server.</summary>
    public string BackupId { get; init; } = "";
}

/// <summary>
/// <c>backup.restore_in_place</c>: brings a backup back as the server itself. The archive becomes an instance of its own, which must
/// start and show an address; then the old one is stopped, the row names the new one, and the address moves. The old one is kept
/// until its shield ends, so wherever a run dies, both are there.
/// </summary>
internal sealed class RestoreInPlace(
    Db db, HypervisorsByRegion hypervisors, EncryptedObjects objects, IOptions<BackupsOptions> settings) : IWorkHandler
{
    public const string Command = "backup.restore_in_place";

    internal const string SwapStep = "swap";

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        if (await ServerTurn.Wait(db, context) is { } wait) return wait;
        var server = await ServerFacts.Find(db, context.Item.Resource, context.Item.AccountId);
        if (server is not { Living: true })
            return new WorkOutcome.Failed("provisioning.backups.no_server", "The server is not there (any more), so nothing was restored.");
        var restored = InstanceOf(context.Item.Id.Value);
        if (server.InstanceName != restored)
        {
            if (await HeldBackup.Take(context, db, server.AccountId, context.Input<RestoreInPlaceInput>().BackupId) is not { } backup || backup.ServerId != server.Id)
                return new WorkOutcome.Failed("provisioning.backups.not_ready", "The backup is not there (any more); the server is as it was.");
            if (await Prepare(context, server, backup, restored) is { } refused) return refused;
            await Switch(context, server, backup, restored);
        }

        // from here on there is only forward
        await MoveAddress(context, server, restored);
        return new WorkOutcome.Done(tx => Server.SetState(tx, server.AccountId, ServerId.From(server.Id), "running", context.Now));
    }

    public async Task Exhausted(Tx tx, WorkItem item, DateTimeOffset now) => await WorkQueue.Add(
        tx,
        new NewWork(AbandonRestore.Command, item.Resource)
        {
            AccountId = item.AccountId,
            Input = new AbandonRestoreInput { RestoreId = item.Id.Value },
            DedupKey = $"{AbandonRestore.Command}:{item.Id}",
        },
        now);

    /// <summary>The new instance's name, the same at every try.</summary>
    internal static string InstanceOf(string workItemId) => $"rst-{workItemId[^26..]}";

    private async Task<WorkOutcome?> Prepare(WorkContext context, ServerFacts server, Backup backup, string restored)
    {
        var hypervisor = hypervisors.In(server.Region);
        try
        {
            await context.Progress("import", 10, "The backup is brought back beside your server, which goes on running.");
            await hypervisor.ImportInstance(
                cancelled => objects.Open(backup.AccountId, backup.ObjectKey!, cancelled),
                new ImportSpec { Name = restored, Job = server.Id, Label = server.Label },
                context.Cancelled);
            await hypervisor.SetLimits(restored, new Limits(server.Vcpu, server.MemoryMib, server.DiskGib), context.Cancelled);
            await context.Progress("check", 50, "The restored server is started and checked.");
            await hypervisor.Start(restored, context.Cancelled);
            await hypervisor.WaitForAddress(restored, settings.Value.AddressPatience, context.Cancelled);
            await hypervisor.Stop(restored, settings.Value.StopPatience, context.Cancelled);
            return null;
        }
        catch (Exception final) when (final is HypervisorException { Trouble: HypervisorTrouble.Refused } or ObjectDamagedException or ObjectMissingException)
        {
            await hypervisor.Delete(restored, context.Cancelled);
            var code = final is HypervisorException refusal ? refusal.Code : "provisioning.backups.damaged";
            return new WorkOutcome.Failed(code, $"The backup could not be restored; the server is as it was. {final.Message}");
        }
    }

    private async Task Switch(WorkContext context, ServerFacts server, Backup backup, string restored)
    {
        await context.Progress(SwapStep, 75, "Your server is stopped and the restored one takes its place and its address.");
        var hypervisor = hypervisors.In(server.Region);
        var old = await hypervisor.Find(server.InstanceName, context.Cancelled);
        if (old is not null) await hypervisor.Stop(server.InstanceName, settings.Value.StopPatience, context.Cancelled);
        var now = context.Now;
        await context.Write(async tx =>
        {
            if (!await ServerInstance.Switch(tx, server.AccountId, server.Id, server.InstanceName, restored))
                throw new InvalidOperationException($"{server.Id} has got another instance meanwhile.");
            await tx.Execute(Sql.Keep, new
            {
                server.InstanceName,
                server.AccountId,
                ServerId = server.Id,
                BackupId = backup.Id,
                ReplacedBy = restored,
                server.Region,
                Address = old?.FixedAddress ?? server.Address,
                Now = now,
                KeptUntil = now + settings.Value.Shield,
            });
        });
    }

    private async Task MoveAddress(WorkContext context, ServerFacts server, string restored)
    {
        var hypervisor = hypervisors.In(server.Region);
        var old = await db.One<ReplacedInstance>(Sql.Replaced, new { server.AccountId, ReplacedBy = restored })
            ?? throw new InvalidOperationException($"What {restored} has replaced is not known.");
        await context.Progress("address", 90, "The restored server takes over the address.");
        if (await hypervisor.Find(old.InstanceName, context.Cancelled) is not null)
        {
            await hypervisor.Stop(old.InstanceName, settings.Value.StopPatience, context.Cancelled);
            await hypervisor.SetAddress(old.InstanceName, null, context.Cancelled);
        }

        if (old.Address is { } address && await hypervisor.Find(restored, context.Cancelled) is { } found && found.FixedAddress != address)
        {
            await hypervisor.Stop(restored, settings.Value.StopPatience, context.Cancelled);
            await hypervisor.SetAddress(restored, address, context.Cancelled);
        }

        await hypervisor.Start(restored, context.Cancelled);
        await hypervisor.WaitForAddress(restored, settings.Value.AddressPatience, context.Cancelled);
    }

    internal static class Sql
    {
        public const string Keep = """
            insert into ReplacedInstance (InstanceName, AccountId, ServerId, BackupId, ReplacedBy, Region, Address, ReplacedAt, KeptUntil)
            values (@InstanceName, @AccountId, @ServerId, @BackupId, @ReplacedBy, @Region, @Address, @Now, @KeptUntil)
            """;

        public const string Replaced = """
            select InstanceName, AccountId, ServerId, BackupId, ReplacedBy, Region, Address, ReplacedAt, KeptUntil
            from ReplacedInstance
            where AccountId = @AccountId
                and ReplacedBy = @ReplacedBy
            """;
    }
}
