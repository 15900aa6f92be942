using System.IO.Pipelines;
using Database;
using Database.Objects;
using Database.Work;
using Microsoft.Extensions.Options;
using Provisioning.Hypervisors;

namespace Provisioning.Backups;

/// <summary>The input of <c>backup.take</c>; its resource is the server's id.</summary>
internal sealed record TakeBackupInput
{
    /// <summary><c>daily</c>, <c>manual</c> or <c>final</c>.</summary>
    public string Kind { get; init; } = "manual";
}

/// <summary>
/// <c>backup.take</c>: lets the hypervisor write an archive, brings it encrypted into the object store and reads it back to its end.
/// Only then does it count. A run that died begins again with a new archive: nothing tells a whole one from a truncated one.
/// </summary>
internal sealed class TakeBackup(
    Db db, HypervisorsByRegion hypervisors, EncryptedObjects objects, ObjectStore store, IOptions<BackupsOptions> settings) : IWorkHandler
{
    public const string Command = "backup.take";

    private static readonly PipeOptions Buffered = new(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false);

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var kind = context.Input<TakeBackupInput>().Kind;
        if (kind is not ("daily" or "manual" or "final")) return new WorkOutcome.Failed("provisioning.backups.unknown_kind", $"There is no backup of the kind '{kind}'.");
        var server = await ServerFacts.Find(db, context.Item.Resource, context.Item.AccountId);
        if (server is not { HasInstance: true })
            return new WorkOutcome.Failed("provisioning.backups.no_server", "The server is not there (any more), so no backup was taken.");
        if (kind == "daily" && !server.Living) return new WorkOutcome.Done();
        if (await Begin(context, server, kind) is not { } backup)
            return new WorkOutcome.Failed("provisioning.backups.too_many", "The server has as many backups on demand as it may have; wait until one expires.");

        // a retry after the stop of a worker finds a backup that was stored and not yet read back
        if (backup.State == "taking") backup = await Take(context, backup);
        if (backup.State == "stored")
        {
            await hypervisors.In(backup.Region).DeleteBackup(backup.InstanceName, backup.NameOutside, context.Cancelled);
            await ReadBack(context, backup);
        }

        await RemoveOtherTries(backup, context.Cancelled);
        return new WorkOutcome.Done(tx => tx.Execute(Sql.Ready, new { backup.AccountId, backup.Id, context.Now }));
    }

    public Task Exhausted(Tx tx, WorkItem item, DateTimeOffset now) =>
        tx.Execute(Sql.Failed, new { Id = Id.Like<BackupId>(item.Id.Value), Now = now });

    private async Task<Backup?> Begin(WorkContext context, ServerFacts server, string kind)
    {
        var id = Id.Like<BackupId>(context.Item.Id.Value);
        var now = context.Now;
        await context.Write(tx => tx.Execute(Sql.Begin, new
        {
            Id = id,
            server.AccountId,
            ServerId = server.Id,
            server.Region,
            server.InstanceName,
            Kind = kind,
            server.DiskGib,
            ExpiresAt = Expiry(kind, server, now),
            ManualMost = kind == "manual" ? settings.Value.ManualMost : int.MaxValue,
            Now = now,
        }));
        return await db.One<Backup>(Sql.ById, new { server.AccountId, Id = id });
    }

    private DateTimeOffset Expiry(string kind, ServerFacts server, DateTimeOffset now) => kind switch
    {
        "daily" => now.AddDays(settings.Value.DailyDays),
        "final" => server.ShieldUntil ?? now + settings.Value.Shield,
        _ => now.AddDays(settings.Value.ManualDays),
    };

    private async Task<Backup> Take(WorkContext context, Backup backup)
    {
        var hypervisor = hypervisors.In(backup.Region);
        await context.Progress("create", 10, "The hypervisor writes an archive of the server.");
        var finished = await hypervisor.CreateBackup(backup.InstanceName, backup.NameOutside, context.Cancelled);

        await context.Progress("store", 40, "The archive is encrypted and brought into the backup store.");
        // a worker that lost its lease and is still writing writes beside this key, not into it
        var key = $"{backup.KeyPrefix}-{context.Item.Fence}.tar.gz";
        var stored = await Store(hypervisor, finished, backup.AccountId, key, context.Cancelled);
        await context.Write(tx => tx.Execute(
            Sql.Stored, new { backup.AccountId, backup.Id, ObjectKey = key, stored.Bytes, stored.Sha256 }));
        return backup with { State = "stored", ObjectKey = key, Bytes = stored.Bytes, Sha256 = stored.Sha256 };
    }

    private async Task<StoredObject> Store(Hypervisor hypervisor, FinishedBackup finished, string accountId, string key, CancellationToken cancelled)
    {
        var pipe = new Pipe(Buffered);
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        var export = Export(hypervisor, finished, pipe.Writer, broken.Token);
        try
        {
            await using var archive = pipe.Reader.AsStream();
            return await objects.Put(accountId, key, archive, cancelled);
        }
        finally
        {
            await broken.CancelAsync();
            await export;
        }
    }

    // whatever ends the export early ends the reader's side too: it must not look like the end of the archive
    private static async Task Export(Hypervisor hypervisor, FinishedBackup finished, PipeWriter to, CancellationToken cancelled)
    {
        Exception? trouble = null;
        try
        {
            await using var stream = to.AsStream(leaveOpen: true);
            await hypervisor.ExportBackup(finished, stream, cancelled);
        }
        catch (Exception early)
        {
            trouble = early;
        }

        await to.CompleteAsync(trouble);
    }

    private async Task ReadBack(WorkContext context, Backup backup)
    {
        await context.Progress("verify", 75, "The stored archive is read back to its end.");
        try
        {
            await using var archive = await objects.Open(backup.AccountId, backup.ObjectKey!, context.Cancelled);
            var found = await BackupArchive.ReadToEnd(archive, context.Cancelled);
            if (found.Bytes != backup.Bytes || found.Sha256 != backup.Sha256) throw new BackupDamagedException("it is not the one that was stored");
        }
        catch (Exception damaged) when (damaged is BackupDamagedException or ObjectDamagedException or ObjectMissingException)
        {
            await context.Write(tx => tx.Execute(Sql.TakeAgain, new { backup.AccountId, backup.Id }));
            await store.Delete(backup.ObjectKey!, context.Cancelled);
            throw;
        }
    }

    private async Task RemoveOtherTries(Backup backup, CancellationToken cancelled)
    {
        await foreach (var found in store.List(backup.KeyPrefix, cancelled))
            if (found.Key != backup.ObjectKey) await store.Delete(found.Key, cancelled);
    }

    internal static class Sql
    {
        public const string Begin = """
            insert into ServerBackup (Id, AccountId, ServerId, Region, InstanceName, Kind, State, DiskGib, TakenAt, ExpiresAt)
            select @Id, @AccountId, @ServerId, @Region, @InstanceName, @Kind, 'taking', @DiskGib, @Now, @ExpiresAt
            where not exists (select 1 from ServerBackup where Id = @Id and AccountId = @AccountId)
                and @ManualMost > (
                    select count(*)
                    from ServerBackup
                    where AccountId = @AccountId
                        and ServerId = @ServerId
                        and Kind = 'manual'
                        and State in ('taking', 'stored', 'ready'))
            """;

        public const string ById = $"""
            select {Backup.Columns}
            from ServerBackup
            where AccountId = @AccountId
                and Id = @Id
            """;

        public const string Stored = """
            update ServerBackup
            set State = 'stored', ObjectKey = @ObjectKey, Bytes = @Bytes, Sha256 = @Sha256
            where AccountId = @AccountId
                and Id = @Id
                and State = 'taking'
            """;

        public const string TakeAgain = """
            update ServerBackup
            set State = 'taking', ObjectKey = null, Bytes = null, Sha256 = null
            where AccountId = @AccountId
                and Id = @Id
                and State = 'stored'
            """;

        public const string Ready = """
            update ServerBackup
            set State = 'ready', VerifiedAt = @Now
            where AccountId = @AccountId
                and Id = @Id
                and State = 'stored'
            """;

        public const string Failed = """
            -- all accounts: the row is found by its work item's id
            update ServerBackup
            set State = 'failed', ExpiresAt = @Now
            where Id = @Id
                and State in ('taking', 'stored')
            """;
    }
}
