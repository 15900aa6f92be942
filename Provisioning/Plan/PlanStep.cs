using Database;
using Database.Work;

namespace Provisioning.Plan;

/// <summary>How far one step of a work item's plan is.</summary>
internal sealed record PlanStep
{
    public string Step { get; init; } = "";

    /// <summary><c>doing</c>, <c>done</c>, <c>failed</c>, <c>undoing</c> or <c>undone</c>.</summary>
    public string State { get; init; } = "";

    public string? FailureCode { get; init; }

    public string? FailureText { get; init; }

    public static Task<IReadOnlyList<PlanStep>> Of(Db db, WorkItemId item) => db.Query<PlanStep>(Sql.Of, new { WorkItemId = item });

    /// <summary>Writes down what will be done, before it is.</summary>
    public static async Task Begin(Tx tx, WorkItemId item, string step, DateTimeOffset now)
    {
        var args = new { WorkItemId = item, Step = step, Now = now };
        if (await tx.Execute(Sql.Again, args) == 0) await tx.Execute(Sql.Begin, args);
    }

    public static Task Set(Tx tx, WorkItemId item, string step, string state, DateTimeOffset now, StepOutcome.Failed? failure = null) => tx.Execute(
        Sql.Set,
        new
        {
            WorkItemId = item,
            Step = step,
            State = state,
            FailureCode = Cut(failure?.Code, 80),
            FailureText = Cut(failure?.Text, 1000),
            Now = now,
        });

    private static string? Cut(string? text, int most) => text?.Length > most ? text[..most] : text;

    internal static class Sql
    {
        public const string Of = """
            select Step, State, FailureCode, FailureText
            from PlanStep
            where WorkItemId = @WorkItemId
            """;

        public const string Begin = """
            insert into PlanStep (WorkItemId, Step, State, Tries, StartedAt)
            values (@WorkItemId, @Step, 'doing', 1, @Now)
            """;

        public const string Again = """
            update PlanStep
            set State = 'doing', Tries = Tries + 1
            where WorkItemId = @WorkItemId
                and Step = @Step
            """;

        public const string Set = """
            update PlanStep
            set State = @State, EndedAt = @Now,
                FailureCode = coalesce(@FailureCode, FailureCode),
                FailureText = coalesce(@FailureText, FailureText)
            where WorkItemId = @WorkItemId
                and Step = @Step
            """;
    }
}
