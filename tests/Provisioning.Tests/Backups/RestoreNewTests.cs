using Database;
using Database.Work;
using Provisioning.Backups;
using Provisioning.Servers;
using Xunit;

namespace Provisioning.Tests.Backups;

public sealed class RestoreNewTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("sandbox")]
    [InlineData("LXD")]
    public async Task A_paid_server_is_made_of_the_backup_beside_the_first_one(string where)
    {
        await using var shop = where == "LXD" ? await Workshop.OnLxd() : await Workshop.OnSandbox();
        var server = await shop.Server();
        var first = await shop.InstanceOf(server);
        await shop.Guest.Write(first, "/root/note", "before");
        var backup = await shop.BackUp(server);
        await shop.Guest.Write(first, "/root/note", "after");

        var order = Order(backup);
        Assert.IsType<WorkOutcome.Done>(await shop.Do(order));

        var second = await shop.InstanceOf(order.Resource);
        Assert.Equal("before", await shop.Guest.Read(second, "/root/note"));
        Assert.Equal("after", await shop.Guest.Read(first, "/root/note"));
        var made = (await shop.Hypervisor.Find(second, None))!;
        Assert.Equal((order.Resource, true), (made.Job, made.Running));
        var addresses = new[] { made.FixedAddress, (await shop.Hypervisor.Find(first, None))!.FixedAddress };
        Assert.True(addresses.OfType<string>().Distinct().Count() == 2, string.Join(" and ", addresses.Select(one => one ?? "none")));
        Assert.Equal("running", await shop.StateOf(order.Resource));
        Assert.Null(await shop.Hypervisor.Find(RestoreInPlace.InstanceOf(server), None));
    }

    [Fact]
    public async Task A_worker_killed_anywhere_makes_one_server_in_the_end()
    {
        await using var shop = await Workshop.OnSandbox();
        var server = await shop.Server();
        await shop.Guest.Write(await shop.InstanceOf(server), "/root/note", "before");
        var backup = await shop.BackUp(server);
        for (var point = 0; ; point += 3)
        {
            var order = Order(backup);
            var item = await shop.Add(order);
            shop.Fuse.Arm(point);
            var finished = await TakeBackupTests.Survives(() => shop.Try(item));
            var reached = shop.Fuse.Blown;
            shop.Fuse.Mend();
            if (!finished) Assert.IsType<WorkOutcome.Done>(await shop.Try(item));
            var made = Assert.Single(await shop.Hypervisor.All(None), one => one.Job == order.Resource);
            Assert.Equal((true, "before"), (made.Running, await shop.Guest.Read(made.Name, "/root/note")));
            if (!reached) break;
            Assert.InRange(point, 0, 300);
        }
    }

    [Fact]
    public async Task A_backup_of_somebody_else_or_a_smaller_disk_ends_in_money_back()
    {
        await using var shop = await Workshop.OnSandbox();
        var backup = await shop.BackUp(await shop.Server());
        var stranger = await shop.BackUpOf(await shop.Server(account: "acc_00000000000000000000000002"), "acc_00000000000000000000000002");
        await Refused(shop, Order(stranger), "provisioning.backups.not_ready");
        await Refused(shop, Order(backup with { Id = Id.New<BackupId>(shop.Clock.GetUtcNow()) }), "provisioning.backups.not_ready");
        Assert.Equal(2, (await shop.Items("order.undeliverable")).Count);
        Assert.Equal(2, (await shop.Hypervisor.All(None)).Count);
    }

    [Fact]
    public async Task Without_an_order_line_nothing_is_made()
    {
        await using var shop = await Workshop.OnSandbox();
        var backup = await shop.BackUp(await shop.Server());
        await Refused(shop, Order(backup, orderLine: ""), "provisioning.servers.bad_order");
        Assert.Single(await shop.Hypervisor.All(None));
    }

    private static async Task Refused(Workshop shop, NewWork order, string code) =>
        Assert.Equal(code, Assert.IsType<WorkOutcome.Failed>(await shop.Do(order)).Code);

    private static NewWork Order(Backup backup, string? orderLine = null)
    {
        var id = Id.New<ServerId>(DateTimeOffset.UtcNow).Value;
        return new NewWork(RestoreNew.Command, id)
        {
            Input = new
            {
                serverId = id,
                orderLineId = orderLine ?? $"orl_{id[4..]}",
                accountId = Workshop.Account,
                region = "blr",
                image = "debian-12",
                hostname = "web-2.example.in",
                label = "Web again",
                sshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5ZBxyBWVlBHWIBfH+VvR7n2MHKmAVsxJ8bYAlXoVZN asha",
                vcpu = 1,
                memoryMib = 128,
                diskGib = 1,
                backups = true,
                backupId = backup.Id.Value,
            },
        };
    }
}
