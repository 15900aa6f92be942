using System.Text;
using Billing.Ledger;
using Billing.Orders;
using Billing.Payments;
using Billing.Payments.Razorpay;
using Billing.Payments.Sandbox;
using Testing;
using Xunit;

namespace Billing.Tests.Payments;

/// <summary>However often, in whatever order and from wherever a payment is told: one settlement, one invoice, one piece of work.</summary>
public sealed class SettledExactlyOnce
{
    [Theory, Engines]
    public async Task An_order_is_paid_invoiced_booked_and_its_work_added(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var (order, intent, gatewayOrderId) = await shop.OrderToPay();
        var paymentId = await Pay(shop, gatewayOrderId);
        var settlement = await shop.SettlementOf(paymentId);
        Assert.Equal((Settlement.Invoice, "matched", intent.Id), (settlement.Kind, settlement.Reason, settlement.IntentId));
        Assert.Equal(SalesOrder.Paid, (await shop.Reread(order)).State);
        Assert.Equal(PaymentIntent.Paid, (await shop.IntentOf(order))!.State);
        Assert.Equal(1, await shop.Works("server.create"));
        var invoice = Assert.Single(await shop.Documents());
        Assert.Equal((settlement.DocumentId, order.TotalPaise), (invoice.Id.Value, invoice.TotalPaise));
        await shop.Processed("order.paid", paymentId);
        Assert.Equal(order.TotalPaise - 2784, await shop.Balance(LedgerAccount.GatewayReceivable));
        Assert.Equal(2784, await shop.Balance(LedgerAccount.GatewayFees));
        Assert.Equal(0, await shop.Balance(LedgerAccount.CustomerReceivable));
        await shop.Audit();
    }

