using Database.Work;
using Provisioning.Backups;
using Provisioning.Hypervisors;
using Xunit;

namespace Provisioning.Tests.Backups;

public sealed class TakeBackupTests
{
    [Fact]
    public async Task A_backup_counts_once_it_was_read_back_and_nobody_can_read_it_in_the_store()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        await shop.Guest.Write(await shop.InstanceOf(server), "/root/note", "a secret that must not be seen");

        var backup = await shop.BackUp(server, "daily");

        Assert.Equal(("ready", "daily"), (backup.State, backup.Kind));
        Assert.NotNull(backup.VerifiedAt);
        Assert.InRange(backup.ExpiresAt - backup.TakenAt, TimeSpan.FromDays(6.9), TimeSpan.FromDays(7.1));
        Assert.Equal([backup.ObjectKey!], await shop.Keys());
        Assert.Empty(await shop.BackupsOutside(await shop.InstanceOf(server)));
        await using (var archive = await shop.Objects.Open(backup.AccountId, backup.ObjectKey!))
        {
            var found = await BackupArchive.ReadToEnd(archive, CancellationToken.None);
            Assert.Equal((backup.Bytes, backup.Sha256), (found.Bytes, found.Sha256));
        }

        await using var stored = await shop.Store.Open(backup.ObjectKey!);
        var head = new byte[2];
        await stored.ReadExactlyAsync(head);
        Assert.NotEqual<byte>([0x1f, 0x8b], head);
    }

    [Fact]
    public async Task A_worker_killed_anywhere_leaves_one_good_backup_in_the_end()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        await shop.Guest.Write(await shop.InstanceOf(server), "/root/note", "kept");
        var crashes = 0;
        for (var point = 0; ; point++)
        {
            var item = await shop.Add(new NewWork(TakeBackup.Command, server) { Input = new TakeBackupInput { Kind = "daily" } });
            shop.Fuse.Arm(point);
            var finished = await Survives(() => shop.Try(item));
            var reached = shop.Fuse.Blown;
            shop.Fuse.Mend();
            Assert.DoesNotContain(await shop.Backups(server), one => one.State == "ready" && one.VerifiedAt is null);
            if (!finished) Assert.IsType<WorkOutcome.Done>(await shop.Try(item));
            crashes += finished ? 0 : 1;
            if (!reached) break;
        }

        Assert.InRange(crashes, 15, 200);
        var backups = await shop.Backups(server);
        Assert.All(backups, one => Assert.Equal("ready", one.State));
        Assert.Equal(backups.Select(one => one.ObjectKey).Order(), (await shop.Keys()).Order());
        Assert.Empty(await shop.BackupsOutside(await shop.InstanceOf(server)));
        foreach (var backup in backups)
        {
            await using var archive = await shop.Objects.Open(backup.AccountId, backup.ObjectKey!);
            Assert.Equal(backup.Sha256, (await BackupArchive.ReadToEnd(archive, CancellationToken.None)).Sha256);
        }
    }

    [Fact]
    public async Task A_stored_archive_that_does_not_read_back_is_taken_again()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        var item = await shop.Add(new NewWork(TakeBackup.Command, server));
        var broken = 0;
        for (var point = 0; broken == 0; point++)
        {
            shop.Fuse.Arm(point);
            await Survives(() => shop.Try(item));
            shop.Fuse.Mend();
            if ((await shop.Backups(server)).SingleOrDefault() is not { State: "stored" } stored) continue;
            using (var whole = new MemoryStream())
            {
                await using (var stream = await shop.Store.Open(stored.ObjectKey!)) await stream.CopyToAsync(whole);
                await shop.Store.Put(stored.ObjectKey!, new MemoryStream(whole.ToArray()[..^100]));
            }

            await Assert.ThrowsAnyAsync<Exception>(() => shop.Try(item));
            Assert.Equal("taking", (await shop.Backups(server)).Single().State);
            Assert.DoesNotContain(stored.ObjectKey!, await shop.Keys());
            broken++;
        }

        Assert.IsType<WorkOutcome.Done>(await shop.Try(item));
        var ready = Assert.Single(await shop.Backups(server));
        Assert.Equal("ready", ready.State);
        Assert.Equal([ready.ObjectKey!], await shop.Keys());
    }

    [Fact]
    public async Task A_truncated_export_never_counts()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        // whatever the hypervisor says of it, a cut archive ends in the reader
        await using var whole = await shop.Objects.Open(Workshop.Account, (await shop.BackUp(server)).ObjectKey!);
        using var bytes = new MemoryStream();
        await whole.CopyToAsync(bytes);
        var cut = bytes.ToArray()[..((int)bytes.Length / 2)];
        await Assert.ThrowsAsync<BackupDamagedException>(() => BackupArchive.ReadToEnd(new MemoryStream(cut), CancellationToken.None));
    }

    [Fact]
    public async Task Only_so_many_backups_on_demand_and_none_of_somebody_elses_server()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        for (var i = 0; i < 5; i++) await shop.BackUp(server);
        var sixth = Assert.IsType<WorkOutcome.Failed>(await shop.Do(new NewWork(TakeBackup.Command, server)));
        Assert.Equal("provisioning.backups.too_many", sixth.Code);
        await shop.BackUp(server, "daily");
        var others = Assert.IsType<WorkOutcome.Failed>(
            await shop.Do(new NewWork(TakeBackup.Command, server) { AccountId = "acc_00000000000000000000000002" }));
        Assert.Equal("provisioning.backups.no_server", others.Code);
        Assert.Equal(6, (await shop.Backups(server)).Count);
    }

    [Fact]
    public async Task The_final_backup_of_a_deleted_server_lasts_as_long_as_its_shield()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        await shop.Hypervisor.Stop(await shop.InstanceOf(server), TimeSpan.FromSeconds(5), CancellationToken.None);
        var until = shop.Clock.GetUtcNow().AddDays(3);
        await ServerRows.SetState(shop.Database.Db, server, "deleted", until);
        var backup = await shop.BackUp(server, "final");
        Assert.InRange((backup.ExpiresAt - until).Duration(), TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_backup_given_up_is_shown_as_failed_and_its_rests_are_removed()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        var instance = await shop.InstanceOf(server);
        var item = await shop.Add(new NewWork(TakeBackup.Command, server));
        for (var point = 0; (await shop.BackupsOutside(instance)).Count == 0; point++)
        {
            shop.Fuse.Arm(point);
            await Survives(() => shop.Try(item));
            shop.Fuse.Mend();
        }

        await shop.Exhaust(item);
        Assert.Equal("failed", Assert.Single(await shop.Backups(server)).State);
        shop.Clock.Ahead += TimeSpan.FromSeconds(1);
        await shop.Do(new NewWork(ExpireBackups.Command, ExpireBackups.Command));
        Assert.Empty(await shop.BackupsOutside(instance));
        Assert.Equal("removed", Assert.Single(await shop.Backups(server)).State);
    }

    internal static async Task<bool> Survives(Func<Task> run)
    {
        try
        {
            await run();
            return true;
        }
        catch (Exception crash) when (crash is HypervisorException or IOException)
        {
            return false;
        }
    }
}
