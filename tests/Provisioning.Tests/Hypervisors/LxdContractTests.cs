using System.Net.Http.Json;
using Provisioning.Hypervisors;
using Testing;
using Xunit;

namespace Provisioning.Tests.Hypervisors;

/// <summary>The contract on a real LXD, and what only a real one can show.</summary>
public sealed class LxdContractTests : HypervisorContract
{
    protected override string Image => Parts.RequireLxd().Image;

    private protected override Task<HypervisorOptions> Begin() => Task.FromResult(OverHttps());

    protected override Task End() => Task.CompletedTask;

    // the sign of a half-made instance is what it lacks
    protected override async Task MakeHalf(string name)
    {
        await Hypervisor.Create(Spec() with { Name = name }, Cancelled);
        var read = await Hypervisor.Connection.Send(HttpMethod.Get, $"/1.0/instances/{name}", null, Cancelled);
        var body = read.Metadata!.DeepClone().AsObject();
        body["config"]!.AsObject().Remove("volatile.apply_template");
        using var content = JsonContent.Create(body);
        Assert.IsType<OperationEnd.Succeeded>(await Hypervisor.Connection.Run(HttpMethod.Put, $"/1.0/instances/{name}", content, Cancelled));
        Assert.True((await Hypervisor.Find(name, Cancelled))?.HalfMade);
    }

    protected override Task MakeDeaf(string name) =>
        Guest.Write(name, "/etc/rc.stop", "#!/bin/sh\nwhile :; do sleep 1; done\n", "0755");

    [Fact]
    public async Task The_first_boot_lets_the_ordered_key_in_and_sets_the_hostname()
    {
        var spec = await Running();
        await Wait.Until(() => Guest.Has(spec.Name, "/var/lib/cloud/done"), "the first boot's script");
        Assert.Equal($"{spec.SshKey}\n", await Guest.Read(spec.Name, "/root/.ssh/authorized_keys"));
        Assert.Equal("web-1.example.in\n", await Guest.Read(spec.Name, "/etc/hostname"));
    }

    [Fact]
    public async Task The_unix_socket_serves_as_well()
    {
        var part = Parts.RequireLxd();
        using var local = new Hypervisor(OverHttps() with { Url = "", Socket = part.Socket });
        Assert.Equal("lxd", (await local.Describe(Cancelled)).Server);
        var spec = Spec();
        await local.Create(spec, Cancelled);
        Assert.Equal(spec.Job, (await Hypervisor.Find(spec.Name, Cancelled))?.Job);
    }

    [Fact]
    public async Task A_server_with_another_certificate_is_not_talked_to()
    {
        using var wrong = new Hypervisor(OverHttps() with { ServerFingerprint = new string('a', 64) });
        var trouble = await Assert.ThrowsAsync<HypervisorException>(() => wrong.Describe(Cancelled));
        Assert.Equal("provisioning.hypervisors.unreachable", trouble.Code);
    }

    internal static HypervisorOptions OverHttps()
    {
        var part = Parts.RequireLxd();
        var options = new HypervisorOptions
        {
            Region = "blr",
            Url = part.Url.ToString(),
            ClientCertificate = part.ClientCertificate,
            ClientKey = part.ClientKey,
            ServerFingerprint = part.ServerFingerprint,
            Pool = part.Pool,
            Network = part.Network,
            Patience = Wait.Patience,
        };
        Assert.Empty(options.Problems(production: true));
        return options;
    }
}
