using Database;
using Database.Work;
using Microsoft.Extensions.Options;
using Provisioning.Hypervisors;

namespace Provisioning.Servers;

/// <summary>
/// <c>server.delete</c>: stops the server, ends its billing as of the request, asks for a final backup, and keeps it until its shield
/// ends, when it is purged.
/// </summary>
internal sealed class DeleteServer(Db db, HypervisorsByRegion hypervisors, IOptions<ServersOptions> settings) : IWorkHandler
{
    internal sealed record Input(DateTimeOffset? ShieldUntil);

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var (server, ended) = await ServerTurn.Take(db, context);
        if (server is null) return ended!;
        if (!server.Living) return new WorkOutcome.Done();
        await context.Progress("stop", 30, "It is shutting down.");
        try
        {
            await hypervisors.In(server.Region).Stop(server.InstanceName, settings.Value.StopWithin, context.Cancelled);
        }
        catch (HypervisorException trouble) when (trouble.Trouble == HypervisorTrouble.Absent)
        {
            // nothing to stop: it is deleted as it is
        }

        var now = context.Now;
        var until = now + settings.Value.Shield;
        // what the customer was told when they asked holds, even if the setting has been shortened since
        if (context.Input<Input>().ShieldUntil is { } promised && promised > until) until = promised;
        return new WorkOutcome.Done(tx => Delete(tx, server, context.Item, now, until));
    }

    private static async Task Delete(Tx tx, Server server, WorkItem item, DateTimeOffset now, DateTimeOffset shieldUntil)
    {
        var rows = await tx.Execute(Sql.Delete, new { server.Id, server.AccountId, Now = now, ShieldUntil = shieldUntil });
        if (rows == 0) return;
        await WorkQueue.Add(tx, Ask("server.ended", new { serverId = server.Id.Value, at = item.CreatedAt }), now);
        await WorkQueue.Add(tx, Ask("backup.take", new { serverId = server.Id.Value, kind = "final" }), now);
        await WorkQueue.Add(tx, Ask("server.purge", new { serverId = server.Id.Value }) with { NotBefore = shieldUntil }, now);

        NewWork Ask(string command, object input) => new(command, server.Id.Value)
        {
            AccountId = server.AccountId,
            Input = input,
            DedupKey = $"{command}:{item.Id}",
        };
    }

    internal static class Sql
    {
        public const string Delete = """
            update Server
            set State = 'deleted', DeletedAt = @Now, ShieldUntil = @ShieldUntil, ObservedAt = @Now, Doubt = null
            where Id = @Id
                and AccountId = @AccountId
                and State in ('running', 'stopped')
            """;
    }
}
