using System.Collections.Concurrent;
using Database.Work;
using Testing;
using Xunit;

namespace Database.Tests.Work;

public sealed class WorkLoopTests
{
    [Theory, Engines]
    public async Task Many_loops_run_each_item_once(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var another = database.Another();
        var runs = new ConcurrentDictionary<WorkItemId, int>();
        await using (var house = new Workhouse(database.Db))
        {
            house.On("thing.make", context =>
            {
                runs.AddOrUpdate(context.Item.Id, 1, (_, before) => before + 1);
                return Task.FromResult<WorkOutcome>(new WorkOutcome.Done());
            });
            var ids = new List<WorkItemId>();
            for (var i = 0; i < 60; i++) ids.Add(await house.Add("thing.make"));
            await Task.WhenAll(house.Start(), house.Start(), house.Start(new Db(another)), house.Start(new Db(another)));
            for (var i = 0; i < 60; i++) ids.Add(await house.Add("thing.make"));
            foreach (var id in ids) Assert.Equal("done", (await house.Ended(id)).State);
            Assert.Equal(120, runs.Count);
            Assert.All(runs.Values, count => Assert.Equal(1, count));
        }

        (another as IDisposable)?.Dispose();
    }

    [Theory, Engines]
    public async Task A_killed_worker_loses_its_item_to_the_next(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var clock = new ManualClock(TimeProvider.System.GetUtcNow());
        await using var house = new Workhouse(database.Db, clock);
        house.On(WorkUntilKilled.Command, context => Task.FromResult<WorkOutcome>(new WorkOutcome.Done()));
        var id = await house.Add(WorkUntilKilled.Command);
        await using (var worker = await HostProcess.StartUntil(
            WorkUntilKilled.Claimed, "Database.Tests", ["work-until-killed", engine, database.Target]))
        {
            var held = await house.Item(id);
            Assert.Equal(("running", 50, 1L), (held.State, held.Progress, held.Fence));
            await worker.Kill();
        }

        await house.Start();
        await house.Looked();
        Assert.Equal(1, (await house.Item(id)).Fence);
        clock.Advance(house.Lease + Wait.Patience);
        var ended = await house.Ended(id);
        Assert.Equal(("done", 100, 2L), (ended.State, ended.Progress, ended.Fence));
    }

    [Theory, Engines]
    public async Task Long_work_keeps_its_lease(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var clock = new ManualClock(TimeProvider.System.GetUtcNow());
        await using var house = new Workhouse(database.Db, clock);
        var otherClock = new ManualClock(clock.GetUtcNow());
        await using var other = new Workhouse(database.Db, otherClock);
        var started = new TaskCompletionSource();
        var enough = new TaskCompletionSource();
        house.On("thing.make", async context =>
        {
            started.TrySetResult();
            await enough.Task;
            return new WorkOutcome.Done();
        });
        other.On("thing.make", _ => Task.FromResult<WorkOutcome>(new WorkOutcome.Failed("thing.taken", "Taken from its holder.")));
        var id = await house.Add("thing.make");
        await house.Start();
        await started.Task;
        await other.Start();
        for (var third = 0; third < 9; third++)
        {
            clock.Advance(house.Lease / 3);
            // the timer is set again once the lease is renewed
            await Wait.Until(() => clock.Timers == 1, "the lease to be renewed");
            otherClock.Advance(house.Lease / 3);
            await other.Looked();
        }

        enough.SetResult();
        Assert.Equal(1, (await house.Ended(id)).Fence);
    }

    [Theory, Engines]
    public async Task What_fails_is_tried_again_and_what_it_ends_with_is_written_with_its_end(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await using var house = new Workhouse(database.Db);
        var tries = 0;
        house.On("thing.make", context => ++tries < 4
            ? throw new IOException($"try {tries}")
            : Task.FromResult<WorkOutcome>(new WorkOutcome.Done(tx => WorkQueue.Add(tx, new NewWork("thing.next", "thing"), context.Now))));
        var id = await house.Add("thing.make");
        await house.Start();
        var ended = await house.Ended(id);
        Assert.Equal(("done", 3, 4), (ended.State, ended.Attempts, tries));
        Assert.Null(ended.ErrorCode);
        Assert.Single(await WorkQueue.Due(database.Db, ["thing.next"], 10, DateTimeOffset.MaxValue.AddDays(-2)));
    }

