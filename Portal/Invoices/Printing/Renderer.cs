using System.Diagnostics;
using System.Text;

namespace Portal.Invoices.Printing;

/// <summary>One browser child: own empty profile, own user, no secrets in its environment, no network, no scripts.</summary>
internal sealed class Renderer : IAsyncDisposable
{
    // 3 and 4 are the pipe's ends; the shell outlives the browser, so that the profile goes even when this process was killed.
    private const string Script = """
        profile=$1 user=$2 browser=$3; shift 3
        trap 'rm -rf "$profile" 2>/dev/null || { sleep 1; rm -rf "$profile"; }' EXIT
        trap 'exit 143' TERM INT HUP
        # a PDF can wait a second: what the payment has bought is made at the same moment
        renice -n 10 -p $$ >/dev/null 2>&1 || true
        if [ "$(id -u)" = 0 ]; then
            group=$(id -gn "$user") && chown -R "$user:$group" "$profile" || exit 69
            setpriv --reuid="$user" --regid="$group" --clear-groups --inh-caps=-all --no-new-privs \
                "$browser" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null
        else
            "$browser" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null
        fi
        """;

    private static readonly string[] Flags =
    [
        "--headless", "--remote-debugging-pipe", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check",
        "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability",
        "--disable-sync", "--disable-default-apps", "--disable-breakpad", "--disable-crash-reporter", "--mute-audio", "--no-pings",
        "--password-store=basic", "--font-render-hinting=none", "--force-color-profile=srgb",
        // no name resolves and every connection goes to a proxy that does not exist: the browser has no network
        "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://0.0.0.0:9", "--proxy-bypass-list=<-loopback>",
    ];

    private readonly Process process;
    private readonly DevTools tools;
    private readonly string profile;
    private readonly PrintingOptions options;

    private Renderer(Process process, DevTools tools, string profile, PrintingOptions options) =>
        (this.process, this.tools, this.profile, this.options, ProcessId) = (process, tools, profile, options, process.Id);

    /// <summary>Pages printed so far.</summary>
    internal int Pages { get; private set; }

    /// <summary>The process id of the shell around the browser.</summary>
    internal int ProcessId { get; }

    /// <summary>Starts a browser and waits until it answers.</summary>
    /// <exception cref="RendererBrokenException">It did not answer in time.</exception>
    internal static async Task<Renderer> Start(string browser, PrintingOptions options, CancellationToken cancelled)
    {
        var profile = Directory.CreateTempSubdirectory("portal-printing-").FullName;
        var start = new ProcessStartInfo("/bin/sh")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in (string[])["-c", Script, "portal-printing", profile, options.User, browser, .. Flags])
            start.ArgumentList.Add(argument);
        start.ArgumentList.Add($"--user-data-dir={profile}");
        if (!options.Sandbox) start.ArgumentList.Add("--no-sandbox");
        // the portal's secrets are in its environment
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["HOME"] = profile;
        start.Environment["TMPDIR"] = profile;
        start.Environment["LANG"] = "C.UTF-8";

        var process = Process.Start(start) ?? throw new InvalidOperationException("/bin/sh did not start.");
        var said = Tail(process.StandardError);
        var tools = new DevTools(process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        var renderer = new Renderer(process, tools, profile, options);
        try
        {
            await tools.Call("Browser.getVersion", null, null, options.StartWithin, cancelled);
            return renderer;
        }
        catch (Exception trouble)
        {
            await renderer.DisposeAsync();
            if (trouble is not RendererBrokenException) throw;
            throw new RendererBrokenException($"{browser} did not start. {trouble.Message} {Advice(await said)}", trouble);
        }
    }

    /// <summary>Prints one document as a tagged PDF; the paper comes from the document's <c>@page</c> rule, else A4.</summary>
    /// <exception cref="RendererBrokenException">The browser died or took too long.</exception>
    internal async Task<byte[]> Print(string html, CancellationToken cancelled)
    {
        var clock = Stopwatch.StartNew();
        Task<System.Text.Json.JsonElement> Call(string method, object? parameters, string? session) =>
            tools.Call(method, parameters, session, Left(clock), cancelled);

        var target = (await Call("Target.createTarget", new { url = "about:blank" }, null)).GetProperty("targetId").GetString();
        var attached = await Call("Target.attachToTarget", new { targetId = target, flatten = true }, null);
        var session = attached.GetProperty("sessionId").GetString();
        await Call("Inspector.enable", null, session);
        await Call("Network.enable", null, session);
        await Call("Network.emulateNetworkConditions", new { offline = true, latency = 0, downloadThroughput = 0, uploadThroughput = 0 }, session);
        await Call("Emulation.setScriptExecutionDisabled", new { value = true }, session);
        var frame = (await Call("Page.getFrameTree", null, session)).GetProperty("frameTree").GetProperty("frame").GetProperty("id").GetString();
        await Call("Page.setDocumentContent", new { frameId = frame, html }, session);
        var printed = await Call(
            "Page.printToPDF",
            new
            {
                printBackground = true,
                preferCSSPageSize = true,
                paperWidth = 8.27,
                paperHeight = 11.69,
                generateTaggedPDF = true,
                generateDocumentOutline = true,
            },
            session);
        Pages++;
        await Call("Target.closeTarget", new { targetId = target }, null);
        return printed.GetProperty("data").GetBytesFromBase64();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        await tools.DisposeAsync();
        process.Dispose();
        if (Directory.Exists(profile)) Remove(profile);
    }

    private TimeSpan Left(Stopwatch clock) =>
        clock.Elapsed < options.PrintWithin ? options.PrintWithin - clock.Elapsed : TimeSpan.FromMilliseconds(1);

    // a child of the browser may still write its last file
    private static void Remove(string profile)
    {
        try
        {
            Directory.Delete(profile, recursive: true);
        }
        catch (IOException)
        {
            if (Directory.Exists(profile)) Directory.Delete(profile, recursive: true);
        }
    }

    private static async Task<string> Tail(StreamReader errors)
    {
        var tail = new Queue<string>();
        while (await errors.ReadLineAsync() is { } line)
        {
            tail.Enqueue(line.Length > 300 ? line[..300] : line);
            if (tail.Count > 8) tail.Dequeue();
        }

        return new StringBuilder().AppendJoin(' ', tail).ToString();
    }

    private static string Advice(string said) => said.Contains("No usable sandbox", StringComparison.Ordinal)
        ? "The machine forbids user namespaces: allow them, or set Portal:Invoices:Printing:Sandbox to false."
        : said;
}
