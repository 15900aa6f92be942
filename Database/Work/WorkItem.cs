namespace Database.Work;

/// <summary>The id of a piece of work.</summary>
public readonly record struct WorkItemId(string Value) : IId<WorkItemId>
{
    /// <inheritdoc/>
    public static string Prefix => "wrk";

    /// <inheritdoc/>
    public static WorkItemId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>
/// One row that is outbox, queue entry and progress bar: written in the transaction of the change that needs it, claimed by one
/// worker at a time, shown to whoever waits for it.
/// </summary>
public sealed record WorkItem
{
    /// <summary>The id.</summary>
    public WorkItemId Id { get; init; }

    /// <summary>What to do, <c>resource.verb</c>.</summary>
    public string Command { get; init; } = "";

    /// <summary>The id of what it is done to.</summary>
    public string Resource { get; init; } = "";

    /// <summary>The customer's account, when there is one.</summary>
    public string? AccountId { get; init; }

    /// <summary><c>ready</c>, <c>running</c>, <c>done</c> or <c>failed</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>The step that runs or ran last.</summary>
    public string? Step { get; init; }

    /// <summary>0 to 100.</summary>
    public int Progress { get; init; }

    /// <summary>The step in words for the person who waits.</summary>
    public string? Message { get; init; }

    /// <summary>How often it was tried and failed.</summary>
    public int Attempts { get; init; }

    /// <summary>Not before this instant (UTC).</summary>
    public DateTimeOffset NextTryAt { get; init; }

    /// <summary>Counts the claims: a worker whose number is older has lost the item.</summary>
    public long Fence { get; init; }

    /// <summary>The stable code of the last trouble.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The last trouble in words.</summary>
    public string? ErrorText { get; init; }

    /// <summary>What the command needs to know, JSON.</summary>
    public string? Input { get; init; }

    /// <summary>When it was promised to be done (UTC).</summary>
    public DateTimeOffset? PromisedAt { get; init; }

    /// <summary>When it was asked for (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a worker first took it (UTC).</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it was done or given up (UTC).</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>W3C trace context of the request that asked for it.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>Work to add.</summary>
/// <param name="Command">What to do, <c>resource.verb</c>.</param>
/// <param name="Resource">The id of what it is done to.</param>
public sealed record NewWork(string Command, string Resource)
{
    /// <summary>The customer's account.</summary>
    public string? AccountId { get; init; }

    /// <summary>What the command needs to know; kept as JSON. A string is taken as JSON already.</summary>
    public object? Input { get; init; }

    /// <summary>Adding a second item with the same key does nothing.</summary>
    public string? DedupKey { get; init; }

    /// <summary>Not before this instant (UTC).</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>When it was promised to be done (UTC).</summary>
    public DateTimeOffset? PromisedAt { get; init; }
}

/// <summary>How a run of a command ended.</summary>
public abstract record WorkOutcome
{
    private WorkOutcome()
    {
    }

    /// <summary>Finished; the writes go into the transaction that says so.</summary>
    public sealed record Done(Func<Tx, Task>? InSameTransaction = null) : WorkOutcome;

    /// <summary>Not now: look again later. Not a failure.</summary>
    public sealed record Again(DateTimeOffset At, string Code, string Text, Func<Tx, Task>? InSameTransaction = null) : WorkOutcome;

    /// <summary>Given up for good.</summary>
    public sealed record Failed(string Code, string Text, Func<Tx, Task>? InSameTransaction = null) : WorkOutcome;
}

/// <summary>Runs one command. Safe to run twice: a worker may die anywhere.</summary>
public interface IWorkHandler
{
    /// <summary>Does the work. An exception means: try again with back-off.</summary>
    Task<WorkOutcome> Run(WorkContext context);

    /// <summary>Settles what depends on the item, in the transaction that marks it failed after the last try.</summary>
    Task Exhausted(Tx tx, WorkItem item, DateTimeOffset now) => Task.CompletedTask;
}

/// <summary>Another worker holds the item now; this one stops without a trace.</summary>
public sealed class LeaseLostException(WorkItemId id) : Exception($"The work item {id} is held by another worker.");
