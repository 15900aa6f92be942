using Database;
using Database.Work;
using Provisioning.Hypervisors;

namespace Provisioning.Backups;

internal sealed record AbandonRestoreInput
{
    /// <summary>The restore that was given up.</summary>
    public string RestoreId { get; init; } = "";
}

/// <summary>
/// <c>backup.abandon_restore</c>: after a restore in place was given up, removes the copy and starts the server again where the
/// restore had stopped it. Once the server is the restored one there is nothing to go back to.
/// </summary>
internal sealed class AbandonRestore(Db db, HypervisorsByRegion hypervisors) : IWorkHandler
{
    public const string Command = "backup.abandon_restore";

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var restore = context.Input<AbandonRestoreInput>().RestoreId;
        var restored = RestoreInPlace.InstanceOf(restore);
        var server = await ServerFacts.Find(db, context.Item.Resource, context.Item.AccountId);
        if (server is null || server.InstanceName == restored) return new WorkOutcome.Done();
        var hypervisor = hypervisors.In(server.Region);
        await hypervisor.Delete(restored, context.Cancelled);
        var stopped = await db.One<string>(Sql.StepOf, new { Id = restore }) == RestoreInPlace.SwapStep;
        if (stopped && server.Living) await hypervisor.Start(server.InstanceName, context.Cancelled);
        return new WorkOutcome.Done();
    }

    internal static class Sql
    {
        public const string StepOf = """
            -- all accounts: the item is found by its id
            select Step
            from WorkItem
            where Id = @Id
            """;
    }
}
