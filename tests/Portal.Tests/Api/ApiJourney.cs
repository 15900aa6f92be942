using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Billing.Ledger;
using Billing.Payments.Sandbox;
using Microsoft.AspNetCore.Builder;
using Portal.Tests.Servers;
using Testing;
using Xunit;

namespace Portal.Tests.Api;

/// <summary>From the catalogue to the server by a program alone; the gateway's hosted checkout stands in for the person who pays.</summary>
public sealed class ApiJourney : IAsyncLifetime
{
    private readonly HttpClient http = new(new HttpClientHandler { AllowAutoRedirect = false });
    private WebApplication gateway = null!;
    private PortalUnderTest portal = null!;

    private string Gateway => gateway.Urls.First();

    public async ValueTask InitializeAsync()
    {
        gateway = RazorpaySandbox.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"]);
        await gateway.StartAsync();
        portal = await ServerCustomers.StartSelling(
            $"Billing:Payments:Razorpay:BaseUrl={Gateway}", $"Billing:Payments:Razorpay:CheckoutUrl={Gateway}/v1/checkout/embedded");
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        await gateway.StopAsync();
        await gateway.DisposeAsync();
        http.Dispose();
    }

    [Fact]
    public async Task A_program_orders_pays_and_looks_after_a_server()
    {
        using var asha = await Customer.SignUp(portal, "Asha Rao", billing: false);
        var account = (await asha.Get("/account")).Is(HttpStatusCode.OK);
        Assert.Equal("False", account["hasBillingDetails"], ignoreCase: true);
        (await asha.Get("/account/billing")).Refuses(HttpStatusCode.NotFound, "portal.accounts.no_billing_details");
        (await asha.Get("/quote?plan=s2&region=blr")).Refuses(HttpStatusCode.Conflict, "billing.orders.billing_details_missing");
        (await asha.Post("/orders", ApiOrders.Good())).Refuses(HttpStatusCode.Conflict, "billing.orders.billing_details_missing");
        (await asha.Send(HttpMethod.Put, "/account/billing", ApiOrders.Billing())).Is(HttpStatusCode.OK);
        Assert.Equal("1", (await asha.Send(HttpMethod.Put, "/account/billing", ApiOrders.Billing())).Is(HttpStatusCode.OK)["version"]);

        var plan = (await asha.Get("/catalogue")).Json["plans"]!.AsArray().First(one => one!["code"]!.ToString() == "s2")!;
        var quote = (await asha.Get("/quote?plan=s2&region=blr&backups=true")).Is(HttpStatusCode.OK);
        var total = quote.Json["totalPaise"]!.GetValue<long>();
        Assert.Equal(plan["price"]!["netMonthlyPaise"]!.GetValue<long>() + plan["backupPrice"]!["netMonthlyPaise"]!.GetValue<long>(),
            quote.Json["netPaise"]!.GetValue<long>());
        (await asha.Post("/orders", ApiOrders.Good(with: ("expectedTotalPaise", total - 1))))
            .Refuses(HttpStatusCode.Conflict, "billing.orders.price_changed");

        var order = (await asha.Post("/orders", ApiOrders.Good(with: [("expectedTotalPaise", total), ("backups", true)]))).Is(HttpStatusCode.Created);
        var (orderId, serverId) = (order["id"]!, order["serverId"]!);
        Assert.Equal($"/api/v1/orders/{orderId}", order.Location);
        Assert.Equal("awaiting_payment", (await asha.Get($"/orders/{orderId}"))["state"]);
        Assert.Equal("awaiting_payment", (await asha.Get($"/servers/{serverId}"))["state"]);
        (await asha.Get($"/orders/{orderId}/payment")).Refuses(HttpStatusCode.NotFound, "billing.payments.not_started");
        (await asha.Post($"/orders/{orderId}/wallet-payment")).Refuses(HttpStatusCode.Conflict, "billing.orders.credit_too_low");

        await Pay(asha, orderId);
        await Wait.Until(async () => (await asha.Get($"/orders/{orderId}"))["state"] == "paid", "the order to be paid");
        var paid = (await asha.Get($"/orders/{orderId}/payment")).Is(HttpStatusCode.OK);
        Assert.Equal("paid", paid["state"]);
        Assert.Equal("invoice", paid.Json["settlements"]![0]!["became"]!.ToString());
        (await asha.Post($"/orders/{orderId}/payment")).Refuses(HttpStatusCode.Conflict, "billing.orders.not_payable");

        var invoiceId = (await asha.Get($"/orders/{orderId}"))["invoiceId"]!;
        var invoice = (await asha.Get($"/invoices/{invoiceId}")).Is(HttpStatusCode.OK);
        Assert.Equal(total, invoice.Json["document"]!["totalPaise"]!.GetValue<long>());
        Assert.Single((await asha.Get("/invoices")).Json["items"]!.AsArray());
        Assert.Equal(0, await TrialBalance.Total(portal.Db));

        Assert.Equal("creating", (await asha.Get($"/servers/{serverId}"))["state"]);
        var create = Assert.Single((await asha.Get($"/servers/{serverId}/actions")).Json["items"]!.AsArray())!;
        Assert.Equal(("server.create", "running"), (create["command"]!.ToString(), create["status"]!.ToString()));
        Assert.Equal(serverId, (await asha.Get($"/actions/{create["id"]}")).Is(HttpStatusCode.OK)["serverId"]);
    }

