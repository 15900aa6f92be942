namespace Portal.Staff;

/// <summary>How staff look into accounts. Section <c>Portal:Staff</c>.</summary>
public sealed record StaffOptions
{
    /// <summary>How long a look into an account lasts at most.</summary>
    public TimeSpan AccessLength { get; init; } = TimeSpan.FromHours(1);
}
