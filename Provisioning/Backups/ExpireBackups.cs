using Database;
using Database.Audit;
using Database.Objects;
using Database.Work;
using Provisioning.Hypervisors;

namespace Provisioning.Backups;

/// <summary>
/// <c>backup.expire</c>: removes what has had its time: archives from the store, snapshots and replaced instances from the hypervisor.
/// The row says "removing" before anything goes, so that nobody restores from half a backup.
/// </summary>
internal sealed class ExpireBackups(
    Db db, HypervisorsByRegion hypervisors, ObjectStore store, IEnumerable<PeriodicWork> periodic, ILogger<ExpireBackups> log) : IWorkHandler
{
    public const string Command = "backup.expire";

    private const int Most = 500;

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        foreach (var backup in await db.Query<Backup>(Sql.DueBackups, new { context.Now, First = 1, Last = Most }))
            await OneOfMany(backup.Id.Value, () => Remove(context, backup), context.Cancelled);
        foreach (var snapshot in await db.Query<Snapshot>(Sql.DueSnapshots, new { context.Now, First = 1, Last = Most }))
            await OneOfMany(snapshot.Id.Value, () => Remove(context, snapshot), context.Cancelled);
        foreach (var replaced in await db.Query<ReplacedInstance>(Sql.DueReplaced, new { context.Now, First = 1, Last = Most }))
            await OneOfMany(replaced.InstanceName, () => Remove(context, replaced), context.Cancelled);
        return periodic.Single(run => run.Command == context.Item.Command).Next(context.Now);
    }

    private async Task Remove(WorkContext context, Backup backup)
    {
        var marked = await context.Write(tx => tx.Execute(Sql.RemovingBackup, new { backup.AccountId, backup.Id, backup.State, context.Now }));
        if (marked == 0) return;
        if (backup.ObjectKey is null)
            await hypervisors.In(backup.Region).DeleteBackup(backup.InstanceName, backup.NameOutside, context.Cancelled);
        await foreach (var found in store.List(backup.KeyPrefix, context.Cancelled)) await store.Delete(found.Key, context.Cancelled);
        await context.Write(async tx =>
        {
            await tx.Execute(Sql.RemovedBackup, new { backup.AccountId, backup.Id, context.Now });
            await tx.Record(new AuditEvent("backups.expired") { AccountId = backup.AccountId, Resource = backup.Id.Value }, context.Now);
        });
    }

    private async Task Remove(WorkContext context, Snapshot snapshot)
    {
        await context.Write(tx => tx.Execute(Sql.RemovingSnapshot, new { snapshot.AccountId, snapshot.Id }));
        await hypervisors.In(snapshot.Region).DeleteSnapshot(snapshot.InstanceName, snapshot.NameOutside, context.Cancelled);
        await context.Write(tx => tx.Execute(Sql.RemovedSnapshot, new { snapshot.AccountId, snapshot.Id, context.Now }));
    }

    private async Task Remove(WorkContext context, ReplacedInstance replaced)
    {
        await hypervisors.In(replaced.Region).Delete(replaced.InstanceName, context.Cancelled);
        await context.Write(tx => tx.Execute(Sql.RemovedReplaced, new { replaced.AccountId, replaced.InstanceName, context.Now }));
    }

    // one that cannot be removed now does not keep the others; the next run tries it again
    private async Task OneOfMany(string what, Func<Task> remove, CancellationToken cancelled)
    {
        try
        {
            cancelled.ThrowIfCancellationRequested();
            await remove();
        }
        catch (Exception trouble) when (trouble is not (LeaseLostException or OperationCanceledException))
        {
            log.LogWarning(trouble, "{What} has expired and could not be removed; the next run tries again", what);
        }
    }

    internal static class Sql
    {
        public const string DueBackups = $"""
            -- all accounts: one clock for everybody's backups
            select {Backup.Columns}
            from (
                select {Backup.Columns}, row_number() over (order by ExpiresAt, Id) as Position
                from ServerBackup
                where EndedAt is null
                    and ExpiresAt <= @Now
                    and State in ('ready', 'failed', 'removing')
                    and (HeldUntil is null or HeldUntil <= @Now)
                    and not (
                        State = 'ready'
                        and Kind = 'daily'
                        and exists (select 1 from Server where Server.Id = ServerBackup.ServerId and Server.State in ('running', 'stopped'))
                        and not exists (
                            select 1
                            from ServerBackup newer
                            where newer.ServerId = ServerBackup.ServerId and newer.State = 'ready' and newer.TakenAt > ServerBackup.TakenAt))
            ) due
            where Position between @First and @Last
            """;

        public const string RemovingBackup = """
            update ServerBackup
            set State = 'removing'
            where AccountId = @AccountId
                and Id = @Id
                and State = @State
                and (HeldUntil is null or HeldUntil <= @Now)
            """;

        public const string RemovedBackup = """
            update ServerBackup
            set State = 'removed', EndedAt = @Now
            where AccountId = @AccountId
                and Id = @Id
                and State = 'removing'
            """;

        public const string DueSnapshots = """
            -- all accounts: one clock for everybody's snapshots
            select Id, AccountId, ServerId, InstanceName, State, Region
            from (
                select taken.Id, taken.AccountId, taken.ServerId, taken.InstanceName, taken.State, server.Region,
                    row_number() over (order by taken.ExpiresAt, taken.Id) as Position
                from Snapshot taken
                join Server server on server.Id = taken.ServerId
                where taken.EndedAt is null
                    and taken.ExpiresAt <= @Now
                    and taken.State in ('ready', 'failed', 'removing')
            ) due
            where Position between @First and @Last
            """;

        public const string RemovingSnapshot = """
            update Snapshot
            set State = 'removing'
            where AccountId = @AccountId
                and Id = @Id
                and State in ('ready', 'failed')
            """;

        public const string RemovedSnapshot = """
            update Snapshot
            set State = 'removed', EndedAt = @Now
            where AccountId = @AccountId
                and Id = @Id
                and State = 'removing'
            """;

        public const string DueReplaced = """
            -- all accounts: one clock for everybody's servers
            select InstanceName, AccountId, ServerId, BackupId, Region, ReplacedAt, KeptUntil
            from (
                select InstanceName, AccountId, ServerId, BackupId, Region, ReplacedAt, KeptUntil,
                    row_number() over (order by KeptUntil, InstanceName) as Position
                from ReplacedInstance
                where EndedAt is null
                    and KeptUntil <= @Now
                    and not exists (select 1 from Server where Server.InstanceName = ReplacedInstance.InstanceName)
            ) due
            where Position between @First and @Last
            """;

        public const string RemovedReplaced = """
            update ReplacedInstance
            set EndedAt = @Now
            where AccountId = @AccountId
                and InstanceName = @InstanceName
                and EndedAt is null
            """;
    }
}
