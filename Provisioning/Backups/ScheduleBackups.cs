using System.Globalization;
using Database;
using Database.Work;
using Microsoft.Extensions.Options;

namespace Provisioning.Backups;

/// <summary>
/// <c>backup.schedule</c>: adds the backups and snapshots that are due. After a standstill each server gets one of each, not one for
/// every slot that has passed.
/// </summary>
internal sealed class ScheduleBackups(Db db, IOptions<BackupsOptions> settings, IEnumerable<PeriodicWork> periodic) : IWorkHandler
{
    private const int Page = 200;

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        await EndThoseOfGoneServers(context);
        while (!context.Cancelled.IsCancellationRequested && await Begin(context) == Page)
        {
            // as long as whole pages are new
        }

        while (!context.Cancelled.IsCancellationRequested && await AddDue(context) == Page)
        {
            // as long as whole pages are due
        }

        return periodic.Single(run => run.Command == context.Item.Command).Next(context.Now);
    }

    private async Task<int> Begin(WorkContext context)
    {
        var fresh = await db.Query<BackupSchedule>(Sql.WithoutSchedule, new { First = 1, Last = Page });
        foreach (var server in fresh)
            await context.Write(tx => BackupSchedule.Begin(tx, server.ServerId, server.AccountId, settings.Value.SnapshotHours, context.Now));
        return fresh.Count;
    }

    private async Task<int> AddDue(WorkContext context)
    {
        var now = context.Now;
        var due = await db.Query<BackupSchedule>(Sql.Due, new { Now = now, First = 1, Last = Page });
        foreach (var schedule in due)
        {
            var exportAt = schedule.NextExportAt <= now ? BackupSchedule.NextExport(schedule.DayMinute, now) : schedule.NextExportAt;
            var snapshotAt = schedule.NextSnapshotAt <= now
                ? BackupSchedule.NextSnapshot(schedule.DayMinute, settings.Value.SnapshotHours, now)
                : schedule.NextSnapshotAt;
            await context.Write(async tx =>
            {
                var moved = await tx.Execute(Sql.Move, new
                {
                    schedule.AccountId,
                    schedule.ServerId,
                    OldExportAt = schedule.NextExportAt,
                    OldSnapshotAt = schedule.NextSnapshotAt,
                    NextExportAt = exportAt,
                    NextSnapshotAt = snapshotAt,
                });
                if (moved == 0) return;
                if (exportAt != schedule.NextExportAt) await WorkQueue.Add(tx, Export(schedule, exportAt), now);
                if (snapshotAt != schedule.NextSnapshotAt) await WorkQueue.Add(tx, Snapshot(schedule, snapshotAt), now);
            });
        }

        return due.Count;
    }

    private static NewWork Export(BackupSchedule schedule, DateTimeOffset next) => new(TakeBackup.Command, schedule.ServerId)
    {
        AccountId = schedule.AccountId,
        Input = new TakeBackupInput { Kind = "daily" },
        DedupKey = $"{TakeBackup.Command}:{schedule.ServerId}:{Slot(next)}",
    };

    private static NewWork Snapshot(BackupSchedule schedule, DateTimeOffset next) => new(TakeSnapshot.Command, schedule.ServerId)
    {
        AccountId = schedule.AccountId,
        DedupKey = $"{TakeSnapshot.Command}:{schedule.ServerId}:{Slot(next)}",
    };

    // named by the slot that follows, which is one and the same however late this one is
    private static string Slot(DateTimeOffset next) => next.UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);

    private static Task<int> EndThoseOfGoneServers(WorkContext context) => context.Write(tx => tx.Execute(Sql.EndGone, new { context.Now }));

    internal static class Sql
    {
        public const string WithoutSchedule = """
            -- all accounts: one clock for everybody's backups
            select ServerId, AccountId
            from (
                select Id as ServerId, AccountId, row_number() over (order by Id) as Position
                from Server
                where Backups = 1
                    and State in ('running', 'stopped')
                    and not exists (select 1 from BackupSchedule where BackupSchedule.ServerId = Server.Id)
            ) fresh
            where Position between @First and @Last
            """;

        public const string Due = """
            -- all accounts: one clock for everybody's backups
            select ServerId, AccountId, DayMinute, NextExportAt, NextSnapshotAt
            from (
                select schedule.ServerId, schedule.AccountId, schedule.DayMinute, schedule.NextExportAt, schedule.NextSnapshotAt,
                    row_number() over (order by schedule.ServerId) as Position
                from BackupSchedule schedule
                join Server server on server.Id = schedule.ServerId
                where schedule.EndedAt is null
                    and (schedule.NextExportAt <= @Now or schedule.NextSnapshotAt <= @Now)
                    and server.State in ('running', 'stopped')
            ) due
            where Position between @First and @Last
            """;

        public const string Move = """
            update BackupSchedule
            set NextExportAt = @NextExportAt, NextSnapshotAt = @NextSnapshotAt
            where AccountId = @AccountId
                and ServerId = @ServerId
                and NextExportAt = @OldExportAt
                and NextSnapshotAt = @OldSnapshotAt
                and EndedAt is null
            """;

        public const string EndGone = """
            -- all accounts: one clock for everybody's backups
            update BackupSchedule
            set EndedAt = @Now
            where EndedAt is null
                and exists (select 1 from Server where Server.Id = BackupSchedule.ServerId and Server.State = 'gone')
            """;
    }
}
