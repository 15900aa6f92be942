using Database.Work;
using Testing;
using Xunit;

namespace Database.Tests.Work;

public sealed class WorkQueueTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Theory, Engines]
    public async Task Work_stands_or_falls_with_the_change_that_needs_it(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.Db.Write(async tx =>
        {
            await WorkQueue.Add(tx, new NewWork("thing.make", "thg_1"), Now);
            throw new InvalidOperationException("on purpose");
        }));
        Assert.Empty(await WorkQueue.Due(database.Db, ["thing.make"], 10, Now));
    }

    [Theory, Engines]
    public async Task The_same_dedup_key_is_the_same_work(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var work = new NewWork("thing.make", "thg_1") { DedupKey = "make:thg_1", Input = new { Size = 3 } };
        var ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => database.Db.Write(tx => WorkQueue.Add(tx, work, Now)))));
        Assert.Single(ids.Distinct());
        Assert.Equal("""{"size":3}""", Assert.Single(await WorkQueue.Due(database.Db, ["thing.make"], 10, Now)).Input);
    }

    [Theory, Engines]
    public async Task Without_a_dedup_key_each_is_work_of_its_own(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        for (var i = 0; i < 3; i++) await database.Db.Write(tx => WorkQueue.Add(tx, new NewWork("thing.make", "thg_1"), Now));
        Assert.Equal(3, (await WorkQueue.Due(database.Db, ["thing.make"], 10, Now)).Count);
    }

    [Theory, Engines]
    public async Task Only_known_commands_whose_time_has_come_are_due(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await database.Db.Write(async tx =>
        {
            await WorkQueue.Add(tx, new NewWork("thing.make", "later") { NotBefore = Now.AddSeconds(10) }, Now);
            await WorkQueue.Add(tx, new NewWork("thing.make", "second"), Now.AddMilliseconds(1));
            await WorkQueue.Add(tx, new NewWork("thing.make", "first"), Now);
            await WorkQueue.Add(tx, new NewWork("other.make", "foreign"), Now);
        });
        Assert.Equal(["first"], Resources(await WorkQueue.Due(database.Db, ["thing.make"], 10, Now)));
        Assert.Equal(["first", "second"], Resources(await WorkQueue.Due(database.Db, ["thing.make", "thing.mend"], 10, Now.AddSeconds(9))));
        Assert.Equal(["first", "second"], Resources(await WorkQueue.Due(database.Db, ["thing.make"], 2, Now.AddSeconds(10))));
        Assert.Empty(await WorkQueue.Due(database.Db, [], 10, Now.AddSeconds(10)));
    }

    [Theory, Engines]
    public async Task One_of_many_claims_wins(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await database.Db.Write(tx => WorkQueue.Add(tx, new NewWork("thing.make", "thg_1"), Now));
        var item = Assert.Single(await WorkQueue.Due(database.Db, ["thing.make"], 10, Now));
        var another = database.Another();
        var other = new Db(another);
        var claims = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(() =>
            WorkQueue.Claim(i % 2 == 0 ? database.Db : other, item, $"worker {i}", Now, TimeSpan.FromSeconds(15)))));
        (another as IDisposable)?.Dispose();
        var won = Assert.Single(claims, claim => claim is not null);
        Assert.Equal(1, won!.Fence);
        Assert.Empty(await WorkQueue.Due(database.Db, ["thing.make"], 10, Now.AddSeconds(14)));
    }

    [Theory, Engines]
    public async Task Whoever_has_lost_the_lease_writes_nothing(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await database.Db.Write(tx => WorkQueue.Add(tx, new NewWork("thing.make", "thg_1"), Now));
        var item = Assert.Single(await WorkQueue.Due(database.Db, ["thing.make"], 10, Now));
        var lease = TimeSpan.FromSeconds(15);
        var first = await WorkQueue.Claim(database.Db, item, "first", Now, lease);
        var again = Assert.Single(await WorkQueue.Due(database.Db, ["thing.make"], 10, Now + lease));
        var second = await WorkQueue.Claim(database.Db, again, "second", Now + lease, lease);
        Assert.NotNull(second);

        var late = new WorkContext(database.Db, TimeProvider.System, first!, CancellationToken.None);
        await Assert.ThrowsAsync<LeaseLostException>(() => late.Write(tx => WorkQueue.Add(tx, new NewWork("thing.mend", "thg_1"), Now)));
        await Assert.ThrowsAsync<LeaseLostException>(() => late.Progress("late", 99, "Too late"));
        await Assert.ThrowsAsync<LeaseLostException>(() => WorkQueue.Renew(database.Db, first!, Now + lease + lease));
        await Assert.ThrowsAsync<LeaseLostException>(() => database.Db.Write(tx => WorkQueue.End(tx, first!, "done", null, null, Now)));
        Assert.Empty(await WorkQueue.Due(database.Db, ["thing.mend"], 10, Now));

        var inTime = new WorkContext(database.Db, TimeProvider.System, second, CancellationToken.None);
        await inTime.Write(tx => WorkQueue.Add(tx, new NewWork("thing.mend", "thg_1"), Now));
        Assert.Single(await WorkQueue.Due(database.Db, ["thing.mend"], 10, Now));
    }

    [Fact]
    public void Pauses_double_from_the_first_to_five_minutes()
    {
        var command = new WorkCommand("thing.make", typeof(object), 10, TimeSpan.FromSeconds(1));
        var seconds = Enumerable.Range(0, 12).Select(failures => command.Pause(failures).TotalSeconds);
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300], seconds);
        Assert.Equal(300, command.Pause(int.MaxValue).TotalSeconds);
    }

    private static IEnumerable<string> Resources(IEnumerable<WorkItem> items) => items.Select(item => item.Resource);
}
