using Database.Work;
using Provisioning.Backups;
using Testing;
using Xunit;

namespace Provisioning.Tests.Backups;

public sealed class RestoreInPlaceTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("sandbox")]
    [InlineData("LXD")]
    public async Task A_server_is_brought_back_with_its_address_and_the_old_one_is_kept(string where)
    {
        await using var shop = where == "LXD" ? await Workshop.OnLxd() : await Workshop.OnSandbox();
        var server = await shop.Server();
        var old = await shop.InstanceOf(server);
        var address = (await shop.Hypervisor.Find(old, None))!.FixedAddress!;
        await shop.Guest.Write(old, "/root/note", "before");
        var backup = await shop.BackUp(server);
        await shop.Guest.Write(old, "/root/note", "after");

        Assert.IsType<WorkOutcome.Done>(await shop.Do(Restore(server, backup)));

        var now = await shop.InstanceOf(server);
        Assert.NotEqual(old, now);
        Assert.Equal("before", await shop.Guest.Read(now, "/root/note"));
        var found = (await shop.Hypervisor.Find(now, None))!;
        Assert.True(found.Running);
        Assert.Equal((server, address), (found.Job, found.FixedAddress));
        Assert.Equal(address, await shop.Hypervisor.WaitForAddress(now, Wait.Patience, None));
        Assert.True((await shop.Hypervisor.Find(old, None))!.Stopped);
        Assert.Equal("after", await shop.Guest.Read(old, "/root/note"));

        // the second restore replaces the first, and both are kept
        Assert.IsType<WorkOutcome.Done>(await shop.Do(Restore(server, backup)));
        Assert.Equal(address, (await shop.Hypervisor.Find(await shop.InstanceOf(server), None))!.FixedAddress);
        Assert.NotNull(await shop.Hypervisor.Find(now, None));

        shop.Clock.Ahead += TimeSpan.FromDays(8);
        await shop.Do(new NewWork(ExpireBackups.Command, ExpireBackups.Command));
        Assert.Null(await shop.Hypervisor.Find(old, None));
        Assert.Null(await shop.Hypervisor.Find(now, None));
        Assert.True((await shop.Hypervisor.Find(await shop.InstanceOf(server), None))!.Running);
    }

    [Fact]
    public async Task A_worker_killed_anywhere_loses_neither_the_server_nor_the_backup()
    {
        await using var shop = await Workshop.OnSandbox();
        var crashes = 0;
        for (var point = 0; ; point += Parts.LongForm ? 1 : 3)
        {
            var server = await shop.Server();
            var old = await shop.InstanceOf(server);
            var address = (await shop.Hypervisor.Find(old, None))!.FixedAddress!;
            await shop.Guest.Write(old, "/root/note", "before");
            var backup = await shop.BackUp(server);
            await shop.Guest.Write(old, "/root/note", "after");
            var item = await shop.Add(Restore(server, backup));

            shop.Fuse.Arm(point);
            var finished = await TakeBackupTests.Survives(() => shop.Try(item));
            var reached = shop.Fuse.Blown;
            shop.Fuse.Mend();
            Assert.Equal("after", await shop.Guest.Read(old, "/root/note"));
            Assert.Contains(await shop.InstanceOf(server), (await shop.Hypervisor.All(None)).Select(one => one.Name));
            Assert.Contains(backup.ObjectKey!, await shop.Keys());
            if (!finished) Assert.IsType<WorkOutcome.Done>(await shop.Try(item));
            crashes += finished ? 0 : 1;

            var now = await shop.InstanceOf(server);
            var found = (await shop.Hypervisor.Find(now, None))!;
            Assert.Equal((true, address, "before"), (found.Running, found.FixedAddress, await shop.Guest.Read(now, "/root/note")));
            Assert.Equal("after", await shop.Guest.Read(old, "/root/note"));
            Assert.Equal(2, (await shop.Hypervisor.All(None)).Count(one => one.Job == server));
            foreach (var name in (string[])[old, now]) await shop.Hypervisor.Delete(name, None);
            if (!reached) break;
        }

        Assert.InRange(crashes, 10, 500);
    }

    [Fact]
    public async Task Given_up_before_the_swap_the_server_runs_on_as_it_was()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        var old = await shop.InstanceOf(server);
        var backup = await shop.BackUp(server);
        var item = await shop.Add(Restore(server, backup));
        for (var point = 0; (await shop.Hypervisor.Find(old, None))!.Running; point++)
        {
            shop.Fuse.Arm(point);
            Assert.False(await TakeBackupTests.Survives(() => shop.Try(item)));
            shop.Fuse.Mend();
        }

        Assert.Equal(old, await shop.InstanceOf(server));
        await shop.Exhaust(item);
        var abandon = Assert.Single(await shop.Items(AbandonRestore.Command));
        Assert.IsType<WorkOutcome.Done>(await shop.Try(abandon));
        Assert.True((await shop.Hypervisor.Find(old, None))!.Running);
        Assert.Null(await shop.Hypervisor.Find(RestoreInPlace.InstanceOf(item.Id.Value), None));
    }

    [Fact]
    public async Task A_damaged_backup_is_refused_and_the_server_runs_on()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        var backup = await shop.BackUp(server);
        using (var whole = new MemoryStream())
        {
            await using (var stream = await shop.Store.Open(backup.ObjectKey!)) await stream.CopyToAsync(whole);
            await shop.Store.Put(backup.ObjectKey!, new MemoryStream(whole.ToArray()[..^50]));
        }

        var refused = Assert.IsType<WorkOutcome.Failed>(await shop.Do(Restore(server, backup)));
        Assert.Equal("provisioning.backups.damaged", refused.Code);
        var only = Assert.Single(await shop.Hypervisor.All(None));
        Assert.Equal((await shop.InstanceOf(server), true), (only.Name, only.Running));
    }

    [Fact]
    public async Task Only_a_ready_backup_of_the_same_server_and_account_is_restored()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        var backup = await shop.BackUp(server);
        var other = await shop.Server();
        var strangers = await shop.Server(account: "acc_00000000000000000000000002");

        await Refused(shop.Do(Restore(other, backup)), "not_ready");
        await Refused(shop.Do(Restore(strangers, backup) with { AccountId = "acc_00000000000000000000000002" }), "not_ready");
        await Refused(shop.Do(Restore(strangers, backup)), "no_server");
        shop.Clock.Ahead += TimeSpan.FromDays(31);
        await shop.Do(new NewWork(ExpireBackups.Command, ExpireBackups.Command));
        await Refused(shop.Do(Restore(server, backup)), "not_ready");
    }

    [Fact]
    public async Task A_backup_that_is_read_from_does_not_expire_meanwhile()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        var backup = await shop.BackUp(server);
        shop.Clock.Ahead += TimeSpan.FromDays(30) - TimeSpan.FromMinutes(5);
        Assert.IsType<WorkOutcome.Done>(await shop.Do(Restore(server, backup)));
        shop.Clock.Ahead += TimeSpan.FromMinutes(10);
        await shop.Do(new NewWork(ExpireBackups.Command, ExpireBackups.Command));
        Assert.Single(await shop.Keys());
    }

    [Fact]
    public async Task A_server_whose_instance_is_lost_is_restored_all_the_same()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        var old = await shop.InstanceOf(server);
        await shop.Guest.Write(old, "/root/note", "before");
        var backup = await shop.BackUp(server);
        await shop.Hypervisor.Delete(old, None);
        Assert.IsType<WorkOutcome.Done>(await shop.Do(Restore(server, backup)));
        Assert.Equal("before", await shop.Guest.Read(await shop.InstanceOf(server), "/root/note"));
    }

    private static NewWork Restore(string server, Backup backup) =>
        new(RestoreInPlace.Command, server) { Input = new RestoreInPlaceInput { BackupId = backup.Id.Value } };

    private static async Task Refused(Task<WorkOutcome> run, string code) =>
        Assert.Equal($"provisioning.backups.{code}", Assert.IsType<WorkOutcome.Failed>(await run).Code);
}
