using System.Net;
using Portal.Catalogue;
using Xunit;

namespace Portal.Tests.Backups;

public sealed class BackupPagesTests
{
    private const string SshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5ZBxyBWVlBHWIBfH+VvR7n2MHKmAVsxJ8bYAlXoVZN asha";
    private const string Backup = "bkp_00000000000000000000000001";

    [Fact]
    public async Task A_customer_sees_what_is_kept_and_takes_one_more()
    {
        await using var portal = await PortalUnderTest.Start();
        var (browser, server) = await ServerWithBackup(portal, "Asha");

        var page = await browser.Get($"/servers/{server}/backups");
        foreach (var expected in (string[])["Verified", "Daily", "1.5 MiB", "22 Nov 2026, 15:30 IST", "Take a backup now"])
            Assert.Contains(expected, page.Text, StringComparison.Ordinal);

        // a double click is one wish
        await browser.Submit(page, $"/servers/{server}/backups");
        var after = await browser.Submit(page, $"/servers/{server}/backups");
        Assert.Contains("Take a backup: under way", after.Text, StringComparison.Ordinal);
        var work = Assert.Single(await portal.Db.Query<Added>(Sql.Work, new { Command = "backup.take" }));
        Assert.Equal((server, """{"kind":"manual"}""", await AccountOf(portal, server)), (work.Resource, work.Input, work.AccountId));
    }

    [Fact]
    public async Task A_restore_in_place_wants_the_name_typed()
    {
        await using var portal = await PortalUnderTest.Start();
        var (browser, server) = await ServerWithBackup(portal, "Asha");
        var address = $"/servers/{server}/backups/{Backup}";

        var page = await browser.Get(address);
        Assert.Contains(new string('a', 64), page.Text, StringComparison.Ordinal);
        var refused = await browser.Submit(page, address, ("confirm", "something else"));
        Assert.Contains("Type the name exactly as it stands here: web-1", refused.Text, StringComparison.Ordinal);
        Assert.Empty(await portal.Db.Query<Added>(Sql.Work, new { Command = "backup.restore_in_place" }));

        var done = await browser.Submit(refused, address, ("confirm", "web-1"));
        Assert.Contains("Restore a backup: under way", done.Text, StringComparison.Ordinal);
        var work = Assert.Single(await portal.Db.Query<Added>(Sql.Work, new { Command = "backup.restore_in_place" }));
        Assert.Equal((server, $$"""{"backupId":"{{Backup}}"}"""), (work.Resource, work.Input));
    }

    [Fact]
    public async Task A_new_server_of_a_backup_is_an_order_that_carries_it()
    {
        await using var portal = await PortalUnderTest.Start();
        var (browser, _) = await ServerWithBackup(portal, "Asha");

        var form = await browser.Get($"/servers/order?backup={Backup}");
        Assert.Contains("The disk comes from your backup", form.Text, StringComparison.Ordinal);
        var small = await browser.Submit(form, "/servers/order?handler=review", ("Input.Plan", "s1"));
        Assert.Contains("This backup needs a disk of 50 GiB; S1 has 25 GiB.", small.Text, StringComparison.Ordinal);
        var review = await browser.Submit(small, "/servers/order?handler=review", ("Input.Plan", "s2"), ("Input.Hostname", "web-2"));
        Assert.Contains("From your backup", review.Text, StringComparison.Ordinal);
        await browser.Submit(review, "/servers/order?handler=place");

        var line = Assert.Single(await portal.Db.Query<Added>(Sql.Lines, new { Command = "backup.restore_new" }));
        Assert.Contains($"\"backupId\":\"{Backup}\"", line.Input, StringComparison.Ordinal);
        Assert.Equal("web-2", await portal.Db.One<string>(Sql.Hostname, new { ServerId = line.Resource }));
    }

