using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Billing.Payments.Sandbox;
using Portal.Tests.Servers;
using Xunit;

namespace Portal.Tests.Api;

/// <summary>The README's lines do what it says.</summary>
public sealed partial class WalkThrough
{
    [Fact]
    public async Task The_lines_of_the_README_run_as_they_stand()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/curl") && File.Exists("/bin/sh"), "curl and a shell are not there");
        await using var gateway = RazorpaySandbox.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"]);
        await gateway.StartAsync();
        await using var portal = await ServerCustomers.StartSelling(
            $"Billing:Payments:Razorpay:BaseUrl={gateway.Urls.First()}",
            $"Billing:Payments:Razorpay:CheckoutUrl={gateway.Urls.First()}/v1/checkout/embedded");
        using var asha = await Customer.SignUp(portal, "Asha Rao", billing: false);

        var readme = await File.ReadAllTextAsync(Path.Combine(PortalUnderTest.ContentRoot, "Api", "README.md"));
        using var shell = new Process
        {
            StartInfo = new ProcessStartInfo("/bin/sh", ["-eu"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        (shell.StartInfo.Environment["PORTAL"], shell.StartInfo.Environment["TOKEN"], shell.StartInfo.Environment["KEY"]) =
            (portal.Address.ToString().TrimEnd('/'), asha.Token, SshPublicKeyTests.Ed25519);
        shell.Start();
        var (output, errors) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.StandardInput.WriteAsync(Lines().Match(readme).Groups[1].Value);
        shell.StandardInput.Close();
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode == 0, $"{await errors}\n{await output}");
        Assert.Contains("\"checkout\":{\"address\":", await output, StringComparison.Ordinal);

        var order = Assert.Single((await asha.Get("/orders")).Json["items"]!.AsArray())!;
        Assert.Equal("awaiting_payment", order["state"]!.ToString());
        Assert.Equal("web-1", (await asha.Get($"/servers/{order["serverId"]}"))["hostname"]);
    }

    /// <summary>Every endpoint that the table names is in the document, and the other way round.</summary>
    [Fact]
    public async Task The_table_of_the_README_names_every_endpoint()
    {
        await using var portal = await PortalUnderTest.Start();
        using var nobody = Customer.With(portal, null);
        var readme = await File.ReadAllTextAsync(Path.Combine(PortalUnderTest.ContentRoot, "Api", "README.md"));
        var told = Rows().Matches(readme).SelectMany(row => Endpoints().Matches(row.Value))
            .SelectMany(match => match.Groups[1].Value.Split(' ').Select(method => $"{method} {match.Groups[2].Value}"));
        var paths = (await nobody.Get("/openapi.json")).Json["paths"]!.AsObject();
        var real = paths.SelectMany(path => ((JsonObject)path.Value!).Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key["/api/v1".Length..]}"));
        Assert.Equal(real.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Lines();

    [GeneratedRegex(@"^\| `[A-Z].*$", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"`((?:[A-Z]{3,6} )*[A-Z]{3,6}) (/[^`]+)`")]
    private static partial Regex Endpoints();
}
