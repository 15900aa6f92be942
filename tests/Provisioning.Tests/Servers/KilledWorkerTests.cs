using Provisioning.Tests.Hypervisors;
using Testing;
using Xunit;

namespace Provisioning.Tests.Servers;

/// <summary>The worker as a process that dies where it is told to.</summary>
public sealed class KilledWorkerTests : IAsyncLifetime
{
    private readonly RunningSandbox sandbox = new();
    private ServerWorld world = null!;

    public async ValueTask InitializeAsync()
    {
        await sandbox.Start();
        world = await ServerWorld.Create(sandbox.Options, "debian-12");
    }

    public async ValueTask DisposeAsync()
    {
        await world.DisposeAsync();
        await sandbox.DisposeAsync();
    }

    [Theory]
    [InlineData("server.create.reserve.after")]
    [InlineData("server.create.instance.before")]
    [InlineData("server.create.address.after")]
    public async Task A_worker_killed_in_the_middle_is_followed_by_one_that_delivers(string place)
    {
        var spec = world.Spec();
        await world.Ask("server.create", spec.ServerId, spec);
        await using (var first = await HostProcess.Run("Provisioning", Arguments, Settings(place))) Assert.Equal(128 + 9, first.ExitCode);
        Assert.Equal("running", Assert.Single(await world.Asked("server.create")).State);
        await using var second = await HostProcess.StartUntil("Now listening on", "Provisioning", Arguments, Settings(""));
        await Wait.Until(async () => (await world.Asked("server.create"))[0].State == "done", "the server");
        Assert.Equal("running", (await world.Server(spec)).State);
        Assert.Single(await world.Hypervisor.All(CancellationToken.None));
        Assert.Empty(await world.Asked("order.undeliverable"));
        Assert.Equal(0, await second.Stop());
    }

    private static string[] Arguments => ["--urls", "http://127.0.0.1:0"];

    private Dictionary<string, string?> Settings(string crashAt) => new()
    {
        ["Database__File"] = ((Database.SqliteEngine)world.Database.Engine).File,
        ["Database__Work__Lease"] = "00:00:01",
        ["Provisioning__CrashAt"] = crashAt,
        ["Provisioning__Hypervisors__0__Region"] = "blr",
        ["Provisioning__Hypervisors__0__Url"] = sandbox.Options.Url,
        ["Provisioning__Hypervisors__0__Network"] = "br0",
    };
}
