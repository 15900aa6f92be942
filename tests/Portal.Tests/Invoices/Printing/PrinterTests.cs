using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Portal.Invoices.Printing;
using Testing;
using Xunit;

namespace Portal.Tests.Invoices.Printing;

public sealed class PrinterTests
{
    private const string Page = """
        <!doctype html><html lang="en"><head><title>Sheet</title><style>@page { size: A4; margin: 12mm }</style></head>
        <body><h1>Namaste</h1><p>₹1,18,000.00 for आशा</p></body></html>
        """;

    // how long a page may take is the operator's wish, and no promise that a test could hold on a busy machine
    private static readonly PrintingOptions Patient = new() { StartWithin = Wait.Patience, PrintWithin = Wait.Patience };

    [BrowserFact]
    public async Task A_page_is_printed_tagged_on_A4_with_selectable_text()
    {
        await using var printer = Make(Patient);
        var pdf = await Print(printer, Page);
        var info = await Poppler.Info(pdf);
        Assert.Matches(@"Tagged:\s+yes", info);
        Assert.Matches(@"Pages:\s+1\b", info);
        Assert.Contains("(A4)", info, StringComparison.Ordinal);
        var text = await Poppler.Text(pdf);
        Assert.Contains("Namaste", text, StringComparison.Ordinal);
        Assert.Contains("₹1,18,000.00", text, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task A_killed_browser_is_replaced()
    {
        await using var printer = Make(Patient);
        await Print(printer, Page);
        var first = printer.RendererProcess!.Value;
        Process.GetProcessById(first).Kill(entireProcessTree: true);
        await Print(printer, Page);
        Assert.NotEqual(first, printer.RendererProcess);
    }

    [BrowserFact]
    public async Task A_browser_killed_while_it_prints_is_replaced_and_the_page_is_printed()
    {
        await using var printer = Make(Patient);
        await Print(printer, Page);
        var first = printer.RendererProcess!.Value;
        var rows = string.Concat(Enumerable.Range(0, 2_000).Select(row => $"<tr><td>{row}</td></tr>"));
        var printing = Print(printer, $"<!doctype html><title>Long</title><table>{rows}</table>");
        Process.GetProcessById(first).Kill(entireProcessTree: true);
        Assert.True((await printing).Length > 0);
        Assert.NotEqual(first, printer.RendererProcess);
    }

    [BrowserFact]
    public async Task A_browser_that_takes_too_long_is_killed()
    {
        await using var printer = Make(new PrintingOptions { PrintWithin = TimeSpan.FromMilliseconds(1) });
        await Assert.ThrowsAsync<RendererBrokenException>(() => Print(printer, Page));
        Assert.Null(printer.RendererProcess);
    }

    [BrowserFact]
    public async Task A_browser_is_replaced_after_its_pages()
    {
        await using var printer = Make(Patient with { PagesPerRenderer = 2 });
        await Print(printer, Page);
        Assert.NotNull(printer.RendererProcess);
        await Print(printer, Page);
        Assert.Null(printer.RendererProcess);
        await Print(printer, Page);
        Assert.NotNull(printer.RendererProcess);
    }

    [BrowserFact]
    public async Task A_page_reaches_no_server_and_runs_no_script()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        await using var printer = Make(Patient);
        var pdf = await Print(printer, $"""
            <!doctype html><html><head><link rel="stylesheet" href="http://127.0.0.1:{port}/a.css"></head><body>
            <img src="http://127.0.0.1:{port}/a.png"><iframe src="http://localhost:{port}/"></iframe><iframe src="file:///etc/passwd"></iframe>
            <p id="p">quiet</p><script>document.getElementById('p').textContent = 'scripted'</script></body></html>
            """);
        Assert.False(server.Pending());
        var text = await Poppler.Text(pdf);
        Assert.Contains("quiet", text, StringComparison.Ordinal);
        Assert.DoesNotContain("root:", text, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task The_browser_runs_as_an_unprivileged_user_without_the_portals_environment()
    {
        Environment.SetEnvironmentVariable("PORTAL_TEST_SECRET", "hush");
        await using var printer = Make(Patient);
        await Print(printer, Page);
        var browser = Children(printer.RendererProcess!.Value).First();
        var status = await File.ReadAllLinesAsync($"/proc/{browser}/status");
        var uid = status.First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        Assert.NotEqual("0", uid);
        var shell = await File.ReadAllTextAsync($"/proc/{printer.RendererProcess!.Value}/environ");
        Assert.DoesNotContain("hush", shell, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Nothing_is_left_behind()
    {
        var printer = Make(Patient);
        await Print(printer, Page);
        var shell = printer.RendererProcess!.Value;
        var profile = Profile(shell);
        Assert.True(Directory.Exists(profile));
        await printer.DisposeAsync();
        Assert.False(Directory.Exists(profile));
        Assert.False(Directory.Exists($"/proc/{shell}"));
    }

    [Fact]
    public async Task Without_a_browser_nothing_is_printed()
    {
        await using var printer = Make(new PrintingOptions { Browser = "none" });
        Assert.IsType<PrintOutcome.NoRenderer>(await printer.Print(Page, CancellationToken.None));
        Assert.Null(FindBrowser.On("", "/nowhere:/also-nowhere"));
    }

    [Fact]
    public async Task A_program_that_is_no_browser_is_named_in_the_trouble()
    {
        await using var printer = Make(new PrintingOptions { Browser = "/bin/false" });
        var trouble = await Assert.ThrowsAsync<RendererBrokenException>(() => Print(printer, Page));
        Assert.Contains("/bin/false", trouble.Message, StringComparison.Ordinal);
    }

    private static Printer Make(PrintingOptions options) => new(Options.Create(options), NullLogger<Printer>.Instance);

    private static async Task<byte[]> Print(Printer printer, string html) =>
        Assert.IsType<PrintOutcome.Pdf>(await printer.Print(html, CancellationToken.None)).Bytes;

    private static string Profile(int shell) => File.ReadAllText($"/proc/{shell}/cmdline").Split('\0')
        .First(argument => argument.StartsWith("--user-data-dir=", StringComparison.Ordinal))["--user-data-dir=".Length..];

    private static IEnumerable<int> Children(int parent) =>
        File.ReadAllText($"/proc/{parent}/task/{parent}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);
}
