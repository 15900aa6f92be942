namespace Provisioning.Backups;

/// <summary>The instance that a restore in place has taken out of use: stopped, kept until its shield ends.</summary>
internal sealed record ReplacedInstance
{
    public string InstanceName { get; init; } = "";
    public string AccountId { get; init; } = "";
    public string ServerId { get; init; } = "";
    public BackupId BackupId { get; init; }

    /// <summary>The instance that the server is now.</summary>
    public string ReplacedBy { get; init; } = "";
    public string Region { get; init; } = "";

    /// <summary>The address that goes over to the restored one.</summary>
    public string? Address { get; init; }
    public DateTimeOffset ReplacedAt { get; init; }
    public DateTimeOffset KeptUntil { get; init; }
}
