using System.Diagnostics;
using Testing;
using Xunit;

namespace Billing.Tests.Payments;

/// <summary>The gateway's own Node package, unchanged, against the sandbox: the sandbox speaks what others took for the real protocol.</summary>
public sealed class OfficialNodePackage
{
    [Fact]
    public async Task Runs_unchanged_against_the_sandbox()
    {
        var modules = Parts.RequireNodeModules();
        await using var gateway = await TestGateway.Start();
        var script = Path.Combine(AppContext.BaseDirectory, "Payments", "razorpay.mjs");
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[script, modules, gateway.Address, gateway.Options.KeyId, gateway.Options.KeySecret])
            start.ArgumentList.Add(argument);
        using var node = Process.Start(start)!;
        var said = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var trouble = await node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, trouble);
        Assert.Equal("ok", (await said).Trim());
    }
}
