using Billing.Invoices;
using Billing.Ledger;
using Billing.Orders;
using Billing.Prices;
using Billing.Tax;
using Testing;
using Xunit;

namespace Billing.Tests.Orders;

public sealed class OrdersHold
{
    [Theory, Engines]
    public async Task A_quote_is_the_split_that_the_invoice_shows(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var quoted = Assert.IsType<QuoteOutcome.Quoted>(await shop.Quote.Run(shop.Db, account, [Shop.Server(), Shop.Backups()], Shop.Noon));
        var invoice = await shop.Paid(account, "pay_1", null, Shop.Server(), Shop.Backups());
        Assert.Equal(quoted.Totals, invoice.Amounts);
        Assert.Equal(
            (119880L, 10789L, 10789L, 0L, 141458L),
            (invoice.NetPaise, invoice.CgstPaise, invoice.SgstPaise, invoice.IgstPaise, invoice.TotalPaise));
    }

    [Theory, Engines]
    public async Task What_cannot_be_ordered_is_said_and_writes_nothing(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var nobody = await shop.Customer("nobody", details: false);
        var account = await shop.Customer("asha");
        var missing = Assert.IsType<OrderOutcome.BillingDetailsMissing>(await shop.Order(nobody));
        Assert.Equal("billing.orders.billing_details_missing", missing.Code);
        Assert.IsType<OrderOutcome.UnknownItem>(await shop.Order(account, null, Shop.Server() with { ItemCode = "server.none" }));
        Assert.IsType<OrderOutcome.SoldOut>(await shop.Order(account, null, Shop.Server() with { Region = "nowhere" }));
        var changed = await shop.Db.Write(tx => shop.PlaceSalesOrder.Run(
            tx, new OrderRequest(account, null, [Shop.Server()]) { ExpectedTotal = Money.OfRupees(1) }, Shop.Noon));
        Assert.Equal(new Money(117882), Assert.IsType<OrderOutcome.PriceChanged>(changed).NewTotal);
        Assert.Equal(0, await shop.Db.One<int>(Sql.Orders));
    }

