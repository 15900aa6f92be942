using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Testing;

/// <summary>One of our hosts, or a verb of it, as a child process on loopback: for tests that kill, and for tests that must be real.</summary>
public sealed class HostProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    private static readonly Lazy<string> KeyFolder = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("portal-test-keys-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    });

    private readonly Process process;
    private readonly StringBuilder output = new();

    private HostProcess(Process process, Uri? url)
    {
        this.process = process;
        Url = url;
    }

    /// <summary>The process id.</summary>
    public int Id => process.Id;

    /// <summary>Where it listens, when it was started with an address.</summary>
    public Uri? Url { get; }

    /// <summary>Everything it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>
    /// Starts <c>Portal</c> or <c>Provisioning</c> on a free port of localhost and waits until <paramref name="ready"/> answers with success.
    /// </summary>
    /// <param name="host">The project's name.</param>
    /// <param name="environment">Configuration: <c>Database__File</c> and so on; added to this process's environment.</param>
    /// <param name="arguments">A verb with its arguments, or nothing; <c>--urls</c> is added.</param>
    /// <param name="ready">The path that answers once the process is ready.</param>
    /// <param name="port">The port, or null for a free one.</param>
    public static async Task<HostProcess> Start(
        string host,
        IReadOnlyDictionary<string, string?>? environment = null,
        IReadOnlyList<string>? arguments = null,
        string ready = "/health/live",
        int? port = null)
    {
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port ?? FreePort.Find()}/"));
        var started = Launch(host, [.. arguments ?? [], "--urls", url.GetLeftPart(UriPartial.Authority)], environment, url);
        try
        {
            await started.Until(async () =>
            {
                using var answer = await Http.GetAsync(new Uri(url, ready));
                return answer.IsSuccessStatusCode;
            });
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }

        return started;
    }

    /// <summary>Starts a verb without an address and waits until it has written a line with the text.</summary>
    public static async Task<HostProcess> StartUntil(
        string says, string host, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var started = Launch(host, arguments, environment, null);
        try
        {
            await started.Says(says);
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }

        return started;
    }

    /// <summary>Starts a verb that ends by itself and waits for its end.</summary>
    /// <returns>The ended process, with its exit code and output.</returns>
    public static async Task<HostProcess> Run(
        string host, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? within = null)
    {
        var started = Launch(host, arguments, environment, null);
        await started.Ended(within ?? Wait.Patience);
        return started;
    }

    /// <summary>The built dll of a host: beside the test when it references the project, else in the project's own output.</summary>
    public static string PathOf(string host)
    {
        var own = AppContext.BaseDirectory;
        var beside = Path.Combine(own, $"{host}.dll");
        if (File.Exists(beside) && File.Exists(Path.Combine(own, $"{host}.runtimeconfig.json"))) return beside;
        var segments = own.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar);   // …/tests/X.Tests/bin/Debug/net10.0
        var root = string.Join(Path.DirectorySeparatorChar, segments[..^5]);
        var built = Path.Combine(root, host, "bin", segments[^2], segments[^1], $"{host}.dll");
        return File.Exists(built) ? built : throw new FileNotFoundException($"{host} is not built; build it first: dotnet build {host}", built);
    }

    /// <summary>SIGKILL: the process ends in the middle of whatever it does.</summary>
    public async Task Kill()
    {
        if (!process.HasExited) process.Kill();
        await Ended(Wait.Patience);
    }

    /// <summary>SIGTERM, as a service manager stops it; fails when it has not ended in time.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Stop(TimeSpan? within = null)
    {
        if (!process.HasExited && Signal(process.Id, SigTerm) != 0 && !process.HasExited) throw new Win32Exception(Marshal.GetLastPInvokeError());
        await Ended(within ?? Wait.Patience);
        return process.ExitCode;
    }

    /// <summary>Waits until a line with the text has been written.</summary>
    public Task Says(string text, TimeSpan? within = null) => Until(() => Task.FromResult(Output.Contains(text, StringComparison.Ordinal)), within);

    public async ValueTask DisposeAsync()
    {
        await Kill();
        process.Dispose();
    }

    private const int SigTerm = 15;

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);

    private static HostProcess Launch(
        string host, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string?>? environment, Uri? url)
    {
        var dll = PathOf(host);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(dll);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["Database__Objects__MasterKeyFile"] = Path.Combine(KeyFolder.Value, "objects.key");   // not into the checkout
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        if (Project(dll, host) is { } folder && Directory.Exists(folder)) start.WorkingDirectory = folder;   // appsettings and wwwroot lie there

        var process = new Process { StartInfo = start };
        var started = new HostProcess(process, url);
        process.OutputDataReceived += (_, line) => started.Heard(line.Data);
        process.ErrorDataReceived += (_, line) => started.Heard(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return started;
    }

    private static string? Project(string dll, string host)
    {
        for (var folder = Directory.GetParent(dll); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Portal.sln"))) return Path.Combine(folder.FullName, host);
        }

        return null;
    }

    private void Heard(string? line)
    {
        if (line is null) return;
        lock (output) output.AppendLine(line);
    }

    private async Task Ended(TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!process.HasExited)
        {
            process.Kill();
            throw new TimeoutException($"{process.StartInfo.ArgumentList[0]} had not ended after {within}. It said:\n{Output}");
        }
    }

    private async Task Until(Func<Task<bool>> condition, TimeSpan? within = null)
    {
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (await condition()) return;
            }
            catch (Exception notYet) when (notYet is HttpRequestException or OperationCanceledException)
            {
                // it does not listen yet
            }

            if (process.HasExited) throw new InvalidOperationException($"The process ended with {process.ExitCode}. It said:\n{Output}");
            if (patience.Elapsed > (within ?? Wait.Patience)) throw new TimeoutException($"Waited {patience.Elapsed}. It said:\n{Output}");
            await Wait.Moment();
        }
    }
}
