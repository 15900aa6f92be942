using Billing.Invoices;
using Billing.Ledger;
using Billing.Orders;
using Billing.Prices;
using Billing.Subscriptions;
using Database;
using Database.Work;
using Microsoft.Extensions.Options;
using Testing;
using Xunit;

namespace Billing.Tests.Subscriptions;

public sealed class SubscriptionsHold
{
    [Theory, Engines]
    public async Task A_deleted_server_ends_its_subscriptions_and_frees_its_place_when_purged_once(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        await shop.Paid(account, "pay_1", null, Shop.Server(), Shop.Backups());
        var handler = new ServerEnded(shop.Db);
        await Twice(shop, handler, "server.ended", new ServerEvent("srv_1", Shop.Noon.AddDays(1)));
        Assert.All(
            await Subscription.Of(shop.Db, account, "srv_1"),
            one => Assert.Equal((Subscription.Ended, Shop.Noon.AddDays(1)), (one.State, one.EndedAt)));
        Assert.Equal(999, (await Stock.All(shop.Db))[0].Available);
        await Twice(shop, handler, "server.ended", new ServerEvent("srv_1", Shop.Noon.AddDays(3), Gone: true));
        Assert.Equal(1000, (await Stock.All(shop.Db))[0].Available);
        Assert.Equal(2, (await Subscription.Of(shop.Db, account, "srv_1")).Count);
        Assert.Empty(await Subscription.Of(shop.Db, await shop.Customer("ravi"), "srv_1"));
    }

    [Theory, Engines]
    public async Task A_server_brought_back_is_billed_again_in_whatever_order_the_events_come(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        await shop.Paid(account);
        var (ended, resumed) = (new ServerEvent("srv_1", Shop.Noon.AddDays(1)), new ServerEvent("srv_1", Shop.Noon.AddDays(2)));
        await Twice(shop, new ServerResumed(shop.Db), "server.resumed", resumed);
        await Twice(shop, new ServerEnded(shop.Db), "server.ended", ended);
        Assert.Equal(Subscription.Active, Assert.Single(await Subscription.Of(shop.Db, account, "srv_1")).State);
        await Twice(shop, new ServerEnded(shop.Db), "server.ended", new ServerEvent("srv_1", Shop.Noon.AddDays(3)));
        Assert.Equal(Subscription.Ended, Assert.Single(await Subscription.Of(shop.Db, account, "srv_1")).State);
    }

