using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Database;

namespace Portal.Servers;

/// <summary>
/// Looks for changes of the servers that somebody has open: one watcher a process, one look for all of them, none while nobody
/// looks.
/// </summary>
internal sealed class ServerWatch(Db db, ILogger<ServerWatch> log) : BackgroundService
{
    private const int MostAtOnce = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private readonly ConcurrentDictionary<Channel<string>, ServerId> watchers = new();
    private readonly SemaphoreSlim awake = new(0);

    /// <summary>The server's versions from now on, each a text that differs from the one before; the first is today's.</summary>
    public async IAsyncEnumerable<string> Versions(ServerId server, [EnumeratorCancellation] CancellationToken cancelled)
    {
        // a slow reader needs only the newest
        var newest = new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest };
        var channel = Channel.CreateBounded<string>(newest);
        watchers[channel] = server;
        awake.Release();
        try
        {
            string? last = null;
            await foreach (var version in channel.Reader.ReadAllAsync(cancelled))
            {
                if (version == last) continue;
                yield return last = version;
            }
        }
        finally
        {
            watchers.TryRemove(channel, out _);
        }
    }

    /// <summary>The server's version at this moment.</summary>
    public static async Task<string> Version(Db db, ServerId server) => (await Read(db, [server]))[server];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await awake.WaitAsync(stoppingToken);
                using var timer = new PeriodicTimer(Pause);
                while (!watchers.IsEmpty)
                {
                    await Look();
                    await timer.WaitForNextTickAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the host stops; a host that never came up would otherwise report this as its trouble
        }
    }

    private async Task Look()
    {
        try
        {
            foreach (var servers in watchers.Values.Distinct().Chunk(MostAtOnce))
            {
                var versions = await Read(db, servers);
                foreach (var (channel, server) in watchers)
                    if (versions.TryGetValue(server, out var version)) channel.Writer.TryWrite(version);
            }
        }
        catch (System.Data.Common.DbException trouble)
        {
            // the pages stay as they are and the next look tries again
            log.LogWarning(trouble, "Open server pages could not be brought up to date");
        }
    }

    private static async Task<Dictionary<ServerId, string>> Read(Db db, IReadOnlyCollection<ServerId> servers)
    {
        var args = new { Ids = servers.Select(server => server.Value).ToList() };
        var machines = (await db.Query<Line>(Sql.Machines, args)).ToDictionary(line => line.Id, line => line.Text);
        var work = (await db.Query<Line>(Sql.Work, args)).ToDictionary(line => line.Id, line => line.Text);
        return servers.ToDictionary(
            server => server, server => Hash($"{machines.GetValueOrDefault(server)}\n{work.GetValueOrDefault(server)}"));
    }

    private static string Hash(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)))[..16];

    private sealed record Line
    {
        public ServerId Id { get; init; }

        public string Text { get; init; } = "";
    }

    internal static class Sql
    {
        public const string Machines = """
            -- all accounts: one look serves every open page; a page reads its server again under its own account
            select f.Id, concat(f.State, ' ', f.Label, ' ', f.Address, ' ', f.Doubt, ' ', f.ShieldUntil) as Text
            from Server f
            where f.Id in (@Ids)
            """;

        public const string Work = """
            -- all accounts: one look serves every open page; a page reads its server again under its own account
            select Resource as Id,
                concat(count(*), ' ', count(EndedAt), ' ',
                    max(case when EndedAt is null
                        then concat(State, ' ', Step, ' ', Progress, ' ', Attempts, ' ', Message) end)) as Text
            from WorkItem
            where Resource in (@Ids)
            group by Resource
            """;
    }
}