    [Theory, Engines]
    public async Task The_same_key_places_one_order(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var other = await shop.Customer("ravi");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => shop.Db.Write(tx => shop.PlaceSalesOrder.Run(
            tx, new OrderRequest(account, null, [Shop.Server()]) { IdempotencyKey = "k1", ExpectedTotal = new Money(117882) }, Shop.Noon)))));
        Assert.Single(outcomes.OfType<OrderOutcome.Placed>());
        Assert.Equal(7, outcomes.OfType<OrderOutcome.AlreadyPlaced>().Count());
        Assert.IsType<OrderOutcome.Placed>(await shop.Db.Write(tx => shop.PlaceSalesOrder.Run(
            tx, new OrderRequest(other, null, [Shop.Server()]) { IdempotencyKey = "k1" }, Shop.Noon)));
    }

    [Theory, Engines]
    public async Task Settling_invoices_books_takes_stock_and_adds_the_work_in_one_go(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var order = await shop.Placed(account, null, Shop.Server(), Shop.Backups());
        var settled = Assert.IsType<SettleOutcome.Settled>(await shop.Settle(order));
        Assert.Equal("INV/26-27/000001", settled.Invoice.Number);
        Assert.Equal(Shop.Noon.AddMinutes(2), settled.PromisedAt);
        var paid = (await SalesOrder.Find(shop.Db, account, order.Id))!;
        Assert.Equal((SalesOrder.Paid, Shop.Noon, settled.PromisedAt), (paid.State, paid.PaidAt, paid.PromisedAt));
        Assert.Equal(999, (await Stock.All(shop.Db))[0].Available);
        Assert.Equal(order.TotalPaise, await shop.Balance(LedgerAccount.GatewayReceivable));
        Assert.Equal(0, await shop.Balance(LedgerAccount.CustomerReceivable));
        Assert.Equal(-order.NetPaise, await shop.Balance(LedgerAccount.Revenue));
        var work = await shop.Db.Query<string>(Sql.Work);
        Assert.Equal(["invoice.mail", "invoice.print", "order.expire", "server.create", "subscription.renew"], work);
        var input = await shop.Db.One<string>(Sql.Input);
        Assert.Contains("\"serverId\":\"srv_1\"", input, StringComparison.Ordinal);
        Assert.Contains($"\"orderLineId\":\"{(await SalesOrder.Lines(shop.Db, account, order.Id))[0].Id}\"", input, StringComparison.Ordinal);
        await shop.BooksBalance();
    }

    [Theory, Engines]
    public async Task An_order_is_settled_once(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var order = await shop.Placed(await shop.Customer("asha"));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => shop.Settle(order, $"pay_{i}"))));
        Assert.Single(outcomes.OfType<SettleOutcome.Settled>());
        Assert.All(outcomes.OfType<SettleOutcome.NotPayable>(), outcome => Assert.Equal(SalesOrder.Paid, outcome.State));
        Assert.Equal(999, (await Stock.All(shop.Db))[0].Available);
        await shop.BooksBalance();
    }

    [Theory, Engines]
    public async Task Sold_out_meanwhile_cancels_the_order_and_gives_back_what_was_taken(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        await shop.Db.Write(tx => Stock.Set(tx, "server.s2", "del", 1));
        var order = await shop.Placed(account, null, Shop.Server("srv_1"), Shop.Server("srv_2") with { Region = "del" });
        await shop.Db.Write(tx => Stock.Set(tx, "server.s2", "del", 0));
        Assert.Equal("del", Assert.IsType<SettleOutcome.SoldOut>(await shop.Settle(order)).Region);
        Assert.Equal(SalesOrder.Cancelled, (await SalesOrder.Find(shop.Db, account, order.Id))!.State);
        Assert.Equal([1000, 0], (await Stock.All(shop.Db)).Select(stock => stock.Available));
        Assert.Null(await InvoiceDocument.OfOrder(shop.Db, account, order.Id.Value));
    }

    [Theory, Engines]
    public async Task A_cancelled_order_can_no_longer_be_paid(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var order = await shop.Placed(account);
        Assert.False(await shop.Db.Write(tx => CancelOrder.Run(tx, "acc_other", order.Id, Shop.Noon)));
        Assert.True(await shop.Db.Write(tx => CancelOrder.Run(tx, account, order.Id, Shop.Noon)));
        Assert.False(await shop.Db.Write(tx => CancelOrder.Run(tx, account, order.Id, Shop.Noon)));
        Assert.Equal(SalesOrder.Cancelled, Assert.IsType<SettleOutcome.NotPayable>(await shop.Settle(order)).State);
    }

    [Theory, Engines]
    public async Task Credit_is_spent_once_whoever_asks_at_the_same_time(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var meant = await shop.Placed(account);
        await shop.Db.Write(tx =>
            shop.IssueReceiptVoucher.Run(tx, meant, new Money(250000), "pay_1", "Paid after the order expired.", Shop.Noon));
        var orders = new List<SalesOrder>();
        for (var i = 0; i < 6; i++) orders.Add(await shop.Placed(account, null, Shop.Server($"srv_{i}")));
        var outcomes = await Task.WhenAll(orders.Select(order =>
            Task.Run(() => shop.Db.Write(tx => shop.PayFromWallet.Run(tx, account, order.Id, Shop.Noon)))));
        Assert.Equal(2, outcomes.OfType<WalletPaymentOutcome.Paid>().Count());
        Assert.Equal(4, outcomes.OfType<WalletPaymentOutcome.NotEnough>().Count());
        Assert.Equal(250000 - (2 * 117882), (await Wallet.Balance(shop.Db, account)).Paise);
        await shop.BooksBalance();
    }

    [Theory, Engines]
    public async Task Another_account_s_order_does_not_exist(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var order = await shop.Placed(await shop.Customer("asha"));
        var other = await shop.Customer("ravi");
        Assert.Null(await SalesOrder.Find(shop.Db, other, order.Id));
        Assert.Empty(await SalesOrder.Lines(shop.Db, other, order.Id));
        Assert.IsType<WalletPaymentOutcome.UnknownOrder>(await shop.Db.Write(tx => shop.PayFromWallet.Run(tx, other, order.Id, Shop.Noon)));
    }

    [Theory, Engines]
    public async Task A_letter_of_undertaking_frees_a_SEZ_unit_from_tax(string engine)
    {
        await using var shop = await Shop.Open(engine, Shop.Provider with { LutNumber = "AD29", LutFinancialYear = "2026-27" });
        var account = await shop.Customer("sez", gstin: "29ZZZCZ0004Z1ZT", sez: true);
        var invoice = await shop.Paid(account);
        Assert.Equal(
            (0L, "SEZWOP", "AD29", Endorsements.SezWithoutPayment),
            (invoice.Amounts.TaxPaise, invoice.SupplyType, invoice.SupplierLut!, invoice.Endorsement!));
        Assert.Equal(TaxNature.ZeroRated, invoice.TaxNature);
    }

    internal static class Sql
    {
        public const string Orders = "select count(*) from SalesOrder";

        public const string Work = "select Command from WorkItem order by Command";

        public const string Input = "select Input from WorkItem where Command = 'server.create'";
    }
}
