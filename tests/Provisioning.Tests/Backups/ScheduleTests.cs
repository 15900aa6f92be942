using Database;
using Database.Work;
using Provisioning.Backups;
using Testing;
using Xunit;

namespace Provisioning.Tests.Backups;

public sealed class ScheduleTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 6, 30, 0, TimeSpan.Zero); // 12:00 in India

    [Fact]
    public void Servers_are_spread_over_the_day()
    {
        var minutes = Enumerable.Range(0, 5000).Select(i => BackupSchedule.MinuteOf(Id.New<BackupId>(Noon.AddSeconds(i)).Value)).ToList();
        Assert.All(minutes, minute => Assert.InRange(minute, 0, 1439));
        var anHour = minutes.GroupBy(minute => minute / 60).Select(hour => hour.Count()).ToList();
        Assert.Equal(24, anHour.Count);
        Assert.All(anHour, count => Assert.InRange(count, 100, 350));
    }

    [Theory]
    [InlineData(13 * 60, "2026-11-22T07:30:00Z")]
    [InlineData(11 * 60, "2026-11-23T05:30:00Z")]
    [InlineData(12 * 60, "2026-11-23T06:30:00Z")]
    [InlineData(0, "2026-11-22T18:30:00Z")]
    public void The_export_is_due_at_the_servers_minute_in_India(int minute, string due) =>
        Assert.Equal(DateTimeOffset.Parse(due, null), BackupSchedule.NextExport(minute, Noon));

    [Theory]
    [InlineData(30, 6, "2026-11-22T07:00:00Z")]
    [InlineData(12 * 60, 6, "2026-11-22T12:30:00Z")]
    [InlineData((12 * 60) - 1, 6, "2026-11-22T12:29:00Z")]
    [InlineData(23 * 60, 24, "2026-11-22T17:30:00Z")]
    public void Snapshots_follow_in_equal_steps(int minute, int hours, string due) =>
        Assert.Equal(DateTimeOffset.Parse(due, null), BackupSchedule.NextSnapshot(minute, hours, Noon));

    [Theory, Engines]
    public async Task Each_slot_is_taken_once_and_a_standstill_is_not_made_up_for(string engine)
    {
        await using var shop = await Workshop.OnSandbox(engine);
        const string Server = "srv_00000000000000000000000001";
        await ServerRows.Add(shop.Database.Db, Server, Workshop.Account, "srv-1", null, "running", shop.Clock.GetUtcNow());
        for (var twice = 0; twice < 2; twice++)
            await shop.Database.Db.Write(tx => BackupSchedule.Begin(tx, Server, Workshop.Account, 6, shop.Clock.GetUtcNow()));
        var run = await shop.Add(new NewWork("backup.schedule", "backup.schedule"));

        Assert.IsType<WorkOutcome.Again>(await shop.Try(run));
        Assert.Empty(await shop.Items(TakeBackup.Command));

        shop.Clock.Ahead += TimeSpan.FromHours(24);
        await shop.Try(run);
        await shop.Try(run);
        var export = Assert.Single(await shop.Items(TakeBackup.Command));
        Assert.Equal((Server, Workshop.Account), (export.Resource, export.AccountId));
        Assert.Single(await shop.Items(TakeSnapshot.Command));

        shop.Clock.Ahead += TimeSpan.FromDays(30);
        await shop.Try(run);
        Assert.Equal(2, (await shop.Items(TakeBackup.Command)).Count);
        Assert.Equal(2, (await shop.Items(TakeSnapshot.Command)).Count);

        for (var hour = 0; hour < 48; hour++)
        {
            shop.Clock.Ahead += TimeSpan.FromHours(1);
            await shop.Try(run);
        }

        Assert.Equal(4, (await shop.Items(TakeBackup.Command)).Count);
        Assert.Equal(10, (await shop.Items(TakeSnapshot.Command)).Count);
    }

    [Fact]
    public async Task A_deleted_server_is_not_backed_up_and_a_gone_ones_schedule_ends()
    {
        await using var shop = await Workshop.OnSandbox();
        const string Server = "srv_00000000000000000000000001";
        await ServerRows.Add(shop.Database.Db, Server, Workshop.Account, "srv-1", null, "deleted", shop.Clock.GetUtcNow());
        await shop.Database.Db.Write(tx => BackupSchedule.Begin(tx, Server, Workshop.Account, 6, shop.Clock.GetUtcNow()));
        var run = await shop.Add(new NewWork("backup.schedule", "backup.schedule"));
        shop.Clock.Ahead += TimeSpan.FromDays(2);
        await shop.Try(run);
        Assert.Empty(await shop.Items(TakeBackup.Command));

        await ServerRows.SetState(shop.Database.Db, Server, "gone");
        await shop.Try(run);
        Assert.Equal(1, await shop.Database.Db.One<int>(Workshop.Sql.EndedSchedules));
    }
}
