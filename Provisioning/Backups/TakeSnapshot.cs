using Database;
using Database.Work;
using Microsoft.Extensions.Options;
using Provisioning.Hypervisors;

namespace Provisioning.Backups;

/// <summary>The id of a snapshot; it shares its characters with the work item that takes it.</summary>
public readonly record struct SnapshotId(string Value) : IId<SnapshotId>
{
    /// <inheritdoc/>
    public static string Prefix => "snp";

    /// <inheritdoc/>
    public static SnapshotId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A snapshot: the state of a server's disk, kept on the hypervisor beside it.</summary>
internal sealed record Snapshot
{
    public SnapshotId Id { get; init; }
    public string AccountId { get; init; } = "";
    public string ServerId { get; init; } = "";
    public string InstanceName { get; init; } = "";
    public string Region { get; init; } = "";
    public string State { get; init; } = "";

    /// <summary>Its name on the hypervisor.</summary>
    public string NameOutside => Id.Value.Replace('_', '-');
}

/// <summary><c>backup.snapshot</c>: takes a snapshot. One that a crash left incomplete has the same name and is made anew.</summary>
internal sealed class TakeSnapshot(Db db, HypervisorsByRegion hypervisors, IOptions<BackupsOptions> settings) : IWorkHandler
{
    public const string Command = "backup.snapshot";

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var server = await ServerFacts.Find(db, context.Item.Resource, context.Item.AccountId);
        if (server is not { Living: true }) return new WorkOutcome.Done();
        var now = context.Now;
        var id = Id.Like<SnapshotId>(context.Item.Id.Value);
        await context.Write(tx => tx.Execute(Sql.Begin, new
        {
            Id = id,
            server.AccountId,
            ServerId = server.Id,
            server.InstanceName,
            ExpiresAt = now.AddHours(settings.Value.SnapshotKeptHours),
            Now = now,
        }));
        await hypervisors.In(server.Region).Snapshot(server.InstanceName, id.Value.Replace('_', '-'), context.Cancelled);
        return new WorkOutcome.Done(tx => tx.Execute(Sql.Ready, new { server.AccountId, Id = id, server.InstanceName }));
    }

    public Task Exhausted(Tx tx, WorkItem item, DateTimeOffset now) =>
        tx.Execute(Sql.Failed, new { Id = Id.Like<SnapshotId>(item.Id.Value), Now = now });

    internal static class Sql
    {
        public const string Begin = """
            insert into Snapshot (Id, AccountId, ServerId, InstanceName, State, TakenAt, ExpiresAt)
            select @Id, @AccountId, @ServerId, @InstanceName, 'taking', @Now, @ExpiresAt
            where not exists (select 1 from Snapshot where Id = @Id and AccountId = @AccountId)
            """;

        // a restore in place between two tries has changed the instance that the snapshot is of
        public const string Ready = """
            update Snapshot
            set State = 'ready', InstanceName = @InstanceName
            where AccountId = @AccountId
                and Id = @Id
                and State = 'taking'
            """;

        public const string Failed = """
            -- all accounts: the row is found by its work item's id
            update Snapshot
            set State = 'failed', ExpiresAt = @Now
            where Id = @Id
                and State = 'taking'
            """;
    }
}
