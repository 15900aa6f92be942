using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Billing.Ledger;
using Billing.Orders;
using Billing.Payments.Sandbox;
using Billing.Prices;
using Microsoft.AspNetCore.Builder;
using Testing;
using Xunit;

namespace Portal.Tests.Payments;

/// <summary>From the order to the invoice through the pages, a browser without scripts, and the gateway's hosted checkout over HTTP.</summary>
public sealed class PayPages : IAsyncLifetime
{
    private readonly HttpClient http = new(new HttpClientHandler { AllowAutoRedirect = false });
    private WebApplication gateway = null!;
    private PortalUnderTest portal = null!;
    private Browser asha = null!;
    private string account = "";

    private string Gateway => gateway.Urls.First();

    public async ValueTask InitializeAsync()
    {
        gateway = RazorpaySandbox.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"]);
        await gateway.StartAsync();
        portal = await PortalUnderTest.Start(
            $"Billing:Payments:Razorpay:BaseUrl={Gateway}",
            $"Billing:Payments:Razorpay:CheckoutUrl={Gateway}/v1/checkout/embedded",
            "Billing:Payments:Razorpay:PageWait=00:00:02");
        asha = await portal.SignUpWithBillingAsync("Asha Rao");
        account = (await portal.Db.One<string>(Sql.Account))!;
        await portal.Db.Write(async tx =>
        {
            var since = new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);
            await SetPrice.Run(tx, "server.s2", Money.OfRupees(1000), Money.OfRupees(2), counted: true, since);
            await SetTaxRate.Run(tx, SetPrice.HostingSac, 1800, since);
            await Stock.Set(tx, "server.s2", "blr", 10);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        await gateway.StopAsync();
        await gateway.DisposeAsync();
        http.Dispose();
    }

    [Fact]
    public async Task An_order_is_paid_on_the_gateways_page_and_comes_back_with_an_invoice()
    {
        var order = await PlaceOrder();
        var pay = await PayPage(order);
        Assert.Contains("₹1,180.00", pay.Words, StringComparison.Ordinal);
        Assert.Contains("CGST", pay.Words, StringComparison.Ordinal);
        Assert.Contains($"form-action 'self' {Gateway};", pay.Response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("__RequestVerificationToken", CheckoutForm(pay).OuterHtml, StringComparison.Ordinal);

        using var back = await PayAtGateway(pay, "captured");
        Assert.Equal(HttpStatusCode.SeeOther, back.StatusCode);
        Assert.Equal($"/pay/{order}/result?back=paid", back.Headers.Location!.ToString());
        var result = await ResultSays(order, "Payment received", "?back=paid");
        Assert.Contains("₹1,180.00 received", result.Words, StringComparison.Ordinal);
        Assert.Matches("^/invoices/inv_[0-9a-v]{26}$", result.Html.QuerySelector("main a[href^='/invoices/inv_']")!.GetAttribute("href"));
        Assert.Null(result.Html.QuerySelector("meta[http-equiv=refresh]"));
        // a second look at the pay page has nothing to pay
        Assert.Equal($"/pay/{order}/result", (await asha.Get($"/pay/{order}")).Address.AbsolutePath);
    }

    [Fact]
    public async Task A_failed_payment_says_so_and_the_next_one_pays()
    {
        var order = await PlaceOrder();
        using var failed = await PayAtGateway(await PayPage(order), "failed");
        var result = await asha.Get(failed.Headers.Location!.ToString());
        Assert.Equal("Payment not received", result.Title);
        Assert.NotNull(result.Html.QuerySelector($"a[href='/pay/{order}']"));
        using var paid = await PayAtGateway(await PayPage(order), "captured");
        await ResultSays(order, "Payment received");
    }

    [Fact]
    public async Task A_forged_way_back_changes_nothing()
    {
        var order = await PlaceOrder();
        var form = CheckoutForm(await PayPage(order));
        var callback = form.QuerySelector("[name=callback_url]")!.GetAttribute("value")!;
        foreach (var fields in (Dictionary<string, string>[])
        [
            new() { ["razorpay_payment_id"] = "pay_00000000000000", ["razorpay_order_id"] = "order_00000000000000", ["razorpay_signature"] = new string('0', 64) },
            new() { ["razorpay_payment_id"] = "<script>" },
            new(),
        ])
        {
            var forged = fields.Count == 0 ? "/pay/return?intent=pmi_unknown" : callback;
            using var answer = await http.PostAsync(new Uri(portal.Address, forged).ToString(), new FormUrlEncodedContent(fields));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("Nothing is lost", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var json = await http.PostAsJsonAsync(callback, new { razorpay_payment_id = "pay_00000000000000" });
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
        Assert.Equal("Payment not received", (await asha.Get($"/pay/{order}/result")).Title);
    }

    [Fact]
    public async Task While_the_gateway_is_slow_the_page_looks_again_by_itself()
    {
        var order = await PlaceOrder();
        await Turn(new { slowMs = 600_000 });
        var preparing = await asha.Get($"/pay/{order}");
        Assert.Contains("Preparing the payment", preparing.Words, StringComparison.Ordinal);
        Assert.NotNull(preparing.Html.QuerySelector("meta[http-equiv=refresh]"));
        await Turn(new { slowMs = 0 });
        CheckoutForm(await PayPage(order));
    }

    [Fact]
    public async Task Credit_that_covers_the_total_pays_in_one_click()
    {
        var late = await PlaceOrder();
        var pay = await asha.Get($"/pay/{late}");
        Assert.Null(pay.Html.QuerySelector("form[action*='handler=credit']"));
        await portal.Db.Write(async tx => Assert.Equal(1, await tx.Execute(Sql.Expire, new { Id = late })));
        using var back = await PayAtGateway(pay, "captured");
        var credited = await WaitFor(late, "₹1,180.00 is your credit");
        Assert.Contains("after the order had expired", credited.Words, StringComparison.Ordinal);
        Assert.Equal(118000, (await Wallet.Balance(portal.Db, account)).Paise);

        var order = await PlaceOrder();
        var result = await asha.Submit(await asha.Get($"/pay/{order}"), $"/pay/{order}?handler=credit");
        Assert.Equal("Payment received", result.Title);
        Assert.Equal(0, (await Wallet.Balance(portal.Db, account)).Paise);
        Assert.Equal(0, await TrialBalance.Total(portal.Db));
    }

    [Fact]
    public async Task Nobody_elses_order_is_found()
    {
        var order = await PlaceOrder();
        var bina = await portal.SignUpWithBillingAsync("Bina Shah");
        Assert.Equal(HttpStatusCode.NotFound, (await bina.Get($"/pay/{order}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bina.Get($"/pay/{order}/result")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await asha.Get("/pay/ord_nonsense")).Status);
        var stranger = portal.NewBrowser();
        Assert.EndsWith("/sign-in", (await stranger.Get($"/pay/{order}")).Address.AbsolutePath, StringComparison.Ordinal);
    }

    private async Task<SalesOrderId> PlaceOrder()
    {
        var wanted = new WantedLine("server.s2", "blr", "Server S2 in Bengaluru");
        var placed = await portal.Db.Write(tx =>
            portal.Get<PlaceSalesOrder>().Run(tx, new OrderRequest(account, null, [wanted]), DateTimeOffset.UtcNow));
        return Assert.IsType<OrderOutcome.Placed>(placed).Id;
    }

    // a busy gateway gives the page that looks again by itself
    private Task<Page> PayPage(SalesOrderId order) => Wait.For(
        async () => await asha.Get($"/pay/{order}") is var page && page.Words.Contains("Preparing the payment", StringComparison.Ordinal) ? null : page,
        "the way to the gateway");

    private static IHtmlFormElement CheckoutForm(Page page) =>
        page.Html.QuerySelector("form[action$='/v1/checkout/embedded']") as IHtmlFormElement
            ?? throw new InvalidOperationException($"{page.Address} ({page.Status}) does not lead to the gateway: {page.Words}");

    // as a browser does: the form goes to the gateway, its page is answered, and what it says is posted back without our cookie
    private async Task<HttpResponseMessage> PayAtGateway(Page pay, string outcome)
    {
        var shown = await Send(CheckoutForm(pay), Gateway, []);
        var answered = await Send(shown, Gateway, new() { ["method"] = "upi", ["outcome"] = outcome });
        using var posted = new FormUrlEncodedContent(FieldsOf(answered));
        return await http.PostAsync(answered.GetAttribute("action")!, posted);
    }

    private async Task<IHtmlFormElement> Send(IHtmlFormElement form, string origin, Dictionary<string, string> chosen)
    {
        var fields = FieldsOf(form).Where(field => !chosen.ContainsKey(field.Key)).Concat(chosen);
        using var answer = await http.PostAsync(new Uri(new Uri(origin), form.GetAttribute("action")!), new FormUrlEncodedContent(fields));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return (IHtmlFormElement)new HtmlParser().ParseDocument(text).QuerySelector("form")!;
    }

    private static IEnumerable<KeyValuePair<string, string>> FieldsOf(IHtmlFormElement form) =>
        form.QuerySelectorAll("input[type=hidden]").OfType<IHtmlInputElement>().Select(input => KeyValuePair.Create(input.Name!, input.Value));

    private async Task<Page> ResultSays(SalesOrderId order, string title, string query = "")
    {
        Page? page = null;
        await Wait.Until(async () => (page = await asha.Get($"/pay/{order}/result{query}")).Title == title, $"the result to say '{title}'");
        return page!;
    }

    private async Task<Page> WaitFor(SalesOrderId order, string words)
    {
        Page? page = null;
        await Wait.Until(
            async () => (page = await asha.Get($"/pay/{order}/result")).Words.Contains(words, StringComparison.Ordinal), $"the result to say '{words}'");
        return page!;
    }

    private async Task Turn(object knobs)
    {
        using var answer = await http.PostAsJsonAsync($"{Gateway}/sandbox/knobs", knobs);
        Assert.NotNull(await answer.Content.ReadFromJsonAsync<JsonObject>());
    }

    private static class Sql
    {
        public const string Account = "select Id from Account order by CreatedAt";

        public const string Expire = "update SalesOrder set State = 'expired' where Id = @Id";
    }
}
