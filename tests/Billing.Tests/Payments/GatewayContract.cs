using Billing.Payments.Razorpay;
using Billing.Payments.Sandbox;
using Xunit;

namespace Billing.Tests.Payments;

/// <summary>What the room relies on at the gateway, asked over HTTP with the product's own client.</summary>
public sealed class GatewayContract : IAsyncLifetime
{
    private static readonly Dictionary<string, string> NoNotes = [];
    private TestGateway gateway = null!;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.Start();

    public ValueTask DisposeAsync() => gateway.DisposeAsync();

    [Fact]
    public async Task An_order_is_made_and_read_and_found_by_its_receipt()
    {
        var made = Got(await gateway.Client.CreateOrder(118000, "INR", "pmi_1", new Dictionary<string, string> { ["order"] = "ord_1" }, Now));
        Assert.Matches("^order_[A-Za-z0-9]{14}$", made.Id);
        Assert.Equal((118000, "INR", "pmi_1", "created"), (made.Amount, made.Currency, made.Receipt, made.Status));
        Assert.Equal(made, Got(await gateway.Client.Order(made.Id, Now)));
        Assert.Equal([made], Got(await gateway.Client.OrdersWithReceipt("pmi_1", Now)));
        Assert.Empty(Got(await gateway.Client.OrdersWithReceipt("pmi_2", Now)));
        Assert.Empty(Got(await gateway.Client.PaymentsOf(made.Id, Now)));
    }

    [Fact]
    public async Task An_order_below_one_rupee_is_refused_with_the_field()
    {
        var refused = Refused(await gateway.Client.CreateOrder(99, "INR", "pmi_1", NoNotes, Now));
        Assert.Equal((400, "BAD_REQUEST_ERROR", "amount"), (refused.Status, refused.Code, refused.Field));
    }

    [Fact]
    public async Task Ids_are_case_sensitive_and_unknown_ones_are_refused()
    {
        var made = await Order();
        var other = "order_" + string.Concat(made.Id["order_".Length..].Select(letter =>
            char.IsUpper(letter) ? char.ToLowerInvariant(letter) : char.ToUpperInvariant(letter)));
        Refused(await gateway.Client.Order(other, Now));
        Refused(await gateway.Client.Payment("pay_00000000000000", Now));
        Refused(await gateway.Client.ReadRefund("rfnd_00000000000000", Now));
    }

    [Fact]
    public async Task A_payment_is_captured_by_itself_and_tells_fee_and_tax()
    {
        var order = await Order();
        var answer = await gateway.Pay(order.Id);
        var payment = Got(await gateway.Client.Payment((string)answer["razorpay_payment_id"]!, Now));
        Assert.Equal((order.Id, 118000, "captured", true), (payment.OrderId, payment.Amount, payment.Status, payment.HasMoney));
        Assert.Equal((2784, 424), (payment.Fee, payment.Tax));
        Assert.True(Signatures.CheckoutHolds(order.Id, payment.Id, (string?)answer["razorpay_signature"], gateway.Options.KeySecret));
        Assert.Equal([payment], Got(await gateway.Client.PaymentsOf(order.Id, Now)));
        Assert.Equal(("paid", 118000), (Got(await gateway.Client.Order(order.Id, Now)) is var paid ? paid.Status : "", paid.AmountPaid));
    }

    [Fact]
    public async Task A_failed_payment_leaves_the_order_open_for_the_next()
    {
        var order = await Order();
        var failed = Got(await gateway.Client.Payment(await Paid(order, new PayWish { Outcome = "failed" }), Now));
        Assert.Equal(("failed", false), (failed.Status, failed.HasMoney));
        Assert.NotNull(failed.ErrorDescription);
        Assert.Equal("attempted", Got(await gateway.Client.Order(order.Id, Now)).Status);
        Assert.True(Got(await gateway.Client.Payment(await Paid(order), Now)).HasMoney);
    }

    [Fact]
    public async Task An_authorized_payment_is_captured_once_and_only_in_full()
    {
        await gateway.Turn(new { holdCapture = true });
        var order = await Order();
        var payment = Got(await gateway.Client.Payment(await Paid(order), Now));
        Assert.Equal(("authorized", false), (payment.Status, payment.HasMoney));
        Refused(await gateway.Client.Capture(payment.Id, 100, "INR", Now));
        Assert.True(Got(await gateway.Client.Capture(payment.Id, payment.Amount, "INR", Now)).HasMoney);
        Refused(await gateway.Client.Capture(payment.Id, payment.Amount, "INR", Now));
    }

    [Fact]
    public async Task A_refund_with_the_same_key_is_given_once()
    {
        var payment = Got(await gateway.Client.Payment(await Paid(await Order()), Now));
        var first = Got(await gateway.Client.Refund(payment.Id, 18000, "rfd_000000000000000000000000001", Now));
        Assert.Equal((payment.Id, 18000, "rfd_000000000000000000000000001"), (first.PaymentId, first.Amount, first.Receipt));
        var second = Got(await gateway.Client.Refund(payment.Id, 18000, "rfd_000000000000000000000000001", Now));
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(18000, Got(await gateway.Client.Payment(payment.Id, Now)).AmountRefunded);
        Assert.IsType<Answer<GatewayRefund>.Unclear>(await gateway.Client.Refund(payment.Id, 20000, "rfd_000000000000000000000000001", Now));
        Refused(await gateway.Client.Refund(payment.Id, 100001, "rfd_000000000000000000000000002", Now));
        Got(await gateway.Client.Refund(payment.Id, 100000, "rfd_000000000000000000000000003", Now));
        Assert.Equal("refunded", Got(await gateway.Client.Payment(payment.Id, Now)).Status);
    }

