using Testing;
using Xunit;

namespace Journeys;

/// <summary>The place of a process that is killed again and again, each time followed by another one.</summary>
internal sealed class ExactlyOnceSeat(string host, Func<IReadOnlyDictionary<string, string?>> settings, int? port = null) : IAsyncDisposable
{
    private const int KilledBySignal9 = 128 + 9;
    private static readonly TimeSpan Patience = 2 * Wait.Patience;
    private HostProcess? process;

    /// <summary>How many processes have died here.</summary>
    public int Kills { get; private set; }

    /// <summary>Where it listens, for a seat with a fixed port.</summary>
    public Uri Url => new(FormattableString.Invariant($"http://localhost:{port}/"));

    public string Output => process?.Output ?? "";

    public async Task Start() => process ??= await HostProcess.Start(host, settings(), port: port);

    /// <summary>SIGKILL, whatever it does just now. One that had ended by itself is a failure.</summary>
    public async Task Kill()
    {
        if (process is null) return;
        Assert.False(process.HasExited, $"{host} had ended by itself. It said:\n{process.Output}");
        await process.DisposeAsync();
        process = null;
        Kills++;
    }

    /// <summary>A process that ends itself as SIGKILL would at the place, while <paramref name="feed"/> gives it work that leads there.</summary>
    public async Task DieAt(string place, Func<Task> feed)
    {
        await Kill();
        var own = new Dictionary<string, string?>(settings()) { ["Provisioning__CrashAt"] = place };
        var dying = HostProcess.Run(host, ["--urls", "http://127.0.0.1:0"], own, Patience);
        await Wait.Until(
            async () =>
            {
                if (!dying.IsCompleted) await feed();
                return dying.IsCompleted;
            },
            $"the death at {place}",
            Patience);
        await using var dead = await dying;
        Assert.True(dead.ExitCode == KilledBySignal9, $"{host} ended with {dead.ExitCode}, not at {place}. It said:\n{dead.Output}");
        Kills++;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await process.DisposeAsync();
    }
}
