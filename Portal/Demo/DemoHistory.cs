using Billing.Orders;
using Billing.Payments;
using Billing.Subscriptions;
using Database;
using Database.Work;
using Microsoft.Extensions.Options;
using Portal.Catalogue;
using Portal.Identity;
using Portal.Invoices.Printing;
using Portal.Servers;

namespace Portal.Demo;

/// <summary>
/// Three months, played through the rooms' own calls with the clock set back: everything an operator finds afterwards was done by
/// the code that does it in earnest, in the order in which it happened.
/// </summary>
internal sealed class DemoHistory(IServiceProvider services, DemoGateway gateway, DemoClock clock)
{
    private const string SshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFv7HzEMHcSXkuq8d8o87mx75CNEUajweC/U1FRJbeNA demo@kaveri.example";
    private readonly DateTimeOffset today = clock.GetUtcNow();
    private readonly Db db = services.GetRequiredService<Db>();

    internal async Task Write(string passwordHash)
    {
        var first = Day(92, 9, 0);
        clock.SetBackTo(first);
        await db.Write(async tx =>
        {
            await Billing.Prices.SetTaxRate.Run(tx, Billing.Prices.SetPrice.HostingSac, 1800, first);
            await CatalogueSeed.Run(tx, first);
        });

        await Go(91, 10, 5);
        var asha = await DemoCustomer.Asha.Join(db, passwordHash, clock.GetUtcNow());
        var shop = await Buy(asha, "s3", "blr", "shop.asha-textiles.example", backups: true, "upi");
        await Go(74, 15, 40);
        var bharat = await DemoCustomer.Bharat.Join(db, passwordHash, clock.GetUtcNow());
        var orders = await Buy(bharat, "s4", "bom", "orders.bharat-foods.example", backups: false, "card");
        await Go(61, 11, 20);
        await Renew(asha, shop, "upi");
        await Go(44, 9, 30);
        await Renew(bharat, orders, "card");
        await Go(41, 18, 10);
        var stock = await Buy(asha, "s2", "bom", "stock.asha-textiles.example", backups: false, "netbanking");
        await Go(36, 10, 15);
        await DemoTeam.Write(db, asha, shop, stock, passwordHash, clock.GetUtcNow());
        await Go(33, 20, 55);
        var lakshmi = await DemoCustomer.Lakshmi.Join(db, passwordHash, clock.GetUtcNow());
        var photos = await Buy(lakshmi, "s1", "blr", "photos.iyer.example", backups: true, "upi");
        await Go(31, 11, 25);
        await Renew(asha, shop, "upi");
        await Go(20, 16, 30);
        await PayTooLate(bharat);
        await Go(14, 9, 35);
        await Renew(bharat, orders, "card");
        await Go(12, 12, 15);
        await PayForWhatCannotBeDelivered(asha);
        await Go(11, 17, 0);
        await RenewFromCredit(asha, stock);
        await Go(3, 21, 40);
        await Renew(lakshmi, photos, "upi");
        await Go(1, 19, 20);
        await Abandon(bharat);
        await FailToPay(lakshmi);
        clock.MoveTo(DateTimeOffset.UtcNow);
        await Quiet();
    }

    /// <summary>Moves on once everything of the day before is done.</summary>
    private async Task Go(int daysAgo, int hour, int minute)
    {
        await Quiet();
        clock.MoveTo(Day(daysAgo, hour, minute));
    }

    private DateTimeOffset Day(int daysAgo, int hour, int minute) =>
        Ist.StartOf(Ist.Date(today).AddDays(-daysAgo)).AddHours(hour).AddMinutes(minute);

    private async Task<ServerId> Buy(SignedIn who, string plan, string region, string hostname, bool backups, string method)
    {
        var (order, server) = await Order(who, plan, region, hostname, backups);
        await Pay(who, order, method);
        return server;
    }

    private async Task<(SalesOrderId Order, ServerId Server)> Order(SignedIn who, string plan, string region, string hostname, bool backups)
    {
        var wish = new ServerWish { Plan = plan, Region = region, Image = "debian-12", Hostname = hostname, SshKey = SshKey, Backups = backups };
        return await services.GetRequiredService<PlaceOrder>().Run(who, wish, null, $"demo-{hostname}") switch
        {
            PlaceOrderOutcome.Placed placed => (placed.OrderId, placed.ServerId),
            PlaceOrderOutcome.AlreadyPlaced earlier => (earlier.OrderId, earlier.ServerId),
            var outcome => throw new InvalidOperationException($"The demo could not order {hostname}: {outcome}."),
        };
    }

    private async Task Pay(SignedIn who, SalesOrderId id, string method)
    {
        var order = await SalesOrder.Find(db, who.AccountId.Value, id);
        if (order?.State != SalesOrder.AwaitingPayment) return;
        await gateway.Pay(who, id, await gateway.Checkout(who, id), method);
    }

