using Database;
using Database.Work;
using Microsoft.Extensions.Options;
using Provisioning.Hypervisors;
using Provisioning.Plan;

namespace Provisioning.Servers;

/// <summary>
/// <c>server.create</c>: makes a paid server. When it cannot be made, nothing of it is left and the money is settled
/// (<c>order.undeliverable</c>) in the transaction that says so.
/// </summary>
internal class CreateServer(
    Db db, HypervisorsByRegion hypervisors, PlanRunner plans, IOptions<ServersOptions> settings) : IWorkHandler
{
    /// <summary>The table of steps.</summary>
    internal static StepPlan<Creation> Plan(ServersOptions options, string source = "the image") => new("server.create", options.CreateTries,
    [
        // no undo: the row stays and says why there is no server
        new("reserve", 5, "Your payment has arrived; your server is being prepared.", (it, _) => it.Reserve()),
        new("instance", 20, $"Its disk is being written from {source}.", (it, stop) => it.Create(stop), (it, stop) => it.Remove(stop)),
        // no undo: the instance is removed running or not
        new("start", 60, "It is starting.", (it, stop) => it.Start(stop)),
        // no undo: the address goes with the instance; it is shown before it is made to stay, since the server answers at it by then
        new("address", 80, "It is getting its address.", (it, stop) => it.FindAddress(stop)),
        new("lease", 90, "Its address is being kept for it.", (it, stop) => it.KeepAddress(stop)),
    ])
    {
        Verdict = ServerTurn.Verdict,
    };

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        if (ServerSpec.In(context.Item) is not { } spec) return new WorkOutcome.Failed("provisioning.servers.bad_order", "The order cannot be read.");
        if (spec.Problem(context.Item.Resource) is { } problem) return Undeliverable(spec, context.Now, "provisioning.servers.bad_order", problem);
        var id = ServerId.From(spec.ServerId);
        if (await Server.OfLine(db, spec.OrderLineId) is { } delivered && delivered != id)
            return new WorkOutcome.Failed("provisioning.servers.line_delivered_already", $"The order line has its server already: {delivered}.");
        if (await Server.Find(db, id) is { State: not "creating" } there)
        {
            return there.State == "failed"
                ? new WorkOutcome.Failed(there.FailureCode ?? "provisioning.servers.failed", there.FailureText ?? "It could not be made.")
                : new WorkOutcome.Done();
        }

        var creation = new Creation(spec, hypervisors, settings.Value, context, Make);
        return await plans.Run(Plan(settings.Value, Source), creation, context) switch
        {
            PlanEnd.Undone undone => Undeliverable(spec, context.Now, undone.Code, undone.Text),
            _ => new WorkOutcome.Done(tx => Server.Ready(tx, spec.AccountId, id, context.Now)),
        };
    }

    /// <summary>What the disk is written from, in the customer's words.</summary>
    protected virtual string Source => "the image";

    /// <summary>Makes the stopped instance of something else than its image; safe to do twice.</summary>
    protected virtual Func<WorkContext, Hypervisor, InstanceSpec, CancellationToken, Task>? Make => null;

    // even undoing was in vain: the money is settled all the same, and what is left of the server is purged later
    public async Task Exhausted(Tx tx, WorkItem item, DateTimeOffset now)
    {
        if (ServerSpec.In(item) is not { } spec) return;
        await Settle(tx, spec, "provisioning.servers.gave_up", "The server could not be made.", now);
        var purge = new NewWork("server.purge", item.Resource) { AccountId = item.AccountId, DedupKey = $"server.purge:{item.Resource}:left" };
        await WorkQueue.Add(tx, purge, now);
    }

    private static WorkOutcome.Failed Undeliverable(ServerSpec spec, DateTimeOffset now, string code, string text) =>
        new(code, text, tx => Settle(tx, spec, code, text, now));

    private static async Task Settle(Tx tx, ServerSpec spec, string code, string text, DateTimeOffset now)
    {
        await Server.Fail(tx, spec.AccountId, ServerId.From(spec.ServerId), code, text);
        var settle = new NewWork("order.undeliverable", spec.ServerId)
        {
            AccountId = spec.AccountId,
            Input = new { serverId = spec.ServerId, orderLineId = spec.OrderLineId, code, reason = text },
            DedupKey = $"order.undeliverable:{spec.OrderLineId}",
        };
        await WorkQueue.Add(tx, settle, now);
    }

    /// <summary>One server in the making.</summary>
    internal sealed class Creation(
        ServerSpec spec,
        HypervisorsByRegion hypervisors,
        ServersOptions options,
        WorkContext context,
        Func<WorkContext, Hypervisor, InstanceSpec, CancellationToken, Task>? make = null)
    {
        private readonly string name = ServerId.From(spec.ServerId).InstanceName;
        private bool justMade;

        private Hypervisor Hypervisor => hypervisors.In(spec.Region);

        public Task<StepOutcome> Reserve() =>
            Task.FromResult<StepOutcome>(new StepOutcome.Done(tx => Server.Reserve(tx, spec, name, context.Item.PromisedAt, context.Now)));

        public async Task<StepOutcome> Create(CancellationToken cancelled)
        {
            var wanted = new InstanceSpec
            {
                Name = name,
                Job = spec.ServerId,
                Image = spec.Image,
                Hostname = spec.Hostname,
                SshKey = spec.SshKey,
                Label = spec.Label,
                Limits = spec.Limits,
            };
            if (make is null)
            {
                await Hypervisor.Create(wanted, cancelled);
                justMade = true;
                return new StepOutcome.Done();
            }

            await make(context, Hypervisor, wanted, cancelled);
            // what was imported has the limits that it had when it was backed up
            await Hypervisor.SetLimits(name, spec.Limits, cancelled);
            return new StepOutcome.Done();
        }

        public Task Remove(CancellationToken cancelled) => Hypervisor.Delete(name, cancelled);

        public async Task<StepOutcome> Start(CancellationToken cancelled)
        {
            try
            {
                await Hypervisor.Start(name, cancelled, justMade);
            }
            catch (HypervisorException trouble) when (trouble.Trouble == HypervisorTrouble.Absent || trouble.Code == Hypervisor.IsHalfMade)
            {
                // what a crash of the hypervisor has left half-made is made again
                await Create(cancelled);
                await Hypervisor.Start(name, cancelled);
            }

            return new StepOutcome.Done();
        }

        public async Task<StepOutcome> FindAddress(CancellationToken cancelled)
        {
            var address = await Address(cancelled);
            return new StepOutcome.Done(tx => Server.SetAddress(tx, spec.AccountId, ServerId.From(spec.ServerId), address));
        }

        public async Task<StepOutcome> KeepAddress(CancellationToken cancelled)
        {
            var address = await Address(cancelled);
            await Hypervisor.SetAddress(name, address, cancelled);
            return new StepOutcome.Done(tx => Server.SetAddress(tx, spec.AccountId, ServerId.From(spec.ServerId), address));
        }

        private async Task<string> Address(CancellationToken cancelled)
        {
            try
            {
                return await Hypervisor.WaitForAddress(name, options.AddressWithin, cancelled);
            }
            catch (HypervisorException trouble) when (trouble.Code == Hypervisor.GuestStopped)
            {
                // a guest that ended by itself is started once more
                await Hypervisor.Start(name, cancelled);
                return await Hypervisor.WaitForAddress(name, options.AddressWithin, cancelled);
            }
        }
    }
}
