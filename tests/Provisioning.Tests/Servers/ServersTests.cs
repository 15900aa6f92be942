using Database.Work;
using Provisioning.Hypervisors.Sandbox;
using Provisioning.Servers;
using Provisioning.Tests.Hypervisors;
using Testing;
using Xunit;

namespace Provisioning.Tests.Servers;

/// <summary>What happens to a server between payment and its end.</summary>
public sealed class ServersTests : IAsyncLifetime
{
    private readonly RunningSandbox sandbox = new();
    private readonly List<ServerWorld> worlds = [];

    public async ValueTask InitializeAsync() => await sandbox.Start();

    public async ValueTask DisposeAsync()
    {
        await sandbox.Set(new Knobs());
        foreach (var world in worlds) await world.DisposeAsync();
        await sandbox.DisposeAsync();
    }

    [Theory, Engines]
    public async Task A_paid_server_is_delivered_once(string engine)
    {
        var world = await World(engine);
        var spec = world.Spec() with { Backups = true };
        await world.Done("server.create", spec.ServerId, spec);
        var server = await world.Server(spec);
        Assert.Equal("running", server.State);
        Assert.NotNull(server.Address);
        Assert.Equal(server.Address, (await world.Instance(spec))?.FixedAddress);
        Assert.Equal("Web", server.Label);
        await world.Done("server.create", spec.ServerId, spec);
        Assert.Single(await world.Hypervisor.All(CancellationToken.None));
        Assert.Empty(await world.Asked("order.undeliverable"));
    }

    [Theory, Engines]
    public async Task An_order_that_can_never_be_delivered_gives_the_money_back_and_leaves_nothing(string engine)
    {
        var world = await World(engine);
        var spec = world.Spec() with { Image = "no-such-image" };
        var failed = Assert.IsType<WorkOutcome.Failed>(await world.Try(await world.Ask("server.create", spec.ServerId, spec)));
        Assert.Equal("provisioning.hypervisors.image_not_found", failed.Code);
        Assert.Null(await world.Instance(spec));
        var server = await world.Server(spec);
        Assert.Equal(("failed", failed.Code), (server.State, server.FailureCode));
        var settle = Assert.Single(await world.Asked("order.undeliverable"));
        Assert.Equal(spec.ServerId, settle.Resource);
        Assert.Equal("acc_01", settle.AccountId);
        Assert.Equal(spec.OrderLineId, ServerWorld.Input(settle).GetProperty("orderLineId").GetString());
        Assert.Equal(failed.Code, ServerWorld.Input(settle).GetProperty("code").GetString());
        // asked once more, nothing more is settled
        Assert.IsType<WorkOutcome.Failed>(await world.Try(await world.Ask("server.create", spec.ServerId, spec)));
        Assert.Single(await world.Asked("order.undeliverable"));
    }

    [Fact]
    public async Task Trouble_is_tried_again_and_after_the_last_try_undone_and_settled()
    {
        var world = await World();
        var spec = world.Spec();
        await sandbox.Set(new Knobs { Faults = [new Fault("start", "fail", "Odd"), new Fault("start", "fail", "Odd")] });
        var item = await world.Ask("server.create", spec.ServerId, spec);
        await Assert.ThrowsAsync<Provisioning.Hypervisors.HypervisorException>(() => world.Try(item));
        Assert.NotNull(await world.Instance(spec));
        var failed = Assert.IsType<WorkOutcome.Failed>(await world.Try(item with { Attempts = world.Options.CreateTries - 1 }));
        Assert.Equal("server.create.start", failed.Code);
        Assert.Null(await world.Instance(spec));
        Assert.Single(await world.Asked("order.undeliverable"));
    }

    [Fact]
    public async Task When_even_undoing_is_in_vain_the_money_is_settled_and_the_rest_purged_later()
    {
        var world = await World();
        var spec = world.Spec();
        var item = await world.Ask("server.create", spec.ServerId, spec);
        await sandbox.Set(new Knobs { Faults = [new Fault("start", "fail", "Odd"), new Fault("delete", "fail", "Odd")] });
        await Assert.ThrowsAsync<Provisioning.Hypervisors.HypervisorException>(() => world.Try(item with { Attempts = world.Options.CreateTries - 1 }));
        await world.Db.Write(tx => world.Handler("server.create").Exhausted(tx, item, world.Clock.GetUtcNow()));
        Assert.Single(await world.Asked("order.undeliverable"));
        Assert.Equal("failed", (await world.Server(spec)).State);
        Assert.NotNull(await world.Instance(spec));
        await world.Try(Assert.Single(await world.Asked("server.purge")));
        Assert.Null(await world.Instance(spec));
    }

