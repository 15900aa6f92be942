using Database;

namespace Portal.Approvals;

/// <summary>What can be asked for in the place of doing it; registered by the room that does it.</summary>
internal interface IAskable
{
    /// <summary>As in the work queue: <c>server.order</c>.</summary>
    string Action { get; }

    /// <summary>Reads what it needs, and gives back what does it in the transaction of the decision.</summary>
    Task<Func<Tx, Task<AskedOutcome>>> Prepare(Approval approval, DateTimeOffset now);
}

/// <summary>How doing what was approved ended.</summary>
internal abstract record AskedOutcome
{
    private AskedOutcome()
    {
    }

    /// <param name="Id">What came of it.</param>
    /// <param name="Order">The order that is counted against the approver's limit.</param>
    public sealed record Done(string Id, string Order) : AskedOutcome;

    /// <summary>It cannot be done now; nothing was changed, and it goes on waiting.</summary>
    public sealed record NotNow(string Message) : AskedOutcome;
}
