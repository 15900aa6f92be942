using Database;
using Database.Work;
using Microsoft.Extensions.Options;
using Provisioning.Hypervisors;
using Provisioning.Plan;

namespace Provisioning.Servers;

/// <summary><c>server.power</c>: starts, stops or restarts a server.</summary>
internal sealed class PowerServer(Db db, HypervisorsByRegion hypervisors, PlanRunner plans, IOptions<ServersOptions> settings) : IWorkHandler
{
    private const int Tries = 5;

    internal sealed record Input(string Action);

    /// <summary>The table of steps; power has nothing to undo.</summary>
    internal static StepPlan<Switch>? Plan(string action)
    {
        var stop = new Step<Switch>("stop", 10, "It is shutting down.", (it, cancelled) => it.Stop(cancelled));
        var start = new Step<Switch>("start", 60, "It is starting.", (it, cancelled) => it.Start(cancelled));
        return action switch
        {
            "start" => new("server.power", Tries, [start]),
            "stop" => new("server.power", Tries, [stop]),
            // two steps, so that a crash in between never stops it twice
            "restart" => new("server.power", Tries, [stop, start]),
            _ => null,
        };
    }

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var (server, ended) = await ServerTurn.Take(db, context);
        if (server is null) return ended!;
        var action = context.Input<Input>().Action;
        if (Plan(action) is not { } plan) return new WorkOutcome.Failed("provisioning.servers.unknown_action", $"'{action}' is not start, stop or restart.");
        if (!server.Living) return new WorkOutcome.Failed($"provisioning.servers.{server.State}", $"The server is {server.State}; its power cannot be switched.");
        var state = action == "stop" ? "stopped" : "running";
        return await plans.Run(plan with { Verdict = Verdict }, new Switch(server, hypervisors, settings.Value), context) switch
        {
            PlanEnd.Undone undone => new WorkOutcome.Failed(undone.Code, undone.Text),
            _ => new WorkOutcome.Done(tx => Server.SetState(tx, server.AccountId, server.Id, state, context.Now)),
        };
    }

    private static StepOutcome.Failed? Verdict(Exception trouble) => trouble is HypervisorException { Trouble: HypervisorTrouble.Absent } absent
        ? new StepOutcome.Failed(absent.Code, absent.Message)
        : ServerTurn.Verdict(trouble);

    /// <summary>One server's switch.</summary>
    internal sealed class Switch(Server server, HypervisorsByRegion hypervisors, ServersOptions options)
    {
        public async Task<StepOutcome> Stop(CancellationToken cancelled)
        {
            await hypervisors.In(server.Region).Stop(server.InstanceName, options.StopWithin, cancelled);
            return new StepOutcome.Done();
        }

        public async Task<StepOutcome> Start(CancellationToken cancelled)
        {
            await hypervisors.In(server.Region).Start(server.InstanceName, cancelled);
            return new StepOutcome.Done();
        }
    }
}