    [Theory, Engines]
    public async Task After_the_last_try_what_depends_on_it_is_settled_in_the_same_transaction(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await using var house = new Workhouse(database.Db, lease: TimeSpan.FromMilliseconds(400));
        var settling = 0;
        house.On("thing.make", _ => throw new IOException("never works"), maxAttempts: 3, exhausted: async (tx, item, now) =>
        {
            await WorkQueue.Add(tx, new NewWork("thing.settle", item.Resource), now);
            if (Interlocked.Increment(ref settling) == 1) throw new IOException("the settlement fails at first");
        });
        var id = await house.Add("thing.make");
        await house.Start();
        var ended = await house.Ended(id);
        Assert.Equal(("failed", "thing.make.error", "never works"), (ended.State, ended.ErrorCode, ended.ErrorText));
        Assert.Equal(2, settling);
        Assert.Single(await WorkQueue.Due(database.Db, ["thing.settle"], 10, DateTimeOffset.MaxValue.AddDays(-2)));
    }

    [Theory, Engines]
    public async Task Waiting_and_giving_up_are_outcomes_and_count_as_no_failure(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await using var house = new Workhouse(database.Db);
        var looks = 0;
        house.On("thing.watch", context => Task.FromResult<WorkOutcome>(++looks < 3
            ? new WorkOutcome.Again(context.Now, "waiting", "Not there yet.")
            : new WorkOutcome.Failed("thing.gone", "It will not come.", tx => WorkQueue.Add(tx, new NewWork("thing.settle", "thing"), context.Now))));
        var id = await house.Add("thing.watch");
        await house.Start();
        var ended = await house.Ended(id);
        Assert.Equal(("failed", "thing.gone", 0, 3), (ended.State, ended.ErrorCode, ended.Attempts, looks));
        Assert.Single(await WorkQueue.Due(database.Db, ["thing.settle"], 10, DateTimeOffset.MaxValue.AddDays(-2)));
    }

    [Theory, Engines]
    public async Task A_stopped_worker_gives_its_item_back_at_once(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await using var house = new Workhouse(database.Db);
        var runs = 0;
        var started = new TaskCompletionSource();
        house.On("thing.make", async context =>
        {
            if (Interlocked.Increment(ref runs) > 1) return new WorkOutcome.Done();
            started.SetResult();
            await Task.Delay(Timeout.Infinite, context.Cancelled);
            return new WorkOutcome.Done();
        });
        var id = await house.Add("thing.make");
        var loop = await house.Start();
        await started.Task;
        await loop.StopAsync(CancellationToken.None);
        var released = await house.Item(id);
        Assert.Equal(("ready", "stopped", 0), (released.State, released.ErrorCode, released.Attempts));
        await house.Start();
        Assert.Equal("done", (await house.Ended(id)).State);
    }

    [Theory, Engines]
    public async Task Periodic_work_is_one_item_and_never_runs_twice_at_once(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await using var house = new Workhouse(database.Db);
        int runs = 0, inside = 0, most = 0;
        house.Every("thing.tick", TimeSpan.FromMilliseconds(1), async context =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await context.Progress("tick", 50, "Ticking");
            Interlocked.Decrement(ref inside);
            if (Interlocked.Increment(ref runs) % 3 == 0) throw new IOException("now and then");
        });
        await Task.WhenAll(house.Start(), house.Start());
        await Wait.Until(() => runs >= 12, "twelve runs");
        Assert.Equal(1, most);
        Assert.Equal(1, await database.Db.One<long>(Sql.Count, new { Command = "thing.tick" }));
        // a success wipes the failures out, or the pauses of periodic work would grow for ever
        await Wait.Until(async () => await database.Db.One<long>(Sql.Attempts, new { Command = "thing.tick" }) <= 1, "failures are forgotten");
    }

    internal static class Sql
    {
        public const string Count = "select count(*) from WorkItem where Command = @Command";

        public const string Attempts = "select Attempts from WorkItem where Command = @Command";
    }
}
