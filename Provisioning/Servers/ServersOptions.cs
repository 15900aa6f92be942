namespace Provisioning.Servers;

/// <summary>How servers are treated. Section <c>Provisioning:Servers</c>.</summary>
internal sealed record ServersOptions
{
    /// <summary>How long a deleted server is kept, stopped, so that it can be had back.</summary>
    public TimeSpan Shield { get; init; } = TimeSpan.FromHours(72);

    /// <summary>How long a guest may take to shut down before it is stopped by force.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a started guest may take to show its address before the try counts as failed.</summary>
    public TimeSpan AddressWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many tries (1 s apart, doubling) a paid server has before its money is given back.</summary>
    public int CreateTries { get; init; } = 8;

    /// <summary>How often the servers' real states are looked at.</summary>
    public TimeSpan ObserveEvery { get; init; } = TimeSpan.FromSeconds(30);
}