    [Theory, Engines]
    public async Task Each_event_a_hundred_times_in_random_order_from_eight_clients(string engine)
    {
        await using var shop = await Shop.Open(engine, webhooks: false);
        var payments = new List<string>();
        var placed = new List<SalesOrder>();
        for (var i = 0; i < 3; i++)
        {
            var (order, _, gatewayOrderId) = await shop.OrderToPay();
            placed.Add(order);
            payments.Add(await Pay(shop, gatewayOrderId));
        }

        var events = await shop.Gateway.Events();
        Assert.Equal(9, events.Count);
        var sendings = Enumerable.Repeat(events, 100).SelectMany(all => all).ToArray();
        new Random(20261122).Shuffle(sendings);
        await Parallel.ForEachAsync(sendings, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Shop.Now }, async (one, stop) =>
        {
            using var answer = await Send(shop, one, stop);
            answer.EnsureSuccessStatusCode();
        });
        foreach (var paymentId in payments) Assert.Equal(Settlement.Invoice, (await shop.SettlementOf(paymentId)).Kind);
        await Wait.Until(
            async () => (await GatewayEvents.All(shop.Db, null, 100)).All(one => one.State == "done"), "every event to be processed");
        Assert.Equal(9, (await GatewayEvents.All(shop.Db, null, 100)).Count);
        Assert.Equal(3, await shop.Works("server.create"));
        Assert.Equal(3, (await shop.Documents()).Count);
        foreach (var order in placed) Assert.Single(await shop.SettlementsOf(order));
        await shop.Audit();
    }

    [Theory, Engines]
    public async Task Event_poll_and_return_at_the_same_moment(string engine)
    {
        await using var shop = await Shop.Open(engine, webhooks: false);
        var (order, intent, gatewayOrderId) = await shop.OrderToPay();
        var answer = await shop.Gateway.Pay(gatewayOrderId);
        var paymentId = (string)answer["razorpay_payment_id"]!;
        var open = (await PaymentIntent.OfAnyAccount(shop.Db, intent.Id))!;
        await Task.WhenAll(
        [
            .. (await shop.Gateway.Events()).Select(async one => (await Send(shop, one, Shop.Now)).Dispose()),
            .. Enumerable.Range(0, 8).Select(_ => (Task)shop.Poll.Look(open, Shop.Now)),
            .. Enumerable.Range(0, 8).Select(_ => (Task)shop.Captured.Look(paymentId, Shop.Now)),
            shop.Get<ReturnFromGateway>().Run(intent.Id.Value, paymentId, (string?)answer["razorpay_signature"]),
        ]);
        await shop.Processed("order.paid", paymentId);
        Assert.Single(await shop.SettlementsOf(order));
        Assert.Equal(1, await shop.Works("server.create"));
        Assert.Single(await shop.Documents());
        await shop.Audit();
    }

    [Fact]
    public async Task Two_payments_of_one_order_at_the_same_moment_give_one_invoice_and_one_credit()
    {
        await using var shop = await Shop.Open(webhooks: false);
        var (order, _, gatewayOrderId) = await shop.OrderToPay();
        var first = await Pay(shop, gatewayOrderId);
        var second = await Pay(shop, gatewayOrderId, new PayWish { Force = true });
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => shop.Captured.Look(i % 2 == 0 ? first : second, Shop.Now)));
        var settled = await shop.SettlementsOf(order);
        Assert.Equal([Settlement.Invoice, Settlement.Wallet], settled.Select(one => one.Kind).Order());
        Assert.Equal(1, await shop.Works("server.create"));
        Assert.Equal(order.Total, await Wallet.Balance(shop.Db, Shop.AccountId));
        await shop.Audit();
    }

    [Fact]
    public async Task The_poll_finds_what_no_event_told()
    {
        await using var shop = await Shop.Open(webhooks: false);
        var (order, intent, gatewayOrderId) = await shop.OrderToPay();
        await Pay(shop, gatewayOrderId, new PayWish { Outcome = "failed" });
        var paymentId = await Pay(shop, gatewayOrderId);
        Assert.True(await shop.Poll.Look(intent, Shop.Now));
        Assert.Equal(paymentId, Assert.Single(await shop.SettlementsOf(order)).Id);
        await shop.Audit();
    }

    [Fact]
    public async Task The_way_back_settles_with_a_signature_over_our_own_order_id_only()
    {
        await using var shop = await Shop.Open(webhooks: false);
        var (order, intent, gatewayOrderId) = await shop.OrderToPay();
        var (_, otherIntent, _) = await shop.OrderToPay();
        var answer = await shop.Gateway.Pay(gatewayOrderId);
        var (paymentId, signature) = ((string)answer["razorpay_payment_id"]!, (string)answer["razorpay_signature"]!);
        var back = shop.Get<ReturnFromGateway>();
        Assert.Null(await back.Run(otherIntent.Id.Value, paymentId, signature));
        Assert.Null(await back.Run(intent.Id.Value, paymentId, new string('0', 64)));
        Assert.Null(await back.Run(intent.Id.Value, "pay_1/../../orders", signature));
        Assert.Null(await back.Run("pmi_unknown", paymentId, signature));
        Assert.Empty(await shop.SettlementsOf(order));
        Assert.Equal(intent.Id, (await back.Run(intent.Id.Value, paymentId, signature))!.Id);
        Assert.Equal(Settlement.Invoice, (await shop.SettlementOf(paymentId)).Kind);
    }

    [Fact]
    public async Task A_failed_attempt_is_shown_and_the_late_yes_of_the_bank_still_pays()
    {
        await using var shop = await Shop.Open();
        var (order, _, gatewayOrderId) = await shop.OrderToPay();
        var paymentId = await Pay(shop, gatewayOrderId, new PayWish { Outcome = "failed" });
        await shop.Processed("payment.failed", paymentId);
        var intent = (await shop.IntentOf(order))!;
        Assert.Equal(PaymentIntent.Open, intent.State);
        Assert.Contains("declined", intent.LastFailure, StringComparison.Ordinal);
        await shop.Gateway.Post($"/sandbox/capture/{paymentId}");
        Assert.Equal(Settlement.Invoice, (await shop.SettlementOf(paymentId)).Kind);
        Assert.Equal(SalesOrder.Paid, (await shop.Reread(order)).State);
    }

    [Fact]
    public async Task An_authorized_payment_is_captured_by_us_and_settled()
    {
        await using var shop = await Shop.Open();
        await shop.Gateway.Turn(new { holdCapture = true });
        var (_, _, gatewayOrderId) = await shop.OrderToPay();
        Assert.Equal(Settlement.Invoice, (await shop.SettlementOf(await Pay(shop, gatewayOrderId))).Kind);
    }

    [Fact]
    public async Task Events_that_come_late_doubled_and_last_first_settle_once()
    {
        await using var shop = await Shop.Open();
        await shop.Gateway.Turn(new { reorder = true, copies = 3, delayMs = 50 });
        var (order, _, gatewayOrderId) = await shop.OrderToPay();
        var paymentId = await Pay(shop, gatewayOrderId);
        await shop.Processed("payment.authorized", paymentId);
        Assert.Single(await shop.SettlementsOf(order));
        Assert.Single(await shop.Documents());
    }

    internal static async Task<string> Pay(Shop shop, string gatewayOrderId, PayWish? wish = null) =>
        (string)(await shop.Gateway.Pay(gatewayOrderId, wish))["razorpay_payment_id"]!;

    internal static Task<HttpResponseMessage> Send(Shop shop, SandboxEvent one, CancellationToken stop) =>
        Send(shop, Encoding.UTF8.GetBytes(one.Body), one.Id, stop);

    internal static Task<HttpResponseMessage> Send(
        Shop shop, byte[] body, string? eventId, CancellationToken stop, string? signature = null, string type = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/razorpay") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new(type);
        signature ??= Signatures.Of(body, shop.Gateway.Options.WebhookSecret);
        if (signature.Length > 0) request.Headers.Add("X-Razorpay-Signature", signature);
        if (eventId is not null) request.Headers.Add("x-razorpay-event-id", eventId);
        return shop.Http.SendAsync(request, stop);
    }
}
