using Database;

namespace Provisioning.Plan;

/// <summary>
/// A plan: a table of steps that are done in their order and undone in the reverse one. <typeparamref name="T"/> is what the plan is
/// carried out on, made anew for each run from the work item's input.
/// </summary>
/// <param name="Name">The work command.</param>
/// <param name="Tries">How many failed tries end in giving up and undoing.</param>
/// <param name="Steps">The table.</param>
internal sealed record StepPlan<T>(string Name, int Tries, IReadOnlyList<Step<T>> Steps)
{
    /// <summary>Says whether an exception makes another try pointless, with code and words; null means: try again.</summary>
    public Func<Exception, StepOutcome.Failed?> Verdict { get; init; } = _ => null;
}

/// <summary>
/// One step, safe to do twice and to undo twice: a worker may die anywhere. What it will do is written down before it is done.
/// </summary>
/// <param name="Name">Its name, at most 40 characters.</param>
/// <param name="Percent">How far the whole is when it begins, 0 to 100.</param>
/// <param name="Words">What the customer reads meanwhile.</param>
/// <param name="Do">Does it.</param>
/// <param name="Undo">Takes it back; null where another step's undo does, or nothing is to be taken back.</param>
internal sealed record Step<T>(
    string Name, int Percent, string Words, Func<T, CancellationToken, Task<StepOutcome>> Do, Func<T, CancellationToken, Task>? Undo = null);

/// <summary>How a step ended. An exception means: try again.</summary>
internal abstract record StepOutcome
{
    private StepOutcome()
    {
    }

    /// <summary>Done; the writes go into the transaction that says so.</summary>
    public sealed record Done(Func<Tx, Task>? InSameTransaction = null) : StepOutcome;

    /// <summary>It will never be done: the plan is undone.</summary>
    public sealed record Failed(string Code, string Text) : StepOutcome;
}

/// <summary>How a plan ended.</summary>
internal abstract record PlanEnd
{
    private PlanEnd()
    {
    }

    /// <summary>Every step is done.</summary>
    public sealed record Finished : PlanEnd;

    /// <summary>A step failed for good, and everything is undone.</summary>
    public sealed record Undone(string Code, string Text) : PlanEnd;
}
