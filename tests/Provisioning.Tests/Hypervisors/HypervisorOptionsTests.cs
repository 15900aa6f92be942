using Provisioning.Hypervisors;
using Xunit;

namespace Provisioning.Tests.Hypervisors;

public sealed class HypervisorOptionsTests
{
    private static readonly HypervisorOptions Sandbox = new() { Region = "blr", Url = "http://localhost:9140", Network = "br0" };

    [Fact]
    public void The_sandbox_on_this_machine_is_fine_in_development() => Assert.Empty(Sandbox.Problems(production: false));

    [Theory]
    [InlineData("http://localhost:9140", true, "production needs https")]
    [InlineData("http://10.0.0.5:8080", false, "use https there")]
    [InlineData("ftp://localhost", false, "Url is not an address")]
    [InlineData("nonsense", false, "Url is not an address")]
    [InlineData("", false, "exactly one of Url and Socket")]
    [InlineData("https://10.0.0.5:8443", true, "ClientCertificate names no file")]
    [InlineData("https://10.0.0.5:8443", true, "ServerFingerprint is not a SHA-256")]
    public void What_cannot_work_is_said_with_its_cure(string url, bool production, string says) =>
        Assert.Contains((Sandbox with { Url = url }).Problems(production), problem => problem.Contains(says, StringComparison.Ordinal));

    [Fact]
    public void A_region_is_served_by_one_hypervisor()
    {
        var options = new HypervisorsOptions();
        options.Regions.AddRange([Sandbox, Sandbox]);
        Assert.Contains(options.Problems(production: false), problem => problem.Contains("listed 2 times", StringComparison.Ordinal));
    }

    [Fact]
    public void A_fingerprint_may_have_colons()
    {
        var options = Sandbox with { ServerFingerprint = string.Join(':', Enumerable.Repeat("aB", 32)) };
        Assert.Equal(64, options.Fingerprint.Length);
    }

    [Fact]
    public void The_first_boot_script_holds_the_key_as_one_word()
    {
        var script = FirstBoot.Script("web", "ssh-ed25519 AAAA asha's; rm -rf /");
        Assert.StartsWith("#!/bin/sh\n", script, StringComparison.Ordinal);
        Assert.Contains("""'ssh-ed25519 AAAA asha'\''s; rm -rf /' > /root/.ssh/authorized_keys""", script, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FirstBoot.Script("web\nreboot", "key"));
    }
}