    [Fact]
    public async Task A_running_server_is_switched_renamed_backed_up_and_deleted_by_actions()
    {
        var asha = await portal.SignUpWithBillingAsync("Asha Rao");
        var server = await portal.Buy(asha);
        using var program = Customer.With(portal, await PortalUnderTest.AccessTokenAsync(asha));
        var path = $"/servers/{server}";
        (await program.Post($"{path}/actions", new { action = "restart" })).Refuses(HttpStatusCode.Conflict, "portal.servers.wrong_state");
        await portal.Become(server, "running");

        var stop = (await program.Post($"{path}/actions", new { action = "stop" }, "stop-1")).Is(HttpStatusCode.Accepted);
        Assert.Equal($"/api/v1/actions/{stop["id"]}", stop.Location);
        Assert.Equal(stop.Text, (await program.Post($"{path}/actions", new { action = "stop" }, "stop-1")).Is(HttpStatusCode.Accepted).Text);
        (await program.Post($"{path}/actions", new { action = "start" })).Refuses(HttpStatusCode.Conflict, "portal.servers.action_under_way");
        (await program.Post($"{path}/actions", new { action = "start" }, "stop-1")).Refuses(HttpStatusCode.UnprocessableEntity, "portal.api.idempotency_key_reused");
        (await program.Post($"{path}/actions", new { action = "explode" })).Refuses(HttpStatusCode.UnprocessableEntity, "portal.servers.invalid_action");
        (await program.Post($"{path}/actions", new { action = "rename", name = " " })).Refuses(HttpStatusCode.UnprocessableEntity, "portal.servers.invalid_action");
        Assert.Equal("server.rename", (await program.Post($"{path}/actions", new { action = "rename", name = "shop" })).Is(HttpStatusCode.Accepted)["command"]);
        Assert.Equal("backup.take", (await program.Post($"{path}/backups")).Is(HttpStatusCode.Accepted)["command"]);
        Assert.Empty((await program.Get($"{path}/backups")).Is(HttpStatusCode.OK).Json["items"]!.AsArray());

        (await program.Send(HttpMethod.Delete, path)).Refuses(HttpStatusCode.UnprocessableEntity, "portal.servers.name_not_confirmed");
        var delete = (await program.Send(HttpMethod.Delete, $"{path}?confirm=web-1")).Is(HttpStatusCode.Accepted);
        Assert.Equal(delete["id"], (await program.Send(HttpMethod.Delete, $"{path}?confirm=web-1")).Is(HttpStatusCode.Accepted)["id"]);
        (await program.Post($"{path}/actions", new { action = "undelete" })).Refuses(HttpStatusCode.Conflict, "portal.servers.wrong_state");
        await portal.Become(server, "deleted", DateTimeOffset.UtcNow.AddDays(1));
        Assert.Equal("server.undelete", (await program.Post($"{path}/actions", new { action = "undelete" })).Is(HttpStatusCode.Accepted)["command"]);
        Assert.NotNull((await program.Get(path))["restorableUntil"]);
    }