    [Theory, Engines]
    public async Task What_cannot_be_delivered_is_credited_once(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var invoice = await shop.Paid(account, "pay_1", null, Shop.Server(), Shop.Backups());
        var line = (await SalesOrder.Lines(shop.Db, account, SalesOrderId.From(invoice.OrderId!)))[0];
        var input = new UndeliverableLine("srv_1", line.Id.Value, "provisioning.servers.no_room", "no machine had room");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            Task.Run(() => Twice(shop, new UndeliverableOrder(shop.Db, shop.IssueCreditNote), "order.undeliverable", input))));

        Assert.Equal(SalesOrder.Undeliverable, (await SalesOrder.Find(shop.Db, account, line.OrderId))!.State);
        Assert.Equal(invoice.Total, await Wallet.Balance(shop.Db, account));
        Assert.Equal(Money.Zero, await Statement.Owed(shop.Db, account));
        Assert.Equal(0, await shop.Balance(LedgerAccount.Revenue));
        Assert.Equal(1000, (await Stock.All(shop.Db))[0].Available);
        Assert.All(await Subscription.Of(shop.Db, account, "srv_1"), one => Assert.Equal(Subscription.Ended, one.State));
        var notes = (await InvoiceDocument.Page(shop.Db, account, null, 10))
            .Where(one => one.DocumentType == DocumentTypes.CreditNote).ToList();
        Assert.Equal("Not delivered: no machine had room", Assert.Single(notes).Reason);
        Assert.Equal(1, await shop.Db.One<int>(Sql.Mails));
        await shop.BooksBalance();

        var next = await shop.Placed(account, null, Shop.Server("srv_2"), Shop.Backups("srv_2"));
        Assert.IsType<WalletPaymentOutcome.Paid>(await shop.Db.Write(tx => shop.PayFromWallet.Run(tx, account, next.Id, Shop.Noon)));
        Assert.Equal(Money.Zero, await Wallet.Balance(shop.Db, account));
    }

    [Theory, Engines]
    public async Task An_unpaid_order_expires_and_a_paid_one_does_not(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var (late, paid) = (await shop.Placed(account), await shop.Placed(account));
        await shop.Settle(paid);
        Assert.IsType<WorkOutcome.Again>(
            await Run(shop, new ExpireOrder(shop.Db), "order.expire", late.Id.Value, new { }, Shop.Noon.AddMinutes(29)));
        foreach (var order in (SalesOrder[])[late, paid])
            await Run(shop, new ExpireOrder(shop.Db), "order.expire", order.Id.Value, new { }, Shop.Noon.AddMinutes(30));
        Assert.Equal(SalesOrder.Expired, (await SalesOrder.Find(shop.Db, account, late.Id))!.State);
        Assert.Equal(SalesOrder.Paid, (await SalesOrder.Find(shop.Db, account, paid.Id))!.State);
        Assert.IsType<SettleOutcome.NotPayable>(await shop.Settle(late, "pay_late"));
    }

    [Theory, Engines]
    public async Task The_next_month_is_paid_out_of_credit_once(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var first = await shop.Paid(account, "pay_1", null, Shop.Server(), Shop.Backups());
        var meant = await shop.Placed(account);
        await shop.Db.Write(tx => shop.IssueReceiptVoucher.Run(tx, meant, new Money(2 * first.TotalPaise), "pay_2", "Late.", Shop.Noon));
        var (end, later) = (Period.After(Shop.Noon, 1), Shop.Noon.AddMonths(4));
        Assert.Equal(end, await Renew(shop, account, Shop.Noon.AddDays(3)));
        Assert.Equal(Period.After(Shop.Noon, 2), await Renew(shop, account, later));
        Assert.Equal(Period.After(Shop.Noon, 3), await Renew(shop, account, later));
        var invoices = (await InvoiceDocument.Page(shop.Db, account, null, 10)).Where(one => one.DocumentType == DocumentTypes.Invoice).ToList();
        Assert.All(invoices, invoice => Assert.Equal(first.Amounts, invoice.Amounts));
        Assert.Equal([1, 2, 3], invoices.Select(invoice => (int)invoice.SeriesNumber).Order());
        Assert.Equal(Money.Zero, await Wallet.Balance(shop.Db, account));
        Assert.Equal(999, (await Stock.All(shop.Db))[0].Available);
        await shop.BooksBalance();
    }

    [Theory, Engines]
    public async Task Without_credit_one_order_for_the_next_month_waits_for_its_payment(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        await shop.Paid(account);
        var end = Period.After(Shop.Noon, 1);
        Assert.Equal(end.AddDays(1), await Renew(shop, account, end));
        Assert.Equal(end.AddDays(2), await Renew(shop, account, end.AddDays(1)));
        var waiting = await shop.Db.One<SalesOrderId>(Sql.Waiting);
        Assert.Equal(1, await shop.Db.One<int>(Sql.HowManyWait));
        var order = (await SalesOrder.Find(shop.Db, account, waiting))!;
        Assert.Equal(end.AddDays(7), order.ExpiresAt);
        Assert.IsType<SettleOutcome.Settled>(await shop.Settle(order, "pay_2", end.AddDays(1)));
        Assert.Equal(Period.After(Shop.Noon, 2), await Renew(shop, account, end.AddDays(2)));

        await Renew(shop, account, Period.After(Shop.Noon, 2));
        await Run(shop, new ServerEnded(shop.Db), "server.ended", "srv_1", new ServerEvent("srv_1", Shop.Noon.AddDays(65)), Shop.Noon.AddDays(65));
        Assert.NotNull(await Renew(shop, account, Shop.Noon.AddDays(66)));
        Assert.Equal(0, await shop.Db.One<int>(Sql.HowManyWait));
        Assert.Null(await Renew(shop, account, Shop.Noon.AddDays(200)));
    }

    [Theory]
    [InlineData("2026-01-31", 1, "2026-02-28")]
    [InlineData("2026-01-31", 2, "2026-03-31")]
    [InlineData("2026-03-31", 1, "2026-04-30")]
    [InlineData("2024-02-29", 12, "2025-02-28")]
    public void Months_end_on_the_same_day_or_the_last_one(string start, int months, string end)
    {
        var from = Ist.StartOf(DateOnly.Parse(start, null)).AddMinutes(5);
        Assert.Equal(Ist.StartOf(DateOnly.Parse(end, null)).AddMinutes(5), Period.After(from, months));
        Assert.Equal(Period.After(from, months), Period.Next(from, Period.After(from, months - 1)));
    }

    private static Task<DateTimeOffset?> Renew(Shop shop, string account, DateTimeOffset now) => shop.Db.Write(tx =>
        new RenewSubscription(shop.PlaceSalesOrder, shop.PayFromWallet, Options.Create(new OrderOptions())).Renew(tx, account, "srv_1", now));

    private static async Task Twice(Shop shop, IWorkHandler handler, string command, object input)
    {
        await Run(shop, handler, command, "srv_1", input, Shop.Noon.AddDays(4));
        await Run(shop, handler, command, "srv_1", input, Shop.Noon.AddDays(4));
    }

    // as the work loop settles an outcome
    private static async Task<WorkOutcome> Run(
        Shop shop, IWorkHandler handler, string command, string resource, object input, DateTimeOffset now)
    {
        var item = new WorkItem
        {
            Id = Id.New<WorkItemId>(now),
            Command = command,
            Resource = resource,
            Input = System.Text.Json.JsonSerializer.Serialize(input, WorkQueue.Json),
        };
        var outcome = await handler.Run(new WorkContext(shop.Db, new Clock(now), item, CancellationToken.None));
        if (outcome is WorkOutcome.Done { InSameTransaction: { } writes }) await shop.Db.Write(writes);
        return outcome;
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    internal static class Sql
    {
        public const string Waiting = "select Id from SalesOrder where State = 'awaiting_payment'";

        public const string HowManyWait = "select count(*) from SalesOrder where State = 'awaiting_payment'";

        public const string Mails = "select count(*) from WorkItem where Command = 'credit_note.mail'";
    }
}