    [Fact]
    public async Task One_order_line_is_one_server()
    {
        var world = await World();
        var first = await world.Delivered();
        var second = world.Spec() with { OrderLineId = first.OrderLineId };
        var refused = Assert.IsType<WorkOutcome.Failed>(await world.Try(await world.Ask("server.create", second.ServerId, second)));
        Assert.Equal("provisioning.servers.line_delivered_already", refused.Code);
        Assert.Empty(await world.Asked("order.undeliverable"));
        Assert.Single(await world.Hypervisor.All(CancellationToken.None));
    }

    [Theory]
    [InlineData("bad host!", "ssh-ed25519 AAAA", 1)]
    [InlineData("web", "two\nlines", 1)]
    [InlineData("web", "ssh-ed25519 AAAA", 0)]
    public async Task What_the_form_should_have_refused_is_refused_at_the_last_door(string hostname, string key, int vcpu)
    {
        var world = await World();
        var spec = world.Spec() with { Hostname = hostname, SshKey = key, Vcpu = vcpu };
        var failed = Assert.IsType<WorkOutcome.Failed>(await world.Try(await world.Ask("server.create", spec.ServerId, spec)));
        Assert.Equal("provisioning.servers.bad_order", failed.Code);
        Assert.Single(await world.Asked("order.undeliverable"));
    }

    [Fact]
    public async Task Power_is_switched_and_shown()
    {
        var world = await World();
        var spec = await world.Delivered();
        await world.Done("server.power", spec.ServerId, new { action = "stop" });
        Assert.Equal("stopped", (await world.Server(spec)).State);
        Assert.True((await world.Instance(spec))?.Stopped);
        await world.Done("server.power", spec.ServerId, new { action = "start" });
        await world.Done("server.power", spec.ServerId, new { action = "restart" });
        Assert.Equal("running", (await world.Server(spec)).State);
        Assert.True((await world.Instance(spec))?.Running);
        var refused = Assert.IsType<WorkOutcome.Failed>(await world.Try(await world.Ask("server.power", spec.ServerId, new { action = "explode" })));
        Assert.Equal("provisioning.servers.unknown_action", refused.Code);
    }

    [Fact]
    public async Task A_new_name_is_a_label_and_changes_nothing_else()
    {
        var world = await World();
        var spec = await world.Delivered();
        await world.Done("server.rename", spec.ServerId, new { label = "दुकान" });
        Assert.Equal("दुकान", (await world.Server(spec)).Label);
        Assert.Equal("दुकान", (await world.Instance(spec))?.Config["user.portal.label"]);
        var refused = Assert.IsType<WorkOutcome.Failed>(await world.Try(await world.Ask("server.rename", spec.ServerId, new { label = new string('x', 81) })));
        Assert.Equal("provisioning.servers.bad_label", refused.Code);
    }

    [Theory, Engines]
    public async Task A_deleted_server_is_kept_comes_back_and_goes_for_good_after_its_shield(string engine)
    {
        var world = await World(engine);
        var spec = await world.Delivered();
        await world.Done("server.delete", spec.ServerId);
        var deleted = await world.Server(spec);
        Assert.Equal("deleted", deleted.State);
        Assert.True((await world.Instance(spec))?.Stopped);
        Assert.Equal("final", ServerWorld.Input(Assert.Single(await world.Asked("backup.take"))).GetProperty("kind").GetString());
        Assert.Single(await world.Asked("server.ended"));
        var purge = Assert.Single(await world.Asked("server.purge"));
        Assert.Equal(deleted.ShieldUntil, purge.NextTryAt);
        Assert.IsType<WorkOutcome.Again>(await world.Try(purge));
        var refused = Assert.IsType<WorkOutcome.Failed>(await world.Try(await world.Ask("server.power", spec.ServerId, new { action = "start" })));
        Assert.Equal("provisioning.servers.deleted", refused.Code);

        await world.Done("server.undelete", spec.ServerId);
        Assert.Equal("running", (await world.Server(spec)).State);
        Assert.True((await world.Instance(spec))?.Running);
        Assert.Single(await world.Asked("server.resumed"));
        world.Clock.Move(world.Options.Shield);
        Assert.IsType<WorkOutcome.Done>(await world.Try(purge));
        Assert.NotNull(await world.Instance(spec));

        await world.Done("server.delete", spec.ServerId);
        world.Clock.Move(world.Options.Shield);
        Assert.IsType<WorkOutcome.Done>(await world.Try((await world.Asked("server.purge"))[1]));
        Assert.Equal("gone", (await world.Server(spec)).State);
        Assert.Null(await world.Instance(spec));
        Assert.True(ServerWorld.Input((await world.Asked("server.ended"))[2]).GetProperty("gone").GetBoolean());
    }

