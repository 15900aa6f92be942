using System.Collections.Concurrent;
using System.Diagnostics;
using Database.Audit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Database.Work;

/// <summary>
/// Claims and runs the commands that this host's rooms have registered. Looks when this process has written, when another one has
/// (SQLite's data version), and in any case every <see cref="WorkOptions.Sweep"/>.
/// </summary>
public sealed class WorkLoop(
    Db db,
    TimeProvider clock,
    IServiceProvider services,
    IEnumerable<WorkCommand> registered,
    IEnumerable<PeriodicWork> periodic,
    IOptions<WorkOptions> settings,
    ILogger<WorkLoop> log) : BackgroundService
{
    /// <summary>Traces of the work done.</summary>
    public static ActivitySource Traces { get; } = new("Portal.Work");

    private readonly WorkOptions options = settings.Value;
    private readonly Dictionary<string, WorkCommand> commands = registered.ToDictionary(command => command.Name, StringComparer.Ordinal);
    private readonly string owner = $"{Environment.ProcessId}:{Guid.NewGuid():n}:{Environment.MachineName[..Math.Min(30, Environment.MachineName.Length)]}";
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly ConcurrentDictionary<WorkItemId, Task> running = new();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        db.Written += Wake;
        try
        {
            foreach (var run in periodic) await db.Write(tx => WorkQueue.Add(tx, run.First, clock.GetUtcNow()));
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    // read before looking: what is committed in between ends the rest at once
                    var seen = db.Engine.DataVersion();
                    await Sweep(stoppingToken);
                    await Rest(seen, stoppingToken);
                }
                catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
                {
                    break;
                }
                catch (Exception trouble)
                {
                    log.LogError(trouble, "The work loop could not look for work; it tries again");
                    await Task.Delay(options.Sweep, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
        finally
        {
            db.Written -= Wake;
            await Task.WhenAll(running.Values);
        }
    }

    private async Task Sweep(CancellationToken stopping)
    {
        while (running.Count < options.Parallel && !stopping.IsCancellationRequested)
        {
            var due = await WorkQueue.Due(db, commands.Keys, options.Parallel - running.Count, clock.GetUtcNow());
            var taken = 0;
            foreach (var item in due)
            {
                if (await WorkQueue.Claim(db, item, owner, clock.GetUtcNow(), options.Lease) is not { } claimed) continue;
                taken++;
                var task = Task.Run(() => RunOne(claimed, stopping), CancellationToken.None);
                running[claimed.Id] = task;
                _ = task.ContinueWith(
                    _ =>
                    {
                        running.TryRemove(claimed.Id, out Task? _);
                        Wake();
                    },
                    CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);
            }

            if (taken == 0) return;
        }
    }

    private async Task Rest(long? seen, CancellationToken stopping)
    {
        var until = clock.GetTimestamp();
        while (clock.GetElapsedTime(until) < options.Sweep)
        {
            var pause = seen is null ? options.Sweep : options.Look;
            if (await wake.WaitAsync(pause, stopping)) return;
            if (seen is not null && db.Engine.DataVersion() != seen) return;
        }
    }

    private async Task RunOne(WorkItem item, CancellationToken stopping)
    {
        using var activity = Traces.StartActivity(item.Command, ActivityKind.Consumer, item.TraceParent);
        activity?.SetTag("work.id", item.Id.Value);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var command = commands[item.Command];
        var renewing = KeepLease(item, lost);
        try
        {
            await using var scope = services.CreateAsyncScope();
            var handler = (IWorkHandler)scope.ServiceProvider.GetRequiredService(command.Handler);
            try
            {
                var context = new WorkContext(db, clock, item, lost.Token);
                var outcome = await handler.Run(context);
                await db.Write(tx => Settle(tx, item, outcome));
            }
            catch (LeaseLostException)
            {
                log.LogInformation("Lost the lease of {Command} {Id}", item.Command, item.Id);
            }
            catch (OperationCanceledException) when (lost.IsCancellationRequested)
            {
                if (stopping.IsCancellationRequested)
                    await db.Write(tx => WorkQueue.Later(tx, item, clock.GetUtcNow(), "stopped", "The worker was stopped; another goes on.", item.Attempts));
            }
            catch (Exception trouble)
            {
                activity?.SetStatus(ActivityStatusCode.Error, trouble.GetType().Name);
                await AfterFailure(handler, command, item, trouble);
            }
        }
        catch (Exception trouble)
        {
            log.LogError(trouble, "{Command} {Id} could not be settled; its lease will run out", item.Command, item.Id);
        }
        finally
        {
            await lost.CancelAsync();
            await renewing;
        }
    }

    private Task Settle(Tx tx, WorkItem item, WorkOutcome outcome) => outcome switch
    {
        WorkOutcome.Done done => Settled(tx, done.InSameTransaction, () => End(tx, item, "done", null, null)),
        WorkOutcome.Again again => Settled(tx, again.InSameTransaction, () => WorkQueue.Later(tx, item, again.At, again.Code, again.Text, Forgiven(item))),
        WorkOutcome.Failed failed => Settled(tx, failed.InSameTransaction, () => End(tx, item, "failed", failed.Code, failed.Text)),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
    };

    private async Task End(Tx tx, WorkItem item, string state, string? code, string? text)
    {
        var now = clock.GetUtcNow();
        await WorkQueue.End(tx, item, state, code, text, now);
        if (!commands[item.Command].Audited) return;
        var after = code is null ? null : new { code, text };
        await tx.Record(new AuditEvent($"{item.Command}.{state}") { AccountId = item.AccountId, Resource = item.Resource, After = after }, now);
    }

    // a periodic item never ends: counted over months, a failure now and then would slow it down for good
    private int Forgiven(WorkItem item) => periodic.Any(run => run.Command == item.Command) ? 0 : item.Attempts;

    // the item's row first: it is the lock that a second worker meets
    private static async Task Settled(Tx tx, Func<Tx, Task>? writes, Func<Task> end)
    {
        await end();
        if (writes is not null) await writes(tx);
    }

    private async Task AfterFailure(IWorkHandler handler, WorkCommand command, WorkItem item, Exception trouble)
    {
        log.LogWarning(trouble, "{Command} {Id} failed, try {Attempt}", item.Command, item.Id, item.Attempts + 1);
        var now = clock.GetUtcNow();
        var code = $"{item.Command}.error";
        try
        {
            await db.Write(async tx =>
            {
                if (item.Attempts + 1 < command.MaxAttempts)
                {
                    await WorkQueue.Later(tx, item, now + command.Pause(item.Attempts), code, trouble.Message, item.Attempts + 1);
                    return;
                }

                await End(tx, item, "failed", code, trouble.Message);
                await handler.Exhausted(tx, item, now);
            });
        }
        catch (LeaseLostException)
        {
            log.LogInformation("Lost the lease of {Command} {Id}", item.Command, item.Id);
        }
    }

    private async Task KeepLease(WorkItem item, CancellationTokenSource lost)
    {
        while (true)
        {
            await Task.Delay(options.Lease / 3, clock, lost.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (lost.IsCancellationRequested) return;
            try
            {
                await WorkQueue.Renew(db, item, clock.GetUtcNow() + options.Lease);
            }
            catch (LeaseLostException)
            {
                await lost.CancelAsync();
                return;
            }
            catch (Exception trouble) when (trouble is System.Data.Common.DbException or CommitUnclearException or InvalidOperationException)
            {
                log.LogWarning(trouble, "Could not renew the lease of {Id}", item.Id);
            }
        }
    }

    private void Wake()
    {
        try
        {
            if (wake.CurrentCount == 0) wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // somebody else has just rung the same bell
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        wake.Dispose();
    }
}