    [Fact]
    public async Task Another_accounts_backups_do_not_exist()
    {
        await using var portal = await PortalUnderTest.Start();
        var (_, server) = await ServerWithBackup(portal, "Asha");
        using var ravi = await portal.SignUpWithBillingAsync("Ravi");
        foreach (var address in (string[])[$"/servers/{server}/backups", $"/servers/{server}/backups/{Backup}", $"/servers/order?backup={Backup}"])
            Assert.Equal(HttpStatusCode.NotFound, (await ravi.Get(address)).Status);

        var form = await ravi.Get("/servers/order");
        var refused = await ravi.Submit(form, "/servers/order?handler=review", [.. Answers, ("Input.Backup", Backup)]);
        Assert.Contains("This backup is not there (any more).", refused.Text, StringComparison.Ordinal);
        Assert.Empty(await portal.Db.Query<Added>(Sql.Lines, new { Command = "backup.restore_new" }));
    }

    private static (string Name, string Value)[] Answers =>
    [
        ("Input.Plan", "s2"), ("Input.Region", "blr"), ("Input.Image", "debian-12"), ("Input.Hostname", "web-1"), ("Input.SshKey", SshKey),
        ("Input.Backups", "True"),
    ];

    private static async Task<(Browser Browser, string Server)> ServerWithBackup(PortalUnderTest portal, string name)
    {
        await portal.Db.Write(tx => CatalogueSeed.Run(tx, DateTimeOffset.UtcNow.AddDays(-1)));
        var browser = await portal.SignUpWithBillingAsync(name);
        var review = await browser.Submit(await browser.Get("/servers/order"), "/servers/order?handler=review", Answers);
        await browser.Submit(review, "/servers/order?handler=place");
        var server = (await portal.Db.One<string>(Sql.NewestServer))!;
        var account = await AccountOf(portal, server);
        await portal.Db.Write(async tx =>
        {
            var args = new
            {
                ServerId = server,
                AccountId = account,
                BackupId = Backup,
                InstanceName = server.Replace('_', '-'),
                OrderLineId = $"orl_{server[4..]}",
                Sha256 = new string('a', 64),
                Now = DateTimeOffset.UtcNow,
                TakenAt = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero),
                ExpiresAt = new DateTimeOffset(2099, 11, 29, 10, 0, 0, TimeSpan.Zero),
            };
            await tx.Execute(Sql.Pay, args);
            await tx.Execute(Sql.Machine, args);
            await tx.Execute(Sql.Backup, args);
        });
        return (browser, server);
    }

    private static async Task<string> AccountOf(PortalUnderTest portal, string server) =>
        (await portal.Db.One<string>(Sql.Account, new { ServerId = server }))!;

    private sealed record Added
    {
        public string Resource { get; init; } = "";

        public string? AccountId { get; init; }

        public string Input { get; init; } = "";
    }

    internal static class Sql
    {
        public const string Work = "select Resource, AccountId, Input from WorkItem where Command = @Command";

        public const string Lines = """
            select WorkResource as Resource, AccountId, WorkInput as Input
            from SalesOrderLine
            where WorkCommand = @Command
            """;

        public const string NewestServer = "select ServerId from ServerOrder order by PlacedAt desc, ServerId desc";

        public const string Hostname = "select Hostname from ServerOrder where ServerId = @ServerId";

        public const string Account = "select AccountId from ServerOrder where ServerId = @ServerId";

        public const string Pay = """
            update SalesOrder
            set State = 'paid', PaidAt = @Now
            where Id = (select SalesOrderId from ServerOrder where ServerId = @ServerId)
            """;

        public const string Machine = """
            insert into Server (Id, AccountId, OrderLineId, InstanceName, Region, ImageAlias, Hostname, Label, Vcpu, MemoryMib, DiskGib,
                Backups, State, Address, CreatedAt)
            values (@ServerId, @AccountId, @OrderLineId, @InstanceName, 'blr', 'debian-12', 'web-1', 'web-1', 2, 2048, 50, 1, 'running',
                '10.0.0.5', @Now)
            """;

        public const string Backup = """
            insert into ServerBackup (Id, AccountId, ServerId, Region, InstanceName, Kind, State, ObjectKey, Bytes, Sha256, DiskGib, TakenAt,
                VerifiedAt, ExpiresAt)
            values (@BackupId, @AccountId, @ServerId, 'blr', @InstanceName, 'daily', 'ready', 'backups/a', 1572864, @Sha256, 50, @TakenAt,
                @TakenAt, @ExpiresAt)
            """;
    }
}
