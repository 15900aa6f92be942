using Billing.Ledger;
using Billing.Orders;
using Billing.Payments;
using Billing.Payments.Razorpay;
using Billing.Payments.Sandbox;
using Billing.Prices;
using Testing;
using Xunit;

namespace Billing.Tests.Payments;

/// <summary>Every row of the table in the room's README.</summary>
public sealed class DecisionTable
{
    private static readonly PaymentOptions Defaults = new();

    [Theory]
    [InlineData(118000, 118000, "INR", null, null)]
    [InlineData(118000, 118001, "INR", "Wallet", "overpaid")]
    [InlineData(118000, 117999, "INR", "Refund", "underpaid")]
    [InlineData(118000, 118000, "USD", "Refund", "wrong_currency")]
    [InlineData(118000, 200000, "USD", "Refund", "wrong_currency")]
    [InlineData(118000, 0, "INR", "Nothing", "refunded_at_gateway")]
    public void The_money_decides_first(long wanted, long paid, string currency, string? kind, string? reason)
    {
        var decision = SettlementRule.OfMoney(wanted, "INR", paid, currency, Defaults);
        Assert.Equal((kind, reason), (decision?.GetType().Name, decision?.Reason));
    }

    [Theory]
    [InlineData("Taken", "Invoice", "matched")]
    [InlineData("SoldOut", "Wallet", "sold_out")]
    [InlineData("AlreadyPaid", "Wallet", "paid_twice")]
    [InlineData("TooLate", "Wallet", "late")]
    public void The_order_decides_about_the_exact_amount(string answer, string kind, string reason)
    {
        var decision = SettlementRule.OfOrder(Enum.Parse<OrderAnswer>(answer), Defaults);
        Assert.Equal((kind, reason), (decision.GetType().Name, decision.Reason));
    }

    [Theory]
    [InlineData(SalesOrder.Paid, "AlreadyPaid")]
    [InlineData(SalesOrder.Undeliverable, "AlreadyPaid")]
    [InlineData(SalesOrder.Expired, "TooLate")]
    [InlineData(SalesOrder.Cancelled, "TooLate")]
    public void A_state_is_an_answer(string state, string answer) => Assert.Equal(answer, SettlementRule.OfState(state).ToString());

    [Fact]
    public void Settings_turn_credit_into_a_refund_and_back()
    {
        var turned = new PaymentOptions
        {
            Overpaid = MoneyGoes.Refund, Underpaid = MoneyGoes.Wallet, PaidTwice = MoneyGoes.Refund, Late = MoneyGoes.Refund, SoldOut = MoneyGoes.Refund,
        };
        Assert.IsType<Decision.Refund>(SettlementRule.OfMoney(100, "INR", 200, "INR", turned));
        Assert.IsType<Decision.Wallet>(SettlementRule.OfMoney(200, "INR", 100, "INR", turned));
        foreach (var answer in (OrderAnswer[])[OrderAnswer.AlreadyPaid, OrderAnswer.TooLate, OrderAnswer.SoldOut])
            Assert.IsType<Decision.Refund>(SettlementRule.OfOrder(answer, turned));
        // money of another currency can never be credit
        Assert.IsType<Decision.Refund>(SettlementRule.OfMoney(200, "INR", 100, "USD", turned));
    }

    [Theory, Engines]
    public async Task Paid_twice(string engine)
    {
        await using var shop = await Shop.Open(engine);
        await shop.Gateway.Turn(new { captureTwice = true });
        var (order, _, gatewayOrderId) = await shop.OrderToPay();
        await SettledExactlyOnce.Pay(shop, gatewayOrderId);
        await Wait.Until(async () => (await shop.SettlementsOf(order)).Count == 2, "both payments to be settled");
        Assert.Equal(["matched", "paid_twice"], (await shop.SettlementsOf(order)).Select(one => one.Reason).Order());
        await Credited(shop, order.Total);
        Assert.Equal(1, await shop.Works("server.create"));
    }

    [Theory, Engines]
    public async Task Overpaid(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var (order, _, gatewayOrderId) = await shop.OrderToPay();
        var settlement = await shop.SettlementOf(await SettledExactlyOnce.Pay(shop, gatewayOrderId, new PayWish { Amount = order.TotalPaise + 5000 }));
        Assert.Equal((Settlement.Wallet, "overpaid"), (settlement.Kind, settlement.Reason));
        await Credited(shop, new Money(order.TotalPaise + 5000));
        await StillUnpaid(shop, order, SalesOrder.AwaitingPayment);
    }

    [Theory]
    [InlineData(SalesOrder.Expired)]
    [InlineData(SalesOrder.Cancelled)]
    public async Task Too_late(string state)
    {
        await using var shop = await Shop.Open();
        var (order, _, gatewayOrderId) = await shop.OrderToPay();
        await shop.Move(order, state);
        var settlement = await shop.SettlementOf(await SettledExactlyOnce.Pay(shop, gatewayOrderId));
        Assert.Equal((Settlement.Wallet, "late"), (settlement.Kind, settlement.Reason));
        await Credited(shop, order.Total);
        await StillUnpaid(shop, order, state);
    }

