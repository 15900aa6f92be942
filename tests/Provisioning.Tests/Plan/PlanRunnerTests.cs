using Database;
using Database.Work;
using Provisioning.Plan;
using Testing;
using Xunit;

namespace Provisioning.Tests.Plan;

public sealed class PlanRunnerTests
{
    [Theory, Engines]
    public async Task Steps_are_done_in_order_and_shown_to_who_waits(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var context = await Ask(database.Db);
        var diary = new List<string>();
        Assert.IsType<PlanEnd.Finished>(await PlanProof.Runner(database.Db).Run(Plan(), diary, context));
        Assert.Equal(["do a", "do b", "do c"], diary);
        var item = await database.Db.One<WorkItem>(Sql.Item, new { context.Item.Id });
        Assert.Equal(("c", 90, "c is done"), (item!.Step, item.Progress, item.Message));
    }

    [Theory, Engines]
    public async Task A_finished_plan_is_not_done_again(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var context = await Ask(database.Db);
        await PlanProof.Runner(database.Db).Run(Plan(), [], context);
        var again = new List<string>();
        Assert.IsType<PlanEnd.Finished>(await PlanProof.Runner(database.Db).Run(Plan(), again, context));
        Assert.Empty(again);
    }

    [Theory, Engines]
    public async Task A_failure_undoes_what_was_begun_in_reverse_and_is_remembered(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var context = await Ask(database.Db);
        var diary = new List<string>();
        var end = await PlanProof.Runner(database.Db).Run(Plan().FailingAt("b"), diary, context);
        Assert.Equal(new PlanEnd.Undone("test.failed", "The test failed it at b."), end);
        Assert.Equal(["do a", "do b", "undo b", "undo a"], diary);
        // even when the next worker's plan would succeed
        diary.Clear();
        Assert.Equal(end, await PlanProof.Runner(database.Db).Run(Plan(), diary, context));
        Assert.Empty(diary);
    }

    [Theory, Engines]
    public async Task A_worker_that_dies_at_each_place_is_followed_by_one_that_goes_on(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        var context = await Ask(database.Db);
        var diary = new List<string>();
        var (end, deaths) = await Plan().RunThroughDeaths(database.Db, context, () => diary);
        Assert.IsType<PlanEnd.Finished>(end);
        Assert.Equal(6, deaths.Count);
        Assert.Equal(["do a", "do a", "do b", "do b", "do c", "do c"], diary);
    }

    [Fact]
    public async Task Trouble_leaves_for_another_try_until_the_tries_are_used_up()
    {
        await using var database = await TestDatabase.Create();
        var context = await Ask(database.Db);
        var plan = Plan() with { Steps = [.. Plan().Steps, new("d", 95, "d", (_, _) => throw new InvalidOperationException("no luck"))] };
        await Assert.ThrowsAsync<InvalidOperationException>(() => PlanProof.Runner(database.Db).Run(plan, [], context));
        var last = new WorkContext(database.Db, TimeProvider.System, context.Item with { Attempts = 2 }, CancellationToken.None);
        var diary = new List<string>();
        Assert.Equal(new PlanEnd.Undone("test.plan.d", "no luck"), await PlanProof.Runner(database.Db).Run(plan, diary, last));
        Assert.Equal(["undo c", "undo b", "undo a"], diary);
    }

    [Fact]
    public async Task A_worker_that_has_lost_its_item_writes_nothing()
    {
        await using var database = await TestDatabase.Create();
        var context = await Ask(database.Db);
        await database.Db.Write(tx => tx.Execute(Sql.Steal, new { context.Item.Id }));
        var diary = new List<string>();
        await Assert.ThrowsAsync<LeaseLostException>(() => PlanProof.Runner(database.Db).Run(Plan(), diary, context));
        Assert.Empty(diary);
        Assert.Empty(await PlanStep.Of(database.Db, context.Item.Id));
    }

    private static StepPlan<List<string>> Plan() => new("test.plan", 3, [Step("a", 10), Step("b", 50), Step("c", 90)]);

    private static Step<List<string>> Step(string name, int percent) => new(
        name,
        percent,
        $"{name} is done",
        (diary, _) =>
        {
            diary.Add($"do {name}");
            return Task.FromResult<StepOutcome>(new StepOutcome.Done());
        },
        (diary, _) =>
        {
            diary.Add($"undo {name}");
            return Task.CompletedTask;
        });

    private static async Task<WorkContext> Ask(Db db)
    {
        var id = await db.Write(tx => WorkQueue.Add(tx, new NewWork("test.plan", "thing"), DateTimeOffset.UtcNow));
        var item = await db.One<WorkItem>(Sql.Item, new { Id = id });
        return new WorkContext(db, TimeProvider.System, item!, CancellationToken.None);
    }

    internal static class Sql
    {
        public const string Item = "select Id, Command, Resource, Fence, Attempts, Step, Progress, Message from WorkItem where Id = @Id";

        public const string Steal = "update WorkItem set Fence = Fence + 1 where Id = @Id";
    }
}