    [Fact]
    public async Task A_lost_answer_is_unclear_and_the_receipt_finds_the_order()
    {
        await gateway.Turn(new { loseOrderAnswers = 1 });
        Assert.IsType<Answer<GatewayOrder>.Unclear>(await gateway.Client.CreateOrder(118000, "INR", "pmi_7", NoNotes, Now));
        Assert.Single(Got(await gateway.Client.OrdersWithReceipt("pmi_7", Now)));
        await gateway.Turn(new { failOrders = 1 });
        Assert.IsType<Answer<GatewayOrder>.Unclear>(await gateway.Client.CreateOrder(118000, "INR", "pmi_8", NoNotes, Now));
        Assert.Empty(Got(await gateway.Client.OrdersWithReceipt("pmi_8", Now)));
    }

    [Fact]
    public async Task A_wrong_key_is_unclear_and_names_the_setting()
    {
        var stranger = TestGateway.ClientWith(gateway.Options with { KeySecret = "another" });
        var unclear = Assert.IsType<Answer<GatewayOrder>.Unclear>(await stranger.CreateOrder(118000, "INR", "pmi_1", NoNotes, Now));
        Assert.Contains("Billing:Payments:Razorpay:KeyId", unclear.Trouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_is_down_or_slow_is_unclear()
    {
        var down = TestGateway.ClientWith(gateway.Options with { BaseUrl = "http://127.0.0.1:1" });
        Assert.IsType<Answer<Payment>.Unclear>(await down.Payment("pay_00000000000000", Now));
        await gateway.Turn(new { slowMs = 30000 });
        var hasty = TestGateway.ClientWith(gateway.Options with { WorkWait = TimeSpan.FromMilliseconds(50) });
        Assert.IsType<Answer<Payment>.Unclear>(await hasty.Payment("pay_00000000000000", Now));
    }

    [Theory]
    [InlineData("../orders/order_00000000000000")]
    [InlineData("pay_0000000000000/")]
    [InlineData("pay_")]
    [InlineData("")]
    public async Task What_is_no_id_never_becomes_part_of_an_address(string id) =>
        await Assert.ThrowsAsync<ArgumentException>(() => gateway.Client.Payment(id, Now));

    [Fact]
    public async Task The_sandbox_keeps_its_books_over_a_restart()
    {
        var file = Path.Combine(Path.GetTempPath(), $"razorpay-sandbox-{Guid.NewGuid():n}.json");
        try
        {
            GatewayOrder order;
            await using (var before = await TestGateway.Start(stateFile: file))
            {
                order = Got(await before.Client.CreateOrder(118000, "INR", "pmi_1", NoNotes, Now));
                await before.Pay(order.Id);
            }

            await using var after = await TestGateway.Start(stateFile: file);
            Assert.Equal("paid", Got(await after.Client.Order(order.Id, Now)).Status);
            Assert.True(Assert.Single(Got(await after.Client.PaymentsOf(order.Id, Now))).HasMoney);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_hosted_checkout_works_without_scripts_and_posts_back_a_signed_answer()
    {
        var order = await Order();
        using var shown = await gateway.Browse("/v1/checkout/embedded", new()
        {
            ["key_id"] = gateway.Options.KeyId,
            ["order_id"] = order.Id,
            ["name"] = "<b>Shop</b>",
            ["callback_url"] = "http://localhost:1/pay/return?intent=1",
            ["cancel_url"] = "http://localhost:1/pay/1",
        });
        var page = await shown.Content.ReadAsStringAsync(Now);
        Assert.Contains("₹1,180.00", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>Shop</b>", page, StringComparison.Ordinal);
        using var paid = await gateway.Browse("/sandbox/checkout", new()
        {
            ["order_id"] = order.Id,
            ["callback_url"] = "http://localhost:1/pay/return?intent=1",
            ["method"] = "upi",
            ["outcome"] = "captured",
        });
        var back = await paid.Content.ReadAsStringAsync(Now);
        var payment = Assert.Single(Got(await gateway.Client.PaymentsOf(order.Id, Now)));
        Assert.Contains(Signatures.OfCheckout(order.Id, payment.Id, gateway.Options.KeySecret), back, StringComparison.Ordinal);
        Assert.Contains("action=\"http://localhost:1/pay/return?intent=1\"", back, StringComparison.Ordinal);
    }

    private async Task<GatewayOrder> Order() => Got(await gateway.Client.CreateOrder(118000, "INR", "pmi_1", NoNotes, Now));

    private async Task<string> Paid(GatewayOrder order, PayWish? wish = null) =>
        (string)(await gateway.Pay(order.Id, wish))["razorpay_payment_id"]!;

    private static T Got<T>(Answer<T> answer) => Assert.IsType<Answer<T>.Got>(answer).Value;

    private static GatewayError Refused<T>(Answer<T> answer) => Assert.IsType<Answer<T>.Refused>(answer).Error;
}
