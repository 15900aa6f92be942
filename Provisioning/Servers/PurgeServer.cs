using Database;
using Database.Work;
using Provisioning.Hypervisors;

namespace Provisioning.Servers;

/// <summary>
/// <c>server.purge</c>: when the shield of a deleted server has ended, its instance goes for good. Also removes what is left of a
/// server that could not be made.
/// </summary>
internal sealed class PurgeServer(Db db, HypervisorsByRegion hypervisors) : IWorkHandler
{
    public async Task<WorkOutcome> Run(WorkContext context)
    {
        if (!Id.TryParse<ServerId>(context.Item.Resource, out var id))
            return new WorkOutcome.Failed("provisioning.servers.bad_id", "The work is for something that is no server.");
        if (await Server.Find(db, id) is not { } server) return new WorkOutcome.Done();
        if (server.State == "deleted")
        {
            // without a shield it is on its way back to its owner
            if (server.ShieldUntil is not { } until) return new WorkOutcome.Done();
            if (until > context.Now) return new WorkOutcome.Again(until, "waiting", "Its shield has not ended.");
            if (await context.Write(tx => tx.Execute(Sql.Claim, new { server.Id, server.AccountId, context.Now })) == 0)
                return new WorkOutcome.Again(context.Now, "waiting", "It has changed meanwhile.");
        }
        else if (server.State is not ("gone" or "failed"))
        {
            return new WorkOutcome.Done();
        }

        await context.Progress("instance", 50, "It is being removed for good.");
        await hypervisors.In(server.Region).Delete(server.InstanceName, context.Cancelled);
        if (server.State == "failed") return new WorkOutcome.Done();
        return new WorkOutcome.Done(async tx =>
        {
            var gone = new NewWork("server.ended", server.Id.Value)
            {
                AccountId = server.AccountId,
                Input = new { serverId = server.Id.Value, at = server.DeletedAt ?? context.Now, gone = true },
                DedupKey = $"server.ended:{server.Id}:gone",
            };
            await WorkQueue.Add(tx, gone, context.Now);
        });
    }

    internal static class Sql
    {
        public const string Claim = """
            update Server
            set State = 'gone', GoneAt = @Now, ObservedAt = @Now, Doubt = null
            where Id = @Id
                and AccountId = @AccountId
                and State = 'deleted'
                and ShieldUntil <= @Now
            """;
    }
}