    [Fact]
    public async Task A_sold_out_plan_is_refused_and_nothing_is_ordered()
    {
        using var asha = await Customer.SignUp(portal, "Asha Rao");
        await portal.Db.Write(tx => Billing.Prices.Stock.Set(tx, "server.s2", "blr", 0));
        (await asha.Get("/quote?plan=s2&region=blr")).Refuses(HttpStatusCode.Conflict, "portal.servers.sold_out");
        (await asha.Post("/orders", ApiOrders.Good())).Refuses(HttpStatusCode.Conflict, "portal.servers.sold_out");
        Assert.Empty((await asha.Get("/orders")).Json["items"]!.AsArray());
    }

    // what a person's browser does with the checkout's fields
    private async Task Pay(Customer customer, string order)
    {
        var payment = (await customer.Post($"/orders/{order}/payment")).Is(HttpStatusCode.OK);
        var checkout = payment.Json["checkout"]!;
        var shown = await Send(checkout["address"]!.ToString(), new()
        {
            ["key_id"] = checkout["keyId"]!.ToString(),
            ["order_id"] = checkout["orderId"]!.ToString(),
            ["amount"] = payment["amountPaise"]!,
            ["currency"] = payment["currency"]!,
            ["callback_url"] = checkout["callbackUrl"]!.ToString(),
            ["cancel_url"] = payment["page"]!,
        });
        var chosen = Fields(shown);
        (chosen["method"], chosen["outcome"]) = ("upi", "captured");
        var back = await Send(new Uri(new Uri(Gateway), shown.GetAttribute("action")!).ToString(), chosen);
        using var posted = new FormUrlEncodedContent(Fields(back));
        using var answer = await http.PostAsync(back.GetAttribute("action")!, posted);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    private async Task<IHtmlFormElement> Send(string address, Dictionary<string, string> fields)
    {
        using var answer = await http.PostAsync(address, new FormUrlEncodedContent(fields));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return (IHtmlFormElement)new HtmlParser().ParseDocument(text).QuerySelector("form")!;
    }

    private static Dictionary<string, string> Fields(IHtmlFormElement form) => form.QuerySelectorAll("input[type=hidden]").OfType<IHtmlInputElement>()
        .ToDictionary(input => input.Name!, input => input.Value, StringComparer.Ordinal);
}

/// <summary>Requests that are good, and changes to them.</summary>
internal static class ApiOrders
{
    public static JsonObject Good(params (string Name, JsonNode? Value)[] with) => With(
        new JsonObject
        {
            ["plan"] = "s2", ["region"] = "blr", ["image"] = "debian-12", ["hostname"] = "web-1", ["sshKey"] = SshPublicKeyTests.Ed25519, ["backups"] = false,
        },
        with);

    public static JsonObject Billing(params (string Name, JsonNode? Value)[] with) => With(
        new JsonObject
        {
            ["legalName"] = "Asha Rao", ["stateCode"] = "29", ["address1"] = "12 MG Road", ["city"] = "Bengaluru", ["pin"] = "560001",
            ["mobile"] = "9876543210", ["purpose"] = "Hosting our web shop",
        },
        with);

    private static JsonObject With(JsonObject good, (string Name, JsonNode? Value)[] changes)
    {
        foreach (var (name, value) in changes) good[name] = value;
        return good;
    }
}
