using Database.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Database.Tests.Work;

/// <summary>Work loops with commands that a test writes on the spot.</summary>
/// <param name="db">Where the queue is.</param>
/// <param name="clock">The loops' clock; by default the one on the wall.</param>
/// <param name="lease">By default longer than any pause that a busy machine makes: no item changes hands by accident.</param>
internal sealed class Workhouse(Db db, TimeProvider? clock = null, TimeSpan? lease = null) : IAsyncDisposable
{
    private readonly List<WorkCommand> commands = [];
    private readonly List<PeriodicWork> periodic = [];
    private readonly List<(WorkLoop Loop, ServiceProvider Services)> running = [];
    private readonly Scripts scripts = new();
    private readonly string look = $"thing.look.{Guid.NewGuid():n}";
    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    public TimeSpan Lease { get; } = lease ?? TimeSpan.FromHours(1);

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
        if (commands.All(command => command.Name != look)) On(look, _ => Task.FromResult<WorkOutcome>(new WorkOutcome.Done()));
        var services = new ServiceCollection().AddSingleton(scripts).AddTransient<Scripted>().BuildServiceProvider();
        var options = Options.Create(new WorkOptions { Parallel = parallel, Lease = Lease, Sweep = TimeSpan.FromMilliseconds(50) });
        var loop = new WorkLoop(on ?? db, clock, services, commands, periodic, options, NullLogger<WorkLoop>.Instance);
        running.Add((loop, services));
        await loop.StartAsync(CancellationToken.None);
        return loop;
    }

    public Task<WorkItemId> Add(string command, string resource = "thing", string? dedupKey = null, object? input = null) =>
        db.Write(tx => WorkQueue.Add(tx, new NewWork(command, resource) { DedupKey = dedupKey, Input = input }, clock.GetUtcNow()));

    /// <summary>Comes back when a running loop has looked for work at the clock's present time.</summary>
    public async Task Looked()
    {
        await Ended(await Add(look));
    }

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
