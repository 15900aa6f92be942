using Database;
using Database.Work;
using Microsoft.Extensions.Options;
using Provisioning.Hypervisors;
using Provisioning.Plan;

namespace Provisioning.Servers;

/// <summary><c>server.undelete</c>: brings a deleted server back, if that was asked for before its shield ended.</summary>
internal sealed class UndeleteServer(Db db, HypervisorsByRegion hypervisors, PlanRunner plans, IOptions<ServersOptions> settings) : IWorkHandler
{
    private const int Tries = 10;

    /// <summary>The table of steps.</summary>
    internal static StepPlan<Return> Plan { get; } = new("server.undelete", Tries,
    [
        new("claim", 10, "It is being taken back.", (it, _) => it.Claim(), (it, _) => it.GiveBack()),
        // no undo: a server that cannot be started is stopped as it was
        new("start", 40, "It is starting.", (it, cancelled) => it.Start(cancelled)),
    ])
    {
        Verdict = ServerTurn.Verdict,
    };

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var (server, ended) = await ServerTurn.Take(db, context);
        if (server is null) return ended!;
        if (server.Living) return new WorkOutcome.Done();
        if (server.State != "deleted") return new WorkOutcome.Failed($"provisioning.servers.{server.State}", $"The server is {server.State}; it cannot be had back.");
        return await plans.Run(Plan, new Return(db, server, hypervisors, settings.Value, context), context) switch
        {
            PlanEnd.Undone undone => new WorkOutcome.Failed(undone.Code, undone.Text),
            _ => new WorkOutcome.Done(tx => Resume(tx, server, context.Item, context.Now)),
        };
    }

    private static async Task Resume(Tx tx, Server server, WorkItem item, DateTimeOffset now)
    {
        if (await tx.Execute(Sql.Resume, new { server.Id, server.AccountId, Now = now }) == 0) return;
        var resumed = new NewWork("server.resumed", server.Id.Value)
        {
            AccountId = server.AccountId,
            Input = new { serverId = server.Id.Value, at = now },
            DedupKey = $"server.resumed:{item.Id}",
        };
        await WorkQueue.Add(tx, resumed, now);
    }

    /// <summary>One server on its way back.</summary>
    internal sealed class Return(Db db, Server server, HypervisorsByRegion hypervisors, ServersOptions options, WorkContext context)
    {
        // the purge takes the row only with a shield in it: whoever changes the row first has the server
        public async Task<StepOutcome> Claim()
        {
            var args = new { server.Id, server.AccountId, Asked = context.Item.CreatedAt };
            var taken = await context.Write(tx => tx.Execute(Sql.Claim, args));
            var mine = taken == 1 || await Server.Find(db, server.Id) is { State: "deleted", ShieldUntil: null };
            return mine ? new StepOutcome.Done() : new StepOutcome.Failed("provisioning.servers.shield_over", "Its shield had ended; it is gone.");
        }

        public async Task GiveBack()
        {
            var now = context.Now;
            var until = (server.DeletedAt ?? now) + options.Shield;
            await context.Write(async tx =>
            {
                if (await tx.Execute(Sql.GiveBack, new { server.Id, server.AccountId, ShieldUntil = until }) == 0) return;
                var purge = new NewWork("server.purge", server.Id.Value)
                {
                    AccountId = server.AccountId,
                    NotBefore = until,
                    DedupKey = $"server.purge:{context.Item.Id}",
                };
                await WorkQueue.Add(tx, purge, now);
            });
        }

        public async Task<StepOutcome> Start(CancellationToken cancelled)
        {
            await hypervisors.In(server.Region).Start(server.InstanceName, cancelled);
            return new StepOutcome.Done();
        }
    }

    internal static class Sql
    {
        public const string Claim = """
            update Server
            set ShieldUntil = null
            where Id = @Id
                and AccountId = @AccountId
                and State = 'deleted'
                and ShieldUntil > @Asked
            """;

        public const string GiveBack = """
            update Server
            set ShieldUntil = @ShieldUntil
            where Id = @Id
                and AccountId = @AccountId
                and State = 'deleted'
                and ShieldUntil is null
            """;

        public const string Resume = """
            update Server
            set State = 'running', DeletedAt = null, ShieldUntil = null, ObservedAt = @Now, Doubt = null
            where Id = @Id
                and AccountId = @AccountId
                and State = 'deleted'
            """;
    }
}