    [Fact]
    public async Task After_the_shield_nothing_comes_back()
    {
        var world = await World();
        var spec = await world.Delivered();
        await world.Done("server.delete", spec.ServerId);
        world.Clock.Move(world.Options.Shield);
        var late = await world.Ask("server.undelete", spec.ServerId);
        Assert.Equal("provisioning.servers.shield_over", Assert.IsType<WorkOutcome.Failed>(await world.Try(late)).Code);
        Assert.IsType<WorkOutcome.Done>(await world.Try(Assert.Single(await world.Asked("server.purge"))));
        Assert.Equal("gone", (await world.Server(spec)).State);
    }

    [Fact]
    public async Task Asked_for_in_time_it_comes_back_even_when_the_worker_is_late()
    {
        var world = await World();
        var spec = await world.Delivered();
        await world.Done("server.delete", spec.ServerId);
        var inTime = await world.Ask("server.undelete", spec.ServerId);
        world.Clock.Move(world.Options.Shield);
        var purge = Assert.Single(await world.Asked("server.purge"));
        await Task.WhenAll(world.Try(inTime), world.Try(purge));
        var server = await world.Server(spec);
        var instance = await world.Instance(spec);
        // whoever changed the row first has the server, wholly
        Assert.True(server.State == "running" ? instance is { Running: true } : server.State == "gone" && instance is null, $"{server.State} {instance?.Status}");
    }

    [Fact]
    public async Task What_was_asked_for_first_is_done_first()
    {
        var world = await World();
        var spec = await world.Delivered();
        var stop = await world.Ask("server.power", spec.ServerId, new { action = "stop" });
        var start = await world.Ask("server.power", spec.ServerId, new { action = "start" });
        Assert.Equal("waiting", Assert.IsType<WorkOutcome.Again>(await world.Try(start)).Code);
        Assert.IsType<WorkOutcome.Done>(await world.Try(stop));
        Assert.IsType<WorkOutcome.Done>(await world.Try(start));
        Assert.Equal("running", (await world.Server(spec)).State);
    }

    [Fact]
    public async Task Observation_shows_what_the_hypervisor_shows()
    {
        var world = await World();
        var stopped = await world.Delivered();
        var lost = await world.Delivered();
        var well = await world.Delivered();
        await world.Hypervisor.Stop((await world.Server(stopped)).InstanceName, TimeSpan.Zero, CancellationToken.None);
        await world.Hypervisor.Delete((await world.Server(lost)).InstanceName, CancellationToken.None);
        var look = await world.Ask("server.observe", "server.observe");
        Assert.IsType<WorkOutcome.Again>(await world.Try(look));
        Assert.Equal("stopped", (await world.Server(stopped)).State);
        Assert.Equal(("running", true), ((await world.Server(lost)).State, (await world.Server(lost)).Doubt is not null));
        Assert.Equal(("running", true), ((await world.Server(well)).State, (await world.Server(well)).Doubt is null));
        Assert.Empty(await world.Asked("server.purge"));
    }

    [Fact]
    public async Task A_hypervisor_that_cannot_be_asked_changes_nothing()
    {
        var world = await World();
        var spec = await world.Delivered();
        await sandbox.Stop();
        Assert.IsType<WorkOutcome.Again>(await world.Try(await world.Ask("server.observe", "server.observe")));
        Assert.Equal(("running", true), ((await world.Server(spec)).State, (await world.Server(spec)).Doubt is null));
        await sandbox.Start();
    }

    [Fact]
    public async Task What_a_worker_given_up_for_dead_has_left_is_purged()
    {
        var world = await World();
        var spec = world.Spec() with { Image = "no-such-image" };
        await world.Try(await world.Ask("server.create", spec.ServerId, spec));
        var context = world.Context(await world.Ask("server.create", spec.ServerId, spec));
        await new CreateServer.Creation(spec with { Image = "debian-12" }, world.Hypervisors, world.Options, context).Create(CancellationToken.None);
        Assert.NotNull(await world.Instance(spec));
        await world.Try(await world.Ask("server.observe", "server.observe"));
        await world.Try(Assert.Single(await world.Asked("server.purge")));
        Assert.Null(await world.Instance(spec));
    }

    private async Task<ServerWorld> World(string engine = "SQLite")
    {
        var world = await ServerWorld.Create(sandbox.Options, "debian-12", engine);
        worlds.Add(world);
        return world;
    }
}
