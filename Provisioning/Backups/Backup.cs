using Database;

namespace Provisioning.Backups;

/// <summary>The id of a backup; it shares its characters with the work item that takes it, so that a second try finds the first one's traces.</summary>
public readonly record struct BackupId(string Value) : IId<BackupId>
{
    /// <inheritdoc/>
    public static string Prefix => "bkp";

    /// <inheritdoc/>
    public static BackupId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A backup: an archive of a whole server in the object store, encrypted with its account's key.</summary>
internal sealed record Backup
{
    public const string Columns =
        "Id, AccountId, ServerId, Region, InstanceName, Kind, State, ObjectKey, Bytes, Sha256, DiskGib, TakenAt, VerifiedAt, ExpiresAt";

    public BackupId Id { get; init; }
    public string AccountId { get; init; } = "";
    public string ServerId { get; init; } = "";
    public string Region { get; init; } = "";

    /// <summary>The instance it was taken of; a restore in place changes the server's.</summary>
    public string InstanceName { get; init; } = "";

    /// <summary><c>daily</c>, <c>manual</c> or <c>final</c> (taken when the server was deleted).</summary>
    public string Kind { get; init; } = "";

    /// <summary><c>taking</c>, <c>stored</c> (not yet read back), <c>ready</c>, <c>failed</c>, <c>removing</c>, <c>removed</c>.</summary>
    public string State { get; init; } = "";

    public string? ObjectKey { get; init; }

    /// <summary>The archive's size and SHA-256 before encryption.</summary>
    public long? Bytes { get; init; }
    public string? Sha256 { get; init; }

    /// <summary>The server's disk when it was taken: a restored server's is never smaller.</summary>
    public int DiskGib { get; init; }

    public DateTimeOffset TakenAt { get; init; }

    /// <summary>When the stored archive was read back to its end.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Its name on the hypervisor while it is made.</summary>
    public string NameOutside => Id.Value.Replace('_', '-');

    /// <summary>What its objects' keys begin with; each try writes one of its own, the row names the one that counts.</summary>
    public string KeyPrefix => $"backups/{AccountId}/{ServerId}/{Id}";
}