    [Theory, Engines]
    public async Task Sold_out_meanwhile(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var (order, _, gatewayOrderId) = await shop.OrderToPay();
        await shop.SetStock(0);
        var settlement = await shop.SettlementOf(await SettledExactlyOnce.Pay(shop, gatewayOrderId));
        Assert.Equal((Settlement.Wallet, "sold_out"), (settlement.Kind, settlement.Reason));
        await Credited(shop, order.Total);
        await StillUnpaid(shop, order, SalesOrder.Cancelled);
    }

    [Theory, Engines]
    public async Task Underpaid_goes_back(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var (order, _, gatewayOrderId) = await shop.OrderToPay();
        var paymentId = await SettledExactlyOnce.Pay(shop, gatewayOrderId, new PayWish { Amount = 100000 });
        var settlement = await shop.SettlementOf(paymentId);
        Assert.Equal((Settlement.Refund, "underpaid"), (settlement.Kind, settlement.Reason));
        await Refunded(shop, paymentId);
        await StillUnpaid(shop, order, SalesOrder.AwaitingPayment);
        Assert.Empty(await shop.Documents());
    }

    [Fact]
    public async Task Late_goes_back_when_the_setting_says_so()
    {
        await using var shop = await Shop.Open(settings: "Billing:Payments:Late=Refund");
        var (order, _, gatewayOrderId) = await shop.OrderToPay();
        await shop.Move(order, SalesOrder.Expired);
        var paymentId = await SettledExactlyOnce.Pay(shop, gatewayOrderId);
        Assert.Equal((Settlement.Refund, "late"), (await shop.SettlementOf(paymentId) is var one ? one.Kind : "", one.Reason));
        await Refunded(shop, paymentId);
    }

    [Fact]
    public async Task Given_back_in_the_gateways_dashboard_before_we_saw_it()
    {
        await using var shop = await Shop.Open(webhooks: false);
        var (order, _, gatewayOrderId) = await shop.OrderToPay();
        var paymentId = await SettledExactlyOnce.Pay(shop, gatewayOrderId);
        await shop.Gateway.Client.Refund(paymentId, order.TotalPaise, "made-in-the-dashboard", Shop.Now);
        await shop.Captured.Look(paymentId, Shop.Now);
        var settlement = await shop.SettlementOf(paymentId);
        Assert.Equal((Settlement.Refund, "refunded_at_gateway"), (settlement.Kind, settlement.Reason));
        Assert.Empty(await Refund.OfPayment(shop.Db, Shop.AccountId, paymentId));
        await StillUnpaid(shop, order, SalesOrder.AwaitingPayment);
    }

    [Fact]
    public async Task A_payment_of_somebody_elses_order_is_left_alone_and_shown_to_staff()
    {
        await using var shop = await Shop.Open();
        var made = await shop.Gateway.Client.CreateOrder(5000, "INR", "another application", new Dictionary<string, string>(), Shop.Now);
        var foreign = Assert.IsType<Answer<GatewayOrder>.Got>(made).Value;
        var paymentId = await SettledExactlyOnce.Pay(shop, foreign.Id);
        var ignored = await shop.Processed("payment.captured", paymentId);
        Assert.Equal(("ignored", "unknown_order"), (ignored.State, ignored.Reason));
        Assert.Contains(await GatewayEvents.ForStaff(shop.Db, DateTimeOffset.UtcNow, 50), one => one.EventId == ignored.EventId);
        Assert.Equal(0, await shop.Balance(LedgerAccount.GatewayReceivable));
    }

    [Fact]
    public async Task A_gateway_order_whose_creation_was_never_answered_is_known_by_its_receipt()
    {
        await using var shop = await Shop.Open();
        await shop.Gateway.Turn(new { loseOrderAnswers = 1 });
        var order = await shop.PlaceOrder();
        Assert.IsType<PaymentStart.Preparing>(await shop.Get<StartPayment>().Run(Shop.AccountId, order.Id, Shop.Now));
        var intent = (await shop.IntentOf(order))!;
        var found = Assert.IsType<Answer<IReadOnlyList<GatewayOrder>>.Got>(await shop.Gateway.Client.OrdersWithReceipt(intent.Id.Value, Shop.Now));
        var paymentId = await SettledExactlyOnce.Pay(shop, Assert.Single(found.Value).Id);
        Assert.Equal(Settlement.Invoice, (await shop.SettlementOf(paymentId)).Kind);
    }

    private static async Task Credited(Shop shop, Money amount)
    {
        Assert.Equal(amount, await Wallet.Balance(shop.Db, Shop.AccountId));
        Assert.Equal(amount, Assert.Single(await shop.Documents(), one => one.DocumentType == "receipt_voucher").Total);
        await shop.Audit();
    }

    private static async Task Refunded(Shop shop, string paymentId)
    {
        await Wait.Until(
            async () => (await Refund.OfPayment(shop.Db, Shop.AccountId, paymentId)) is [{ State: Refund.Processed }], "the refund to be processed");
        Assert.Equal(0, await shop.Balance(LedgerAccount.RefundsPayable));
        Assert.Equal(0, (await Wallet.Balance(shop.Db, Shop.AccountId)).Paise);
        await shop.Audit();
    }

    private static async Task StillUnpaid(Shop shop, SalesOrder order, string state)
    {
        Assert.Equal(state, (await shop.Reread(order)).State);
        Assert.Equal(0, await shop.Works("server.create"));
    }
}
