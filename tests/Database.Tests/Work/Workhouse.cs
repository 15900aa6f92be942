using Database.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Database.Tests.Work;

/// <summary>Work loops with commands that a test writes on the spot.</summary>
internal sealed class Workhouse(Db db) : IAsyncDisposable
{
    private readonly List<WorkCommand> commands = [];
    private readonly List<PeriodicWork> periodic = [];
    private readonly List<(WorkLoop Loop, ServiceProvider Services)> running = [];
    private readonly Scripts scripts = new();

    public static readonly TimeSpan ShortLease = TimeSpan.FromMilliseconds(400);

    public void On(
        string command,
        Func<WorkContext, Task<WorkOutcome>> run,
        int maxAttempts = 10,
        Func<Tx, WorkItem, DateTimeOffset, Task>? exhausted = null)
    {
        commands.Add(new WorkCommand(command, typeof(Scripted), maxAttempts, TimeSpan.FromMilliseconds(5)));
        scripts.Runs[command] = run;
        if (exhausted is not null) scripts.Ends[command] = exhausted;
    }

    public void Every(string command, TimeSpan every, Func<WorkContext, Task> run)
    {
        var period = new PeriodicWork(command, every);
        periodic.Add(period);
        On(command, async context =>
        {
            await run(context);
            return period.Next(context.Now);
        }, int.MaxValue);
    }

    /// <summary>Starts one more loop on the database, or on another engine of it.</summary>
    public async Task<WorkLoop> Start(Db? on = null, int parallel = 4)
    {
        var services = new ServiceCollection().AddSingleton(scripts).AddTransient<Scripted>().BuildServiceProvider();
        var options = Options.Create(new WorkOptions { Parallel = parallel, Lease = ShortLease, Sweep = TimeSpan.FromMilliseconds(50) });
        var loop = new WorkLoop(on ?? db, TimeProvider.System, services, commands, periodic, options, NullLogger<WorkLoop>.Instance);
        running.Add((loop, services));
        await loop.StartAsync(CancellationToken.None);
        return loop;
    }

    public Task<WorkItemId> Add(string command, string resource = "thing", string? dedupKey = null, object? input = null) =>
        db.Write(tx => WorkQueue.Add(tx, new NewWork(command, resource) { DedupKey = dedupKey, Input = input }, TimeProvider.System.GetUtcNow()));

    public async Task<WorkItem> Ended(WorkItemId id)
    {
        WorkItem? item = null;
        await Testing.Wait.Until(async () => (item = await Item(id)).EndedAt is not null, $"{id} ends");
        return item!;
    }

    public async Task<WorkItem> Item(WorkItemId id) =>
        await db.One<WorkItem>(Sql.Item, new { Id = id }) ?? throw new InvalidOperationException($"{id} is not there.");

    public async ValueTask DisposeAsync()
    {
        foreach (var (loop, services) in running)
        {
            await loop.StopAsync(CancellationToken.None);
            loop.Dispose();
            await services.DisposeAsync();
        }
    }

    private sealed class Scripts
    {
        public Dictionary<string, Func<WorkContext, Task<WorkOutcome>>> Runs { get; } = [];
        public Dictionary<string, Func<Tx, WorkItem, DateTimeOffset, Task>> Ends { get; } = [];
    }

    private sealed class Scripted(Scripts scripts) : IWorkHandler
    {
        public Task<WorkOutcome> Run(WorkContext context) => scripts.Runs[context.Item.Command](context);

        public Task Exhausted(Tx tx, WorkItem item, DateTimeOffset now) =>
            scripts.Ends.TryGetValue(item.Command, out var end) ? end(tx, item, now) : Task.CompletedTask;
    }

    internal static class Sql
    {
        public const string Item = $"select {WorkQueue.Sql.Columns} from WorkItem where Id = @Id";
    }
}
