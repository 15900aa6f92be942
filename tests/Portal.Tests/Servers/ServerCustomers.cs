using Billing.Orders;
using Portal.Catalogue;
using Portal.Servers;
using Xunit;

namespace Portal.Tests.Servers;

/// <summary>Customers of a portal with a catalogue, as far as they have come with their servers.</summary>
internal static class ServerCustomers
{
    /// <summary>A portal with the catalogue to start from.</summary>
    public static async Task<PortalUnderTest> StartSelling(params string[] settings)
    {
        var portal = await PortalUnderTest.Start(settings);
        await portal.Db.Write(tx => CatalogueSeed.Run(tx, DateTimeOffset.UtcNow.AddMinutes(-1)));
        return portal;
    }

    /// <summary>Good answers; those given replace them.</summary>
    public static (string Name, string Value)[] Answers(params (string Name, string Value)[] given)
    {
        var good = new (string Name, string Value)[]
        {
            ("Input.Plan", "s2"), ("Input.Region", "blr"), ("Input.Image", "debian-12"), ("Input.Hostname", "web-1"),
            ("Input.SshKey", SshPublicKeyTests.Ed25519), ("Input.Backups", "False"),
        };
        return [.. good.Where(one => !given.Any(other => other.Name == one.Name)), .. given];
    }

    /// <summary>Fills the form in and has it reviewed.</summary>
    public static async Task<Page> Review(this Browser browser, params (string Name, string Value)[] given) =>
        await browser.Submit(await browser.Get("/servers/order"), "/servers/order", Answers(given));

    /// <summary>Sends a reviewed order; the answer, which leads to the payment.</summary>
    public static async Task<HttpResponseMessage> Place(this Browser browser, Page review) =>
        await browser.Send(Browser.Fill(review, "/servers/order?handler=place"));

    /// <summary>Goes back from the review to the form, as its second button does.</summary>
    public static async Task<Page> Change(this Browser browser, Page review)
    {
        var request = Browser.Fill(review, "/servers/order?handler=place");
        request.RequestUri = new Uri(browser.Start, review.Html.QuerySelector("button[formaction]")!.GetAttribute("formaction")!);
        return await Page.Read(request.RequestUri, await browser.Send(request));
    }

    /// <summary>Orders a server; the order's id.</summary>
    public static async Task<SalesOrderId> Order(this Browser browser, params (string Name, string Value)[] given)
    {
        var placed = await browser.Place(await browser.Review(given));
        Assert.Equal(System.Net.HttpStatusCode.SeeOther, placed.StatusCode);
        return SalesOrderId.From(placed.Headers.Location!.ToString()["/pay/".Length..]);
    }

    /// <summary>The server of an order.</summary>
    public static async Task<ServerId> ServerOf(this PortalUnderTest portal, SalesOrderId order) =>
        await portal.Db.One<ServerId>(Sql.ServerOf, new { OrderId = order });

    /// <summary>Orders and pays; the server's id. Nobody works on it yet.</summary>
    public static async Task<ServerId> Buy(this PortalUnderTest portal, Browser browser, params (string Name, string Value)[] given)
    {
        var order = await browser.Order(given);
        var settle = portal.Get<SettleOrder>();
        var outcome = await portal.Db.Write(async tx =>
            await settle.Run(tx, (await SalesOrder.OfAnyAccount(tx, order))!, new PaidWith.Gateway($"pay_{order.Value[^14..]}"), DateTimeOffset.UtcNow));
        Assert.IsType<SettleOutcome.Settled>(outcome);
        return await portal.ServerOf(order);
    }

    /// <summary>As the worker would leave it.</summary>
    public static Task Become(this PortalUnderTest portal, ServerId server, string state, DateTimeOffset? shieldUntil = null)
    {
        var now = DateTimeOffset.UtcNow;
        return portal.Db.Write(async tx =>
        {
            var args = new
            {
                ServerId = server,
                State = state,
                Address = state is "running" or "stopped" or "deleted" ? "203.0.113.7" : null,
                ReadyAt = state is "running" or "stopped" or "deleted" ? now : (DateTimeOffset?)null,
                DeletedAt = state == "deleted" ? now : (DateTimeOffset?)null,
                ShieldUntil = shieldUntil,
                Now = now,
            };
            if (await tx.Execute(Sql.Update, args) == 0) await tx.Execute(Sql.Insert, args);
        });
    }

    internal static class Sql
    {
        public const string ServerOf = "-- all accounts: a test\nselect ServerId from ServerOrder where SalesOrderId = @OrderId";

        public const string Update = """
            -- all accounts: a test
            update Server
            set State = @State, Address = @Address, ReadyAt = @ReadyAt, DeletedAt = @DeletedAt, ShieldUntil = @ShieldUntil
            where Id = @ServerId
            """;

        public const string Insert = """
            -- all accounts: a test
            insert into Server (Id, AccountId, OrderLineId, InstanceName, Region, ImageAlias, Hostname, Label, Vcpu, MemoryMib, DiskGib, Backups,
                State, Address, CreatedAt, ReadyAt, DeletedAt, ShieldUntil)
            select ServerId, AccountId, SalesOrderLineId, replace(ServerId, '_', '-'), Region, ImageCode, Hostname, Label, 2, 2048, 50, Backups,
                @State, @Address, @Now, @ReadyAt, @DeletedAt, @ShieldUntil
            from ServerOrder
            where ServerId = @ServerId
            """;
    }
}
