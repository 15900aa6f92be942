using System.Diagnostics;
using System.Globalization;
using Provisioning.Hypervisors;
using Testing;
using Xunit;

namespace Provisioning.Tests.Hypervisors;

/// <summary>A real LXD of its own, killed in the middle of what it does. Long form.</summary>
public sealed class KilledLxdTests : IAsyncLifetime
{
    private const string Folder = "/var/lib/portal-killed";
    private const int Rounds = 12;
    private static readonly TimeSpan Patience = Wait.Patience;

    public ValueTask InitializeAsync()
    {
        Parts.RequireLong();
        Parts.RequireLxd();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Folder)) await Script("lxd-down");
    }

    [Fact]
    public async Task However_often_it_is_killed_while_creating_there_is_one_whole_server_in_the_end()
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var hypervisor = new Hypervisor(Options(await Script("lxd-up")));
        var halves = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var spec = new InstanceSpec
            {
                Name = $"killed-{round}",
                Job = $"job-{round}",
                Image = "portal-test",
                Hostname = "web",
                SshKey = "ssh-ed25519 AAAA",
                Limits = new Limits(1, 128, 1),
            };
            var creating = hypervisor.Create(spec, cancelled);
            if (round % 2 == 0) await Wait.Until(async () => await hypervisor.Find(spec.Name, cancelled) is not null, "the record");
            Kill();
            // it may have been faster than the kill
            await creating.ContinueWith(_ => { }, TaskScheduler.Default);
            await Script("lxd-up");
            if (await hypervisor.Find(spec.Name, cancelled) is { HalfMade: true }) halves++;
            await hypervisor.Create(spec, cancelled);
            await hypervisor.Start(spec.Name, cancelled);
            Assert.NotEmpty(await hypervisor.WaitForAddress(spec.Name, Patience, cancelled));
            await hypervisor.Delete(spec.Name, cancelled);
        }

        Assert.Empty(await hypervisor.All(cancelled));
        Assert.True(halves > 0, "No kill met the creation; the test has proven nothing.");
    }

    private static HypervisorOptions Options(string variables)
    {
        var values = variables.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith("export ", StringComparison.Ordinal))
            .Select(line => line["export ".Length..].Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return new HypervisorOptions
        {
            Region = "blr",
            Socket = values["PORTAL_TEST_LXD_SOCKET"],
            Network = values["PORTAL_TEST_LXD_NETWORK"],
            Pool = values["PORTAL_TEST_LXD_POOL"],
            Patience = Patience,
        };
    }

    private static void Kill()
    {
        var pid = int.Parse(File.ReadAllText(Path.Combine(Folder, "lxd", "lxd.pid")).Split(' ')[0], CultureInfo.InvariantCulture);
        using var daemon = Process.GetProcessById(pid);
        daemon.Kill();
        daemon.WaitForExit();
    }

    private static async Task<string> Script(string name)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Portal.sln"))) root = Path.GetDirectoryName(root) ?? throw new DirectoryNotFoundException("Portal.sln");
        var start = new ProcessStartInfo(Path.Combine(root, "tests", "Parts", name)) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["PORTAL_PARTS_DIR"] = Folder;
        using var script = Process.Start(start)!;
        var said = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        Assert.True(script.ExitCode == 0, $"{name} ended with {script.ExitCode}.");
        return said;
    }
}
