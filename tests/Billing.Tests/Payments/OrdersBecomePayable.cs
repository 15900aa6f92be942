using Billing.Orders;
using Billing.Payments;
using Billing.Payments.Razorpay;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Testing;
using Xunit;

namespace Billing.Tests.Payments;

/// <summary>From the placed order to the gateway's order, with a gateway that is slow, away or forgetful.</summary>
public sealed class OrdersBecomePayable
{
    [Theory, Engines]
    public async Task Asked_sixteen_times_at_once_there_is_one_intent_and_one_gateway_order_to_pay(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var order = await shop.PlaceOrder();
        var starts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => shop.Get<StartPayment>().Run(Shop.AccountId, order.Id, Shop.Now)));
        // a page does not wait for long: whoever was told "preparing" looks again
        Assert.All(starts, start => Assert.True(start is PaymentStart.Ready or PaymentStart.Preparing, $"{start}"));
        var ids = starts.OfType<PaymentStart.Ready>().Append(await shop.Payable(order)).Select(start => start.Checkout.GatewayOrderId).Distinct();
        var intent = (await shop.IntentOf(order))!;
        Assert.Equal(intent.GatewayOrderId, Assert.Single(ids));
        Assert.Equal((PaymentIntent.Open, order.TotalPaise), (intent.State, intent.AmountPaise));
        Assert.Equal(1, await shop.Works("payment.prepare"));
    }

    [Fact]
    public async Task A_slow_gateway_gives_a_page_that_works_by_reload()
    {
        await using var shop = await Shop.Open(settings: "Billing:Payments:Razorpay:PageWait=00:00:01");
        var order = await shop.PlaceOrder();
        await shop.Gateway.Turn(new { slowMs = 600_000 });
        Assert.IsType<PaymentStart.Preparing>(await shop.Get<StartPayment>().Run(Shop.AccountId, order.Id, Shop.Now));
        await shop.Gateway.Turn(new { slowMs = 0 });
        await shop.Payable(order);
    }

    [Fact]
    public async Task A_lost_answer_does_not_make_a_second_gateway_order()
    {
        await using var shop = await Shop.Open();
        await shop.Gateway.Turn(new { loseOrderAnswers = 1 });
        var order = await shop.PlaceOrder();
        Assert.IsType<PaymentStart.Preparing>(await shop.Get<StartPayment>().Run(Shop.AccountId, order.Id, Shop.Now));
        var ready = await shop.Payable(order);
        var made = Assert.IsType<Answer<IReadOnlyList<GatewayOrder>>.Got>(
            await shop.Gateway.Client.OrdersWithReceipt(ready.Checkout.Intent.Id.Value, Shop.Now)).Value;
        Assert.Equal(ready.Checkout.GatewayOrderId, Assert.Single(made).Id);
    }

    [Fact]
    public async Task The_work_prepares_what_no_page_waits_for()
    {
        await using var shop = await Shop.Open();
        var order = await shop.PlaceOrder();
        // asked for long ago: the work is due at once
        var intent = (await shop.Db.Write(tx => StartPayment.Intend(tx, Shop.AccountId, order.Id, DateTimeOffset.UtcNow.AddMinutes(-1))))!;
        await Wait.Until(async () => (await shop.IntentOf(order))!.GatewayOrderId is not null, "the intent to be prepared");
        Assert.Equal(intent.Id, (await shop.IntentOf(order))!.Id);
    }

    [Fact]
    public async Task Nothing_is_to_pay_on_an_order_that_does_not_wait()
    {
        await using var shop = await Shop.Open();
        var order = await shop.PlaceOrder();
        await shop.Move(order, SalesOrder.Cancelled);
        Assert.IsType<PaymentStart.NothingToPay>(await shop.Get<StartPayment>().Run(Shop.AccountId, order.Id, Shop.Now));
        Assert.IsType<PaymentStart.UnknownOrder>(await shop.Get<StartPayment>().Run("acc_somebody_else", order.Id, Shop.Now));
        Assert.Equal(0, await shop.Works("payment.prepare"));
    }

    [Fact]
    public async Task The_intents_of_expired_orders_are_closed_by_the_poll()
    {
        await using var shop = await Shop.Open(settings: "Billing:Payments:PollEvery=00:00:00.050");
        var (order, _, _) = await shop.OrderToPay();
        await shop.Move(order, SalesOrder.Expired);
        await Wait.Until(async () => (await shop.IntentOf(order))!.State == PaymentIntent.Expired, "the intent to be closed");
    }

    [Theory]
    [InlineData(1, true, 30)]
    [InlineData(30, true, 300)]
    [InlineData(600, true, 1800)]
    [InlineData(2000, true, null)]
    [InlineData(2000, false, 1800)]
    public void The_poll_asks_ever_more_rarely_for_a_day(int ageMinutes, bool clear, int? nextSeconds)
    {
        var made = new DateTimeOffset(2026, 11, 22, 4, 0, 0, TimeSpan.Zero);
        var now = made.AddMinutes(ageMinutes);
        Assert.Equal(nextSeconds is { } seconds ? now.AddSeconds(seconds) : null, PollPayments.Next(made, now, clear));
    }

    [Theory]
    [InlineData("Production", "https://api.razorpay.com", "rzp_live_abc", null)]
    [InlineData("Production", "https://api.razorpay.com", "rzp_test_abc", "test key")]
    [InlineData("Production", "http://localhost:5090", "rzp_live_abc", "not Razorpay itself")]
    [InlineData("Production", "https://razorpay.com.example.org", "rzp_live_abc", "not Razorpay itself")]
    [InlineData("Development", "http://localhost:5090", "rzp_test_abc", null)]
    [InlineData("Development", "nonsense", "rzp_test_abc", "no web address")]
    [InlineData("Development", "http://localhost:5090", "abc", "does not start with 'rzp_'")]
    [InlineData("Development", "http://localhost:5090", "", "KeyId is empty")]
    public void Settings_are_checked_at_the_start_and_say_how_to_mend_them(string environment, string address, string keyId, string? wrong)
    {
        var options = new RazorpayOptions
        {
            BaseUrl = address, CheckoutUrl = address, KeyId = keyId, KeySecret = "a key secret", WebhookSecret = "a webhook secret",
        };
        var result = new RazorpayOptionsCheck(new HostingEnvironment { EnvironmentName = environment }).Validate(null, options);
        if (wrong is null) Assert.True(result.Succeeded, result.FailureMessage);
        else Assert.Contains(result.Failures!, failure => failure.StartsWith("Billing:Payments:Razorpay:", StringComparison.Ordinal) && failure.Contains(wrong, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "a webhook secret", "KeySecret is empty")]
    [InlineData("a key secret", "short", "WebhookSecret has fewer than 12 characters")]
    [InlineData("one and the same", "one and the same", "WebhookSecret equals KeySecret")]
    public void Secrets_are_checked_too(string keySecret, string webhookSecret, string wrong)
    {
        var options = new RazorpayOptions { KeyId = "rzp_live_abc", KeySecret = keySecret, WebhookSecret = webhookSecret };
        var result = new RazorpayOptionsCheck(new HostingEnvironment { EnvironmentName = Environments.Production }).Validate(null, options);
        Assert.Contains(wrong, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }
}
