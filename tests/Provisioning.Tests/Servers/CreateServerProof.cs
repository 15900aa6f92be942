using Database.Work;
using Provisioning.Plan;
using Provisioning.Servers;
using Provisioning.Tests.Hypervisors;
using Provisioning.Tests.Plan;
using Testing;
using Xunit;

namespace Provisioning.Tests.Servers;

/// <summary>The plan that makes a server, proven on the sandbox and on a real LXD.</summary>
public abstract class CreateServerProof : IAsyncLifetime
{
    private ServerWorld world = null!;

    public static TheoryData<string> Steps => [.. CreateServer.Plan(new ServersOptions()).Steps.Select(step => step.Name)];

    private protected abstract Task<ServerWorld> Begin();

    protected virtual Task End() => Task.CompletedTask;

    public async ValueTask InitializeAsync() => world = await Begin();

    public async ValueTask DisposeAsync()
    {
        if (world is not null) await world.DisposeAsync();
        await End();
        GC.SuppressFinalize(this);
    }

    private StepPlan<CreateServer.Creation> Plan => CreateServer.Plan(world.Options);

    [Fact]
    public async Task Every_step_done_twice_makes_one_server()
    {
        var (spec, context) = await Order();
        Assert.IsType<PlanEnd.Finished>(await PlanProof.Runner(world.Db).Run(Plan.EveryStepTwice(), Creation(spec, context), context));
        await IsDelivered(spec);
    }

    [Theory, MemberData(nameof(Steps))]
    public async Task Failing_at_each_step_leaves_nothing(string step)
    {
        var (spec, context) = await Order();
        var plan = Plan.FailingAt(step).EveryStepTwice();
        Assert.IsType<PlanEnd.Undone>(await PlanProof.Runner(world.Db).Run(plan, Creation(spec, context), context));
        Assert.Null(await world.Instance(spec));
    }

    [Fact]
    public async Task Dying_at_each_step_makes_one_server()
    {
        var (spec, context) = await Order();
        var (end, deaths) = await Plan.RunThroughDeaths(world.Db, context, () => Creation(spec, context));
        Assert.IsType<PlanEnd.Finished>(end);
        Assert.Equal(2 * Plan.Steps.Count, deaths.Count);
        await IsDelivered(spec);
    }

    [Fact]
    public async Task Dying_at_each_step_on_the_way_back_leaves_nothing()
    {
        var (spec, context) = await Order();
        var (end, deaths) = await Plan.FailingAt("address").RunThroughDeaths(world.Db, context, () => Creation(spec, context));
        Assert.IsType<PlanEnd.Undone>(end);
        Assert.Contains("server.create.instance.undo", deaths);
        Assert.Null(await world.Instance(spec));
    }

    private async Task<(ServerSpec Spec, WorkContext Context)> Order()
    {
        var spec = world.Spec();
        return (spec, world.Context(await world.Ask("server.create", spec.ServerId, spec)));
    }

    private CreateServer.Creation Creation(ServerSpec spec, WorkContext context) => new(spec, world.Hypervisors, world.Options, context);

    private async Task IsDelivered(ServerSpec spec)
    {
        var name = ServerId.From(spec.ServerId).InstanceName;
        var instance = Assert.Single(await world.Hypervisor.All(CancellationToken.None), one => one.Name == name);
        Assert.True(instance.Running);
        Assert.Equal(instance.Address, (await world.Server(spec)).Address);
        Assert.Equal(instance.Address, instance.FixedAddress);
        Assert.Equal(spec.Limits, instance.Limits);
    }
}

public sealed class CreateServerOnSandbox : CreateServerProof
{
    private readonly RunningSandbox sandbox = new();

    private protected override async Task<ServerWorld> Begin()
    {
        await sandbox.Start();
        return await ServerWorld.Create(sandbox.Options, "debian-12");
    }

    protected override async Task End() => await sandbox.DisposeAsync();
}

public sealed class CreateServerOnLxd : CreateServerProof
{
    private protected override Task<ServerWorld> Begin() => ServerWorld.Create(LxdContractTests.OverHttps(), Parts.RequireLxd().Image);
}
