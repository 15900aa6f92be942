namespace Provisioning.Backups;

/// <summary>How often backups are taken and how long they are kept. Section <c>Provisioning:Backups</c>.</summary>
internal sealed record BackupsOptions
{
    /// <summary>How long a daily backup is kept. The newest good one of a living server is kept until there is a newer one.</summary>
    public int DailyDays { get; init; } = 7;

    /// <summary>How long a backup that a customer asked for is kept.</summary>
    public int ManualDays { get; init; } = 30;

    /// <summary>How many of those a server may have at once.</summary>
    public int ManualMost { get; init; } = 5;

    /// <summary>The hours between two snapshots.</summary>
    public int SnapshotHours { get; init; } = 6;

    /// <summary>How long a snapshot is kept, in hours.</summary>
    public int SnapshotKeptHours { get; init; } = 24;

    /// <summary>How long the final backup of a deleted server and the server replaced by a restore are kept.</summary>
    public TimeSpan Shield { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long a guest may take to shut down before it is stopped.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a restored guest may take to show its address.</summary>
    public TimeSpan AddressPatience { get; init; } = TimeSpan.FromMinutes(2);

    internal IEnumerable<string> Problems()
    {
        if (DailyDays is < 1 or > 3650) yield return "Provisioning:Backups:DailyDays is outside 1 to 3650; leave it at 7.";
        if (ManualDays is < 1 or > 3650) yield return "Provisioning:Backups:ManualDays is outside 1 to 3650; leave it at 30.";
        if (ManualMost < 0) yield return "Provisioning:Backups:ManualMost is negative; 0 switches backups on demand off.";
        if (SnapshotHours is < 1 or > 24) yield return "Provisioning:Backups:SnapshotHours is outside 1 to 24; leave it at 6.";
        if (SnapshotKeptHours < SnapshotHours) yield return "Provisioning:Backups:SnapshotKeptHours is less than SnapshotHours; no snapshot would be left.";
        if (Shield < TimeSpan.Zero) yield return "Provisioning:Backups:Shield is negative; set e.g. 7.00:00:00.";
        if (StopPatience <= TimeSpan.Zero) yield return "Provisioning:Backups:StopPatience is not positive; set e.g. 00:01:00.";
        if (AddressPatience <= TimeSpan.Zero) yield return "Provisioning:Backups:AddressPatience is not positive; set e.g. 00:02:00.";
    }
}