    private async Task Renew(SignedIn who, ServerId server, string method) => await Pay(who, await PlaceRenewal(who, server), method);

    private async Task RenewFromCredit(SignedIn who, ServerId server)
    {
        var order = await PlaceRenewal(who, server);
        var pay = services.GetRequiredService<PayFromWallet>();
        var outcome = await db.Write(tx => pay.Run(tx, who.AccountId.Value, order, clock.GetUtcNow()));
        if (outcome is not (WalletPaymentOutcome.Paid or WalletPaymentOutcome.NotPayable))
            throw new InvalidOperationException($"The demo could not pay {order} from credit: {outcome}.");
    }

    private async Task<SalesOrderId> PlaceRenewal(SignedIn who, ServerId server)
    {
        var renewal = services.GetRequiredService<PlaceRenewal>();
        return await db.Write(tx => renewal.Run(tx, who.AccountId.Value, server.Value, clock.GetUtcNow())) switch
        {
            OrderOutcome.Placed placed => placed.Id,
            OrderOutcome.AlreadyPlaced earlier => earlier.Id,
            var outcome => throw new InvalidOperationException($"The demo could not renew {server}: {outcome}."),
        };
    }

    /// <summary>The order has expired when the money comes: it becomes credit, with a receipt voucher.</summary>
    private async Task PayTooLate(SignedIn who)
    {
        var (id, _) = await Order(who, "s1", "bom", "menu.bharat-foods.example", backups: false);
        if ((await Settlement.OfOrder(db, who.AccountId.Value, id)).Count > 0) return;
        var checkout = await gateway.Checkout(who, id);
        clock.MoveTo(clock.GetUtcNow() + services.GetRequiredService<IOptions<OrderOptions>>().Value.PayWithin + TimeSpan.FromMinutes(2));
        await Patience.Until(
            async () => (await SalesOrder.Find(db, who.AccountId.Value, id))?.State == SalesOrder.Expired, $"the end of {id}");
        await gateway.Pay(who, id, checkout, "netbanking");
    }

    /// <summary>Paid, could not be delivered: a credit note takes the invoice back and the money becomes credit.</summary>
    private async Task PayForWhatCannotBeDelivered(SignedIn who)
    {
        var place = services.GetRequiredService<PlaceSalesOrder>();
        var line = new WantedLine("backup.s6", "del", "Move of existing backups to Delhi NCR");
        var request = new OrderRequest(who.AccountId.Value, who.PersonId.Value, [line]) { IdempotencyKey = "demo-undeliverable" };
        var id = await db.Write(tx => place.Run(tx, request, clock.GetUtcNow())) switch
        {
            OrderOutcome.Placed placed => placed.Id,
            OrderOutcome.AlreadyPlaced earlier => earlier.Id,
            var outcome => throw new InvalidOperationException($"The demo's order failed: {outcome}."),
        };
        await Pay(who, id, "card");
        await Quiet();
        clock.MoveTo(clock.GetUtcNow().AddHours(3));
        var orderLine = (await SalesOrder.Lines(db, who.AccountId.Value, id))[0];
        var failed = new UndeliverableLine(
            "", orderLine.Id.Value, "provisioning.backups.no_room", "the region had no room left for your backups. We are sorry.");
        await db.Write(tx => WorkQueue.Add(
            tx,
            new NewWork("order.undeliverable", id.Value)
            {
                AccountId = who.AccountId.Value,
                Input = failed,
                DedupKey = $"order.undeliverable:{orderLine.Id}",
            },
            clock.GetUtcNow()));
    }

    private async Task Abandon(SignedIn who) => await Order(who, "s2", "bom", "test.bharat-foods.example", backups: false);

    private async Task FailToPay(SignedIn who)
    {
        await Quiet();
        clock.MoveTo(DateTimeOffset.UtcNow.AddMinutes(-4));
        var (id, _) = await Order(who, "s2", "del", "cloud.iyer.example", backups: true);
        var checkout = await gateway.Checkout(who, id);
        if (checkout.Intent.LastFailure is not null) return;
        await gateway.Fail(checkout);
        // the poll brings the news when the gateway's event does not
        clock.MoveTo(clock.GetUtcNow().AddMinutes(2));
    }

    private async Task Quiet()
    {
        var own = services.GetServices<WorkCommand>().Select(command => command.Name).ToList();
        var prints = services.GetRequiredService<Printer>().CanPrint;
        await Patience.Until(
            async () => await db.One<int>(Sql.Due, new { Ids = own, Now = clock.GetUtcNow(), Mails = prints }) == 0,
            "the work of the day");
    }

    internal static class Sql
    {
        public const string Due = """
            -- all accounts: the demo goes on when everybody's work is done
            select count(*)
            from WorkItem
            where EndedAt is null
                and Command in (@Ids)
                and (NextTryAt <= @Now or (@Mails = 1 and Command in ('invoice.mail', 'credit_note.mail')))
            """;
    }
}
