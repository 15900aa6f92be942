using Billing.Ledger;
using Billing.Orders;
using Billing.Payments;
using Billing.Payments.Razorpay;
using Billing.Payments.Sandbox;
using Testing;
using Xunit;

namespace Billing.Tests.Payments;

/// <summary>A refund is wanted, pending, then processed or failed; each step once, whoever tells of it.</summary>
public sealed class MoneyGoesBack
{
    [Fact]
    public async Task A_pending_refund_is_processed_when_the_gateway_says_so()
    {
        await using var shop = await Shop.Open();
        await shop.Gateway.Turn(new { refunds = "pending" });
        var paymentId = await Underpay(shop);
        var refund = await InState(shop, paymentId, Refund.Pending);
        Assert.Equal(-100000, await shop.Balance(LedgerAccount.RefundsPayable));
        Assert.Contains(await GatewayEvents.OpenRefunds(shop.Db, 10), one => one.Id == refund.Id);
        await shop.Gateway.Post($"/sandbox/refunds/{refund.GatewayRefundId}/processed");
        await InState(shop, paymentId, Refund.Processed);
        Assert.Equal(0, await shop.Balance(LedgerAccount.RefundsPayable));
        Assert.Empty(await GatewayEvents.OpenRefunds(shop.Db, 10));
        await shop.Audit();
    }

    [Fact]
    public async Task A_failed_refund_becomes_credit_with_a_voucher()
    {
        await using var shop = await Shop.Open();
        await shop.Gateway.Turn(new { refunds = "pending" });
        var paymentId = await Underpay(shop);
        var refund = await InState(shop, paymentId, Refund.Pending);
        await shop.Gateway.Post($"/sandbox/refunds/{refund.GatewayRefundId}/failed");
        await InState(shop, paymentId, Refund.Failed);
        Assert.Equal(0, await shop.Balance(LedgerAccount.RefundsPayable));
        Assert.Equal(100000, (await Wallet.Balance(shop.Db, Shop.AccountId)).Paise);
        Assert.Equal("receipt_voucher", Assert.Single(await shop.Documents()).DocumentType);
        await shop.Audit();
    }

    [Fact]
    public async Task A_refund_whose_answer_got_lost_is_given_once()
    {
        await using var shop = await Shop.Open();
        await shop.Gateway.Turn(new { loseRefundAnswers = 2, refunds = "pending" });
        var paymentId = await Underpay(shop);
        var refund = await InState(shop, paymentId, Refund.Pending);
        var payment = Assert.IsType<Answer<Payment>.Got>(await shop.Gateway.Client.Payment(paymentId, Shop.Now)).Value;
        Assert.Equal(100000, payment.AmountRefunded);
        Assert.Equal(refund.Id.Value, Assert.IsType<Answer<GatewayRefund>.Got>(
            await shop.Gateway.Client.ReadRefund(refund.GatewayRefundId!, Shop.Now)).Value.Receipt);
    }

    [Fact]
    public async Task A_refund_that_staff_gave_in_the_dashboard_meanwhile_is_not_given_again()
    {
        await using var shop = await Shop.Open(webhooks: false);
        await shop.Gateway.Turn(new { slowMs = 0 });
        var (_, _, gatewayOrderId) = await shop.OrderToPay();
        var paymentId = await SettledExactlyOnce.Pay(shop, gatewayOrderId, new PayWish { Amount = 100000 });
        var seen = Assert.IsType<Answer<Payment>.Got>(await shop.Gateway.Client.Payment(paymentId, Shop.Now)).Value;
        await shop.Gateway.Client.Refund(paymentId, 100000, "made-in-the-dashboard", Shop.Now);
        // what was read before the dashboard's refund is settled after it
        Assert.IsType<Seen.Settled>(await shop.Captured.Look(seen, Shop.Now));
        await InState(shop, paymentId, Refund.Processed);
        Assert.Equal(0, await shop.Balance(LedgerAccount.RefundsPayable));
        Assert.Equal(0, (await Wallet.Balance(shop.Db, Shop.AccountId)).Paise);
        await shop.Audit();
    }

    private static async Task<string> Underpay(Shop shop)
    {
        var (order, _, gatewayOrderId) = await shop.OrderToPay();
        Assert.Equal(SalesOrder.AwaitingPayment, order.State);
        return await SettledExactlyOnce.Pay(shop, gatewayOrderId, new PayWish { Amount = 100000 });
    }

    private static Task<Refund> InState(Shop shop, string paymentId, string state) => Wait.For(
        async () => (await Refund.OfPayment(shop.Db, Shop.AccountId, paymentId)).SingleOrDefault(one => one.State == state),
        $"the refund of {paymentId} to be {state}");
}
