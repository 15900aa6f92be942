using System.Net;
using Portal.Tests.Api;
using Xunit;

namespace Portal.Tests.Access;

/// <summary>Somebody who owns another account and has got hold of ids: each way of using one ends as if it were not there.</summary>
public sealed class PermissionAcrossAccounts
{
    [Fact]
    public async Task Ids_of_another_account_open_nothing_in_path_body_filter_export_stream_or_file()
    {
        await using var house = await PermissionHouse.Start();
        var foreign = house.Guest("foreign");
        using var program = Customer.With(house.Portal, foreign.AccessToken);
        await PortalUnderTest.EnterBillingAsync(foreign.Browser, "Foreign");
        var (server, backup, invoice, order) = (house.Id("srv"), house.Id("bkp"), house.Id("inv"), house.Id("ord"));

        // path
        foreach (var path in (string[])[$"/servers/{server}", $"/servers/{server}/backups", $"/servers/{server}/backups/{backup}", $"/pay/{order}", $"/invoices/{invoice}"])
            Assert.Equal(HttpStatusCode.NotFound, (await foreign.Browser.Get(path)).Status);
        foreach (var path in (string[])[$"/servers/{server}", $"/orders/{order}", $"/backups/{backup}", $"/invoices/{invoice}", $"/actions/{house.Id("wrk")}", $"/servers/{server}/actions"])
            Assert.Equal(HttpStatusCode.NotFound, (await program.Get(path)).Status);

        // body: a backup to order from, an account to look at
        (await program.Post("/orders", ApiOrders.Good(with: [("backup", backup)]))).Is(HttpStatusCode.UnprocessableEntity);
        var accounts = await foreign.Browser.Get("/accounts");
        var token = accounts.Html.QuerySelector("input[name='__RequestVerificationToken']")!.GetAttribute("value")!;
        using var post = new HttpRequestMessage(HttpMethod.Post, "/accounts?handler=switch")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("account", house.Account.Value), KeyValuePair.Create("__RequestVerificationToken", token)]),
        };
        Assert.Equal(HttpStatusCode.NotFound, (await foreign.Browser.Send(post)).StatusCode);

        // filter and cursor
        foreach (var path in (string[])["/servers?q=web", $"/servers?before={server}", $"/servers?after={server}", "/invoices?number=1"])
            Assert.DoesNotContain(server, (await foreign.Browser.Get(path)).Text, StringComparison.Ordinal);
        foreach (var path in (string[])["/servers?q=web", "/orders?state=paid", "/invoices"])
            Assert.Empty((await program.Get(path)).Is(HttpStatusCode.OK).Json["items"]!.AsArray());

        // export, event stream, file
        foreach (var path in (string[])["/servers.csv", "/invoices.csv", "/invoices/statement.csv"])
            Assert.Single((await foreign.Browser.Get(path)).Text.Trim().Split('\n'));
        Assert.Equal(HttpStatusCode.NotFound, (await foreign.Browser.Get($"/servers/{server}/events")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await foreign.Browser.Get($"/invoices/{invoice}/pdf")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await program.Get($"/invoices/{invoice}/pdf")).Status);
    }

    [Fact]
    public async Task Within_an_account_a_backup_out_of_scope_cannot_be_ordered_from()
    {
        await using var house = await PermissionHouse.Start();
        var other = house.Guest("other server");
        var (_, browser) = await house.Portal.Join(house.Account, "Orders for all", "technical", AccessPeople.On(house.Id("srv")));
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get($"/servers/order?backup={house.Id("bkp")}")).Status);
        var (both, orders) = await house.Portal.Join(house.Account, "Orders", null);
        var role = await house.Role("Orders", "servers.order");
        await house.Portal.Give(house.Account, both, role);
        await house.Portal.Give(house.Account, both, "technical", AccessPeople.On(house.Other));
        Assert.Equal(HttpStatusCode.OK, (await orders.Get("/servers/order")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await orders.Get($"/servers/order?backup={house.Id("bkp")}")).Status);
        using var program = Customer.With(house.Portal, await PortalUnderTest.AccessTokenAsync(orders));
        (await program.Post("/orders", ApiOrders.Good(with: [("backup", house.Id("bkp"))]))).Refuses(HttpStatusCode.NotFound, "portal.backups.no_backup");
        Assert.Equal(HttpStatusCode.NotFound, (await other.Browser.Get($"/servers/{house.Id("srv")}")).Status);
    }
}
