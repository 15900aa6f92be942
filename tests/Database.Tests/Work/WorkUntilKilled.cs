using Database.Work;
using Testing;

namespace Database.Tests.Work;

/// <summary>A worker process that claims one item, says so, and holds it until it is killed.</summary>
internal static class WorkUntilKilled
{
    public const string Command = "thing.hold";

    public const string Claimed = "claimed";

    public static async Task<int> Run(string engine, string target)
    {
        await using var house = new Workhouse(new Db(TestDatabase.On(engine, target)));
        house.On(Command, async context =>
        {
            await context.Progress("hold", 50, "Holding");
            await Console.Out.WriteLineAsync(Claimed);
            await Task.Delay(Timeout.Infinite, context.Cancelled);
            return new WorkOutcome.Done();
        });
        await house.Start();
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
