namespace Portal.Servers;

/// <summary>What is promised to whoever orders a server. Section <c>Portal:Servers</c>.</summary>
public sealed record ServersOptions
{
    /// <summary>How soon after payment a server is ready.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a deleted server can be brought back; a promise, which the worker keeps even where its own setting is shorter.
    /// </summary>
    public TimeSpan Shield { get; init; } = TimeSpan.FromDays(3);
}
