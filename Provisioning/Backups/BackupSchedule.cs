using Database;

namespace Provisioning.Backups;

/// <summary>When a server is backed up: an export a day and snapshots in between, at a minute of its own so that the load is spread.</summary>
internal sealed record BackupSchedule
{
    private const int MinutesOfDay = 24 * 60;

    public string ServerId { get; init; } = "";
    public string AccountId { get; init; } = "";

    /// <summary>The minute of the day in India at which the export is due.</summary>
    public int DayMinute { get; init; }
    public DateTimeOffset NextExportAt { get; init; }
    public DateTimeOffset NextSnapshotAt { get; init; }

    /// <summary>Begins the schedule of a server that was ordered with backups; harmless when it has begun.</summary>
    public static Task Begin(Tx tx, string serverId, string accountId, int snapshotHours, DateTimeOffset now)
    {
        var minute = MinuteOf(serverId);
        return tx.Execute(Sql.Begin, new
        {
            ServerId = serverId,
            AccountId = accountId,
            DayMinute = minute,
            NextExportAt = NextExport(minute, now),
            NextSnapshotAt = NextSnapshot(minute, snapshotHours, now),
            Now = now,
        });
    }

    /// <summary>The server's minute of the day: the same on every machine, spread evenly (FNV-1a of its id).</summary>
    internal static int MinuteOf(string serverId)
    {
        var hash = 2166136261u;
        foreach (var sign in serverId) hash = (hash ^ sign) * 16777619u;
        return (int)(hash % MinutesOfDay);
    }

    /// <summary>The first instant after <paramref name="now"/> at that minute of a day in India.</summary>
    internal static DateTimeOffset NextExport(int minute, DateTimeOffset now)
    {
        var today = Ist.StartOf(Ist.Date(now)).AddMinutes(minute);
        return today > now ? today : today.AddDays(1);
    }

    /// <summary>The first instant after <paramref name="now"/> a whole number of steps after that minute of the day.</summary>
    internal static DateTimeOffset NextSnapshot(int minute, int hours, DateTimeOffset now)
    {
        var step = TimeSpan.FromHours(hours);
        var first = Ist.StartOf(Ist.Date(now)).AddMinutes(minute).AddDays(-1);
        return first + (step * (Math.Floor((now - first) / step) + 1));
    }

    internal static class Sql
    {
        public const string Begin = """
            insert into BackupSchedule (ServerId, AccountId, DayMinute, NextExportAt, NextSnapshotAt, StartedAt)
            select @ServerId, @AccountId, @DayMinute, @NextExportAt, @NextSnapshotAt, @Now
            where not exists (select 1 from BackupSchedule where ServerId = @ServerId and AccountId = @AccountId)
            """;
    }
}
