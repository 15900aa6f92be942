using System.Data.Common;
using Testing;
using Xunit;

namespace Database.Tests;

/// <summary>The same promises on both engines.</summary>
public sealed class DbTests
{
    [Theory, Engines]
    public async Task A_row_comes_back_as_it_went_in(string engine)
    {
        await using var database = await Things.Create(engine);
        var owner = Things.New("owner");
        var thing = Things.New("नमस्ते 🙂") with { OwnerId = owner.Id, Body = new string('x', 10_000), IsGood = false, GoneAt = Things.Now.AddYears(70) };
        await database.Db.Add(owner, thing);
        Assert.Equal([owner, thing], await database.Db.All());
    }

    [Theory, Engines]
    public async Task A_write_that_throws_leaves_nothing(string engine)
    {
        await using var database = await Things.Create(engine);
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.Db.Write(async tx =>
        {
            await tx.Execute(Things.Sql.Add, Things.New("never"));
            throw new InvalidOperationException("on purpose");
        }));
        Assert.Empty(await database.Db.All());
        await database.Db.Add(Things.New("after"));
        Assert.Equal("after", Assert.Single(await database.Db.All()).Name);
    }

    [Theory, Engines]
    public async Task A_duplicate_is_tried_again_once_and_then_told(string engine)
    {
        await using var database = await Things.Create(engine);
        await database.Db.Add(Things.New("one"));
        var tries = 0;
        await Assert.ThrowsAsync<DuplicateKeyException>(() => database.Db.Write(tx =>
        {
            tries++;
            return tx.Execute(Things.Sql.Add, Things.New("one"));
        }));
        Assert.Equal(2, tries);
        Assert.Single(await database.Db.All());
    }

    [Theory, Engines]
    public async Task A_row_that_refers_to_nothing_is_refused(string engine)
    {
        await using var database = await Things.Create(engine);
        await Assert.ThrowsAsync<ForeignKeyException>(() => database.Db.Add(Things.New("orphan") with { OwnerId = Id.New<ThingId>(Things.Now) }));
    }

    [Theory, Engines]
    public async Task Text_longer_than_its_column_is_refused(string engine)
    {
        await using var database = await Things.Create(engine);
        await database.Db.Add(Things.New(new string('ख', 20)));
        await Assert.ThrowsAnyAsync<DbException>(() => database.Db.Add(Things.New(new string('ख', 21))));
    }

    [Theory, Engines]
    public async Task Instants_keep_their_millisecond_and_their_order(string engine)
    {
        await using var database = await Things.Create(engine);
        var instant = new DateTimeOffset(2026, 12, 31, 23, 59, 59, 999, TimeSpan.Zero);
        await database.Db.Add(
            Things.New("c", instant.AddTicks(9_999)),                                       // cut, not rounded into the new year
            Things.New("b", instant.AddMilliseconds(-1).ToOffset(TimeSpan.FromHours(5.5))),
            Things.New("a", instant.AddSeconds(-9).ToOffset(TimeSpan.FromHours(-8))));
        var read = await database.Db.All();
        Assert.Equal(["a", "b", "c"], read.Select(thing => thing.Name));
        Assert.Equal([instant.AddSeconds(-9), instant.AddMilliseconds(-1), instant], read.Select(thing => thing.SeenAt));
        Assert.All(read, thing => Assert.Equal(TimeSpan.Zero, thing.SeenAt.Offset));
        Assert.Equal(["c"], await database.Db.Query<string>(Things.Sql.ByInstant, new { Now = instant.AddMilliseconds(-1) }));
    }

    [Theory, Engines]
    public async Task A_list_of_any_length_up_to_500_is_one_text(string engine)
    {
        await using var database = await Things.Create(engine);
        var things = Enumerable.Range(0, 500).Select(i => Things.New($"{i:000}")).ToArray();
        await database.Db.Add(things);
        foreach (var count in (int[])[0, 1, 2, 6, 21, 101, 499, 500])
        {
            var ids = things.Take(count).Select(thing => thing.Id);
            var names = await database.Db.Query<string>(Things.Sql.Some, new { Ids = ids, Things.Now });
            Assert.Equal(things.Take(count).Select(thing => thing.Name), names);
        }

        await Assert.ThrowsAsync<ArgumentException>(() =>
            database.Db.Query<string>(Things.Sql.Some, new { Ids = Enumerable.Repeat(things[0].Id, 501), Things.Now }));
    }

    [Theory, Engines]
    public async Task What_is_immutable_can_be_added_and_nothing_else(string engine)
    {
        await using var database = await Things.Create(engine);
        await database.Db.Write(tx => tx.Execute(Things.Sql.Judge, new { Number = 1, Words = "granted" }));
        await Assert.ThrowsAnyAsync<DbException>(() => database.Db.Write(tx => tx.Execute(Things.Sql.Reconsider, new { Number = 1, Words = "refused" })));
        await Assert.ThrowsAnyAsync<DbException>(() => database.Db.Write(tx => tx.Execute(Things.Sql.Forget, new { Number = 1 })));
        Assert.Equal(["granted"], await database.Db.Query<string>(Things.Sql.Verdicts));
    }

    [Theory, Engines]
    public async Task Writers_of_two_processes_lose_no_update(string engine)
    {
        await using var database = await Things.Create(engine);
        var thing = Things.New("counter") with { Amount = 0 };
        await database.Db.Add(thing);
        var another = database.Another();
        var other = new Db(another);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++) await (writer % 2 == 0 ? database.Db : other).Write(tx => tx.Execute(Things.Sql.Increase, new { thing.Id }));
        })));
        (another as IDisposable)?.Dispose();
        Assert.Equal(400, await database.Db.One<long>(Things.Sql.Amount, new { thing.Id }));
    }

    [Theory, Engines]
    public async Task A_snapshot_does_not_see_what_is_committed_meanwhile(string engine)
    {
        await using var database = await Things.Create(engine);
        await database.Db.Write(tx => tx.Execute(Things.Sql.Judge, new { Number = 1, Words = "before" }));
        var (first, second) = await database.Db.Snapshot(async tx =>
        {
            var before = await tx.One<long>(Things.Sql.CountVerdicts);
            await database.Db.Write(other => other.Execute(Things.Sql.Judge, new { Number = 2, Words = "meanwhile" }));
            return (before, await tx.One<long>(Things.Sql.CountVerdicts));
        });
        Assert.Equal((1, 1), (first, second));
        Assert.Equal(2, await database.Db.One<long>(Things.Sql.CountVerdicts));
    }

    [Fact]
    public async Task On_SQLite_a_write_that_awaits_something_else_is_refused()
    {
        await using var database = await Things.Create("SQLite");
        var never = new TaskCompletionSource();
        var writing = database.Db.Write(async tx =>
        {
            await tx.Execute(Things.Sql.Add, Things.New("slow"));
            await never.Task;
        });
        never.SetResult();
        await Assert.ThrowsAsync<InvalidOperationException>(() => writing);
        Assert.Empty(await database.Db.All());
    }

    [Fact]
    public async Task A_text_that_is_not_registered_does_not_run_in_tests()
    {
        await using var database = await Things.Create("SQLite");
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.Db.Query<string>("select Name from Thing where 1 = 1"));
    }
}
