using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Provisioning.Hypervisors;
using Provisioning.Hypervisors.Sandbox;
using Testing;
using Xunit;

namespace Provisioning.Tests.Hypervisors;

/// <summary>The contract on the sandbox, and the faults that only it has on demand.</summary>
public sealed class SandboxContractTests : HypervisorContract
{
    private readonly RunningSandbox sandbox = new();

    protected override string Image => "debian-12";

    private protected override async Task<HypervisorOptions> Begin()
    {
        await sandbox.Start();
        return sandbox.Options;
    }

    protected override async Task End() => await sandbox.DisposeAsync();

    protected override async Task MakeHalf(string name)
    {
        await sandbox.Set(new Knobs { SlowMilliseconds = { ["create"] = 60_000 } });
        using var slow = new CancellationTokenSource();
        var creating = Hypervisor.Create(Spec() with { Name = name }, slow.Token);
        await Wait.Until(async () => await Hypervisor.Find(name, Cancelled) is not null, "the record of the instance");
        await slow.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => creating);
        await sandbox.Die();
        await sandbox.Set(new Knobs());
        Assert.True((await Hypervisor.Find(name, Cancelled))?.HalfMade);
    }

    protected override Task MakeDeaf(string name) => sandbox.Set(new Knobs { DeafGuests = true });

    [Theory]
    [InlineData("lose")]
    [InlineData("half")]
    public async Task Operations_that_vanish_change_nothing_for_who_asked(string how)
    {
        await sandbox.Set(new Knobs
        {
            Faults = [.. new[] { "create", "start", "snapshot", "backup", "stop", "delete" }.Select(kind => new Fault(kind, how))],
        });
        var spec = await Running();
        await Hypervisor.Snapshot(spec.Name, "s1", Cancelled);
        Assert.Equal(["s1"], await Hypervisor.Snapshots(spec.Name, Cancelled));
        var archive = await Archive(spec.Name);
        await Hypervisor.Stop(spec.Name, TimeSpan.FromSeconds(5), Cancelled);
        await Hypervisor.Delete(spec.Name, Cancelled);
        Assert.Null(await Hypervisor.Find(spec.Name, Cancelled));
        await Hypervisor.ImportInstance(_ => Task.FromResult<Stream>(new MemoryStream(archive)), new ImportSpec { Name = spec.Name, Job = "x" }, Cancelled);
        Assert.Equal("x", (await Hypervisor.Find(spec.Name, Cancelled))?.Job);
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("error")]
    public async Task Unknown_trouble_is_for_another_try(string how)
    {
        await sandbox.Set(new Knobs { Faults = [new Fault("create", how, "Something odd")] });
        var spec = Spec();
        var trouble = await Assert.ThrowsAsync<HypervisorException>(() => Hypervisor.Create(spec, Cancelled));
        Assert.Equal(HypervisorTrouble.Broken, trouble.Trouble);
        Assert.Contains("Something odd", trouble.Message, StringComparison.Ordinal);
        await Hypervisor.Create(spec, Cancelled);
    }

    [Fact]
    public async Task A_quota_answered_as_500_is_refused_for_good()
    {
        await sandbox.Set(new Knobs { Faults = [new Fault("create", "error", "Reached maximum number of instances of type \"container\" in project \"p\"")] });
        await Refused("quota", () => Hypervisor.Create(Spec(), Cancelled));
    }

    [Fact]
    public async Task An_operation_that_hangs_is_given_up_for_another_try()
    {
        using var impatient = new Hypervisor(sandbox.Options with { Patience = TimeSpan.FromSeconds(1) });
        await sandbox.Set(new Knobs { Faults = [new Fault("create", "hang")] });
        var trouble = await Assert.ThrowsAsync<HypervisorException>(() => impatient.Create(Spec(), Cancelled));
        Assert.Equal("provisioning.hypervisors.too_slow", trouble.Code);
        await sandbox.Die();
    }

    [Fact]
    public async Task A_backup_that_the_hypervisor_died_over_is_made_again()
    {
        var spec = await Running();
        await sandbox.Set(new Knobs { Faults = [new Fault("backup", "half")] });
        var whole = await Archive(spec.Name);
        await Hypervisor.ImportInstance(_ => Task.FromResult<Stream>(new MemoryStream(whole)), new ImportSpec { Name = Name(), Job = "x" }, Cancelled);
    }

    [Fact]
    public async Task Instances_survive_the_end_of_the_sandbox()
    {
        var spec = await Running();
        await sandbox.Restart();
        Assert.True((await Hypervisor.Find(spec.Name, Cancelled))?.Running);
        await Hypervisor.Stop(spec.Name, TimeSpan.FromSeconds(5), Cancelled);
    }

    [Fact]
    public async Task Nobody_there_is_for_another_try()
    {
        using var nobody = new Hypervisor(sandbox.Options with { Url = $"http://127.0.0.1:{FreePort.Find()}" });
        var trouble = await Assert.ThrowsAsync<HypervisorException>(() => nobody.Find("srv-1", Cancelled));
        Assert.Equal("provisioning.hypervisors.unreachable", trouble.Code);
        Assert.Equal(HypervisorTrouble.Broken, trouble.Trouble);
    }
}

/// <summary>The sandbox in this process, with its state in a folder of its own.</summary>
internal sealed class RunningSandbox : IAsyncDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"portal-sandbox-{Guid.NewGuid():n}");
    private readonly int port = FreePort.Find();
    private readonly HttpClient http = new();
    private WebApplication? app;

    public HypervisorOptions Options => new()
    {
        Region = "blr",
        Url = $"http://127.0.0.1:{port}",
        Network = "br0",
        Patience = Wait.Patience,
    };

    public async Task Start()
    {
        app = HypervisorSandbox.Build(["--urls", Options.Url, "--state", folder]);
        await app.StartAsync();
    }

    public async Task Stop()
    {
        if (app is not null) await app.DisposeAsync();
        app = null;
    }

    public async Task Restart()
    {
        await Stop();
        await Start();
    }

    public async Task Set(Knobs knobs) => (await http.PutAsJsonAsync($"{Options.Url}/sandbox/knobs", knobs)).EnsureSuccessStatusCode();

    public async Task Die() => (await http.PostAsync($"{Options.Url}/sandbox/die", null)).EnsureSuccessStatusCode();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (app is not null) await app.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
