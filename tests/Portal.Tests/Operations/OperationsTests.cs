using System.Net;
using Portal.Tests.Servers;
using Xunit;

namespace Portal.Tests.Operations;

public sealed class OperationsTests
{
    [Fact]
    public async Task A_paid_order_past_its_promise_raises_the_alarm_until_it_is_delivered()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var customer = await portal.SignUpWithBillingAsync("Asha Rao");
        using var staff = await Staff(portal);
        var server = await portal.Buy(customer);
        Assert.Contains("Every paid order is delivered or within its promise", (await staff.Get("/operations")).Words, StringComparison.Ordinal);

        await portal.Db.Write(tx => tx.Execute(Sql.MakeLate, new { PromisedAt = DateTimeOffset.UtcNow.AddMinutes(-1) }));
        var alarm = await staff.Get("/operations");
        Assert.Contains("1 paid order is late", alarm.Words, StringComparison.Ordinal);
        Assert.Contains(server.Value, alarm.Words, StringComparison.Ordinal);
        Assert.Contains("This takes longer than we promised", (await customer.Get($"/servers/{server}")).Words, StringComparison.Ordinal);

        await portal.Become(server, "running");
        Assert.DoesNotContain(server.Value, (await staff.Get("/operations")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_work_and_ignored_gateway_messages_are_listed()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var staff = await Staff(portal);
        await portal.Db.Write(async tx =>
        {
            await tx.Execute(Sql.FailedWork, new { Now = DateTimeOffset.UtcNow });
            await tx.Execute(Sql.Ignored, new { Now = DateTimeOffset.UtcNow, Body = Array.Empty<byte>() });
        });

        var page = await staff.Get("/operations");

        Assert.Contains("server.power srv_x No such machine.", page.Words, StringComparison.Ordinal);
        Assert.Contains("evt_1", page.Words, StringComparison.Ordinal);
        Assert.Contains("unknown_order", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Customers_and_strangers_do_not_get_in()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var customer = await portal.SignUpAsync("Asha Rao");
        using var stranger = portal.NewBrowser();

        Assert.Equal(HttpStatusCode.Forbidden, (await customer.Get("/operations")).Status);
        Assert.Equal("/oidc/sign-in", (await stranger.Get("/operations")).Address.AbsolutePath);
    }

    private static async Task<Browser> Staff(PortalUnderTest portal)
    {
        var browser = await portal.SignUpAsync("Meera Krishnan");
        await portal.Db.Write(tx => tx.Execute(Sql.MakeStaff, new { EmailLower = PortalUnderTest.EmailOf("Meera Krishnan") }));
        return browser;
    }

    private static class Sql
    {
        public const string MakeStaff = "update Person set StaffRole = 'operations' where EmailLower = @EmailLower";

        public const string MakeLate = "update SalesOrder set PromisedAt = @PromisedAt";

        public const string FailedWork = """
            insert into WorkItem (Id, Command, Resource, State, Progress, Attempts, NextTryAt, Fence, ErrorCode, ErrorText, CreatedAt, EndedAt)
            values ('wrk_x', 'server.power', 'srv_x', 'failed', 0, 8, @Now, 1, 'provisioning.servers.absent', 'No such machine.', @Now, @Now)
            """;

        public const string Ignored = """
            insert into WebhookInbox (EventId, Event, Body, Signature, ReceivedAt, State, Reason)
            values ('evt_1', 'payment.captured', @Body, '', @Now, 'ignored', 'unknown_order')
            """;
    }
}
