using Database;
using Database.Work;
using Provisioning.Hypervisors;

namespace Provisioning.Servers;

/// <summary>
/// <c>server.observe</c>: compares what is written down with what the hypervisors show, one call for each. What cannot be asked stays
/// as it was; what is missing is marked as doubtful, never guessed to be gone.
/// </summary>
internal sealed class ObserveServers(
    Db db, HypervisorsByRegion hypervisors, IEnumerable<PeriodicWork> periodic, ILogger<ObserveServers> log) : IWorkHandler
{
    private const int Chunk = 500;

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        foreach (var hypervisor in hypervisors.All)
        {
            try
            {
                await Observe(hypervisor, context);
            }
            catch (HypervisorException trouble)
            {
                log.LogWarning(trouble, "The servers of {Region} could not be observed: {Code}", hypervisor.Region, trouble.Code);
            }
        }

        return periodic.Single(one => one.Command == context.Item.Command).Next(context.Now);
    }

    private async Task Observe(Hypervisor hypervisor, WorkContext context)
    {
        // the rows first: what changes meanwhile no longer matches and is left for the next look
        var rows = await db.Query<Server>(Sql.OfRegion, new { hypervisor.Region });
        var shown = (await hypervisor.All(context.Cancelled)).ToDictionary(one => one.Name, StringComparer.Ordinal);
        var now = context.Now;
        await context.Write(tx => tx.Execute(Sql.Seen, new { hypervisor.Region, Now = now }));
        foreach (var row in rows.Where(row => row.Living))
        {
            var seen = Seen(row, shown.GetValueOrDefault(row.InstanceName));
            if (seen == (row.State, row.Address, row.Doubt)) continue;
            var args = new { row.Id, row.AccountId, Old = row.State, seen.State, seen.Address, seen.Doubt, Now = now };
            await context.Write(tx => tx.Execute(Sql.Change, args));
        }

        var known = rows.Select(row => row.InstanceName).ToHashSet(StringComparer.Ordinal);
        foreach (var names in shown.Keys.Where(name => !known.Contains(name)).Chunk(Chunk))
        {
            foreach (var left in await db.Query<Server>(Sql.Left, new { Ids = names, hypervisor.Region })) await Purge(left, context);
        }
    }

    private static (string State, string? Address, string? Doubt) Seen(Server row, Instance? instance) => instance switch
    {
        null => (row.State, row.Address, "The hypervisor shows no such instance."),
        { Job: var job } when job != row.Id.Value => (row.State, row.Address, "The hypervisor shows an instance of that name that belongs to something else."),
        { Running: true } => ("running", instance.Address ?? row.Address, null),
        { Stopped: true } => ("stopped", row.Address, null),
        _ => (row.State, row.Address, $"The hypervisor shows it as {instance.Status}."),
    };

    // a worker that was given up for dead may have finished its call after everything was undone
    private static Task<WorkItemId> Purge(Server left, WorkContext context) => context.Write(tx => WorkQueue.Add(
        tx,
        new NewWork("server.purge", left.Id.Value)
        {
            AccountId = left.AccountId,
            DedupKey = $"server.purge:{left.Id}:{Ist.Date(context.Now):yyyy-MM-dd}",
        },
        context.Now));

    internal static class Sql
    {
        public const string OfRegion = $"""
            -- all accounts: the worker looks at everybody's servers
            select {Server.Sql.Columns}
            from Server
            where Region = @Region
                and State in ('creating', 'running', 'stopped', 'deleted')
            """;

        public const string Left = $"""
            -- all accounts: the worker looks at everybody's servers
            select {Server.Sql.Columns}
            from Server
            where Region = @Region
                and InstanceName in (@Ids)
                and State in ('failed', 'gone')
            """;

        public const string Seen = """
            -- all accounts: the worker looks at everybody's servers
            update Server
            set ObservedAt = @Now
            where Region = @Region
                and State in ('running', 'stopped')
                and Doubt is null
            """;

        public const string Change = """
            update Server
            set State = @State, Address = @Address, Doubt = @Doubt, ObservedAt = @Now
            where Id = @Id
                and AccountId = @AccountId
                and State = @Old
                and not exists (
                    select 1
                    from WorkItem
                    where WorkItem.Resource = Server.Id
                        and WorkItem.EndedAt is null
                        and WorkItem.State = 'running'
                        and WorkItem.Command in ('server.power', 'server.delete', 'server.undelete', 'backup.restore_in_place')
                )
            """;
    }
}
