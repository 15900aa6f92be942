using Database.Work;
using Provisioning.Backups;
using Xunit;

namespace Provisioning.Tests.Backups;

public sealed class ExpireBackupsTests
{
    [Fact]
    public async Task Backups_go_when_their_time_is_over_but_never_the_last_good_one_of_a_living_server()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        await shop.BackUp(server, "daily");
        shop.Clock.Ahead += TimeSpan.FromDays(1);
        var second = await shop.BackUp(server, "daily");

        await Expire(shop);
        Assert.Equal(2, (await shop.Keys()).Count);

        shop.Clock.Ahead += TimeSpan.FromDays(20);
        await Expire(shop);
        Assert.Equal([second.ObjectKey!], await shop.Keys());
        Assert.Equal(["removed", "ready"], (await shop.Backups(server)).Select(one => one.State));

        await ServerRows.SetState(shop.Database.Db, server, "gone");
        await Expire(shop);
        Assert.Empty(await shop.Keys());
    }

    [Fact]
    public async Task A_backup_on_demand_lasts_thirty_days()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        await shop.BackUp(server);
        shop.Clock.Ahead += TimeSpan.FromDays(29);
        await Expire(shop);
        Assert.Single(await shop.Keys());
        shop.Clock.Ahead += TimeSpan.FromDays(2);
        await Expire(shop);
        Assert.Empty(await shop.Keys());
    }

    [Fact]
    public async Task A_worker_killed_while_it_removes_goes_on_where_it_was()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        for (var point = 0; ; point++)
        {
            await shop.BackUp(server);
            await shop.Do(new NewWork(TakeSnapshot.Command, server));
            shop.Clock.Ahead += TimeSpan.FromDays(31);
            shop.Fuse.Arm(point);
            await TakeBackupTests.Survives(() => Expire(shop));
            var reached = shop.Fuse.Blown;
            shop.Fuse.Mend();
            await Expire(shop);
            Assert.Empty(await shop.Keys());
            Assert.Empty(await shop.Hypervisor.Snapshots(await shop.InstanceOf(server), CancellationToken.None));
            Assert.All(await shop.Backups(server), one => Assert.Equal("removed", one.State));
            if (!reached) break;
            Assert.InRange(point, 0, 100);
        }
    }

    [Fact]
    public async Task Snapshots_are_taken_listed_and_expire()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        var instance = await shop.InstanceOf(server);
        await shop.Do(new NewWork(TakeSnapshot.Command, server));
        shop.Clock.Ahead += TimeSpan.FromHours(6);
        await shop.Do(new NewWork(TakeSnapshot.Command, server));
        Assert.Equal(2, (await shop.Hypervisor.Snapshots(instance, CancellationToken.None)).Count);
        shop.Clock.Ahead += TimeSpan.FromHours(20);
        await Expire(shop);
        Assert.Single(await shop.Hypervisor.Snapshots(instance, CancellationToken.None));
        Assert.Equal(1, await shop.Database.Db.One<int>(Workshop.Sql.ReadySnapshots));
    }

    private static Task<WorkOutcome> Expire(Workshop shop) => shop.Do(new NewWork(ExpireBackups.Command, ExpireBackups.Command));
}
