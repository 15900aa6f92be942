using Billing.Invoices;
using Billing.Ledger;
using Billing.Orders;
using Billing.Payments;
using Billing.Payments.Razorpay;
using Billing.Prices;
using Billing.Subscriptions;
using Billing.Tax;
using Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Xunit;

namespace Billing.Tests.Payments;

/// <summary>
/// Everything between the order and the invoice as in production: Billing's rooms with their work loop on a database of their own, the
/// webhook on Kestrel, the gateway's sandbox beside it over HTTP. One customer, one plan with stock.
/// </summary>
public sealed class Shop : IAsyncDisposable
{
    public const string AccountId = "acc_00000000000000000000000001";
    public const string Item = "server.s2";
    private const string PersonId = "per_00000000000000000000000001";
    private static int orders;
    private readonly TestDatabase database;
    private readonly WebApplication host;

    private Shop(TestDatabase database, TestGateway gateway, WebApplication host)
    {
        this.database = database;
        this.host = host;
        Gateway = gateway;
        Http = new HttpClient { BaseAddress = new Uri(host.Urls.First()) };
    }

    public TestGateway Gateway { get; }

    public HttpClient Http { get; }

    public Db Db => database.Db;

    internal PaymentCaptured Captured => host.Services.GetRequiredService<PaymentCaptured>();

    internal PollPayments Poll => host.Services.GetRequiredService<PollPayments>();

    public static CancellationToken Now => TestContext.Current.CancellationToken;

    public T Get<T>()
        where T : notnull => host.Services.GetRequiredService<T>();

    /// <param name="engine">Of the matrix.</param>
    /// <param name="webhooks">False: no event ever arrives.</param>
    /// <param name="settings">More configuration, <c>Billing:Payments:Late=Refund</c>.</param>
    public static async Task<Shop> Open(string engine = "SQLite", bool webhooks = true, params string[] settings)
    {
        var database = await TestDatabase.Create(engine);
        await database.Db.Write(Furnish);
        var gateway = await TestGateway.Start();
        var builder = WebApplication.CreateSlimBuilder(
        [
            "--urls", "http://127.0.0.1:0",
            "--environment", "Development",
            "--Logging:LogLevel:Default=Error",
            "--Billing:Supplier:LegalName=Kaveri Cloud Private Limited",
            "--Billing:Supplier:Gstin=29ZZZCS0001Z1Z3",
            "--Billing:Supplier:Address1=12 Residency Road",
            "--Billing:Supplier:City=Bengaluru",
            "--Billing:Supplier:Pin=560025",
            "--Billing:Supplier:Signatory=Ravi Shenoy",
            $"--Billing:Payments:Razorpay:BaseUrl={gateway.Options.BaseUrl}",
            $"--Billing:Payments:Razorpay:CheckoutUrl={gateway.Options.CheckoutUrl}",
            $"--Billing:Payments:Razorpay:KeyId={gateway.Options.KeyId}",
            $"--Billing:Payments:Razorpay:KeySecret={gateway.Options.KeySecret}",
            $"--Billing:Payments:Razorpay:WebhookSecret={gateway.Options.WebhookSecret}",
            "--Billing:Payments:Razorpay:PageWait=00:00:10",
            "--Billing:Payments:Razorpay:WorkWait=00:04:00",
            .. settings.Select(setting => $"--{setting}"),
        ]);
        builder.Services.AddDatabase(builder.Configuration);
        builder.Services.AddSingleton(database.Engine).AddSingleton(database.Db);
        builder.Services.AddTax(builder.Configuration).AddPrices(builder.Configuration).AddOrders(builder.Configuration)
            .AddLedger(builder.Configuration).AddInvoices(builder.Configuration).AddPayments(builder.Configuration)
            .AddSubscriptions(builder.Configuration);
        var host = builder.Build();
        host.MapPayments();
        await host.StartAsync();
        if (webhooks) gateway.SendEventsTo($"{host.Urls.First()}/webhooks/razorpay");
        return new Shop(database, gateway, host);
    }

    public async Task<SalesOrder> PlaceOrder()
    {
        var number = Interlocked.Increment(ref orders);
        var wanted = new WantedLine(Item, "blr", "Server S2 in Bengaluru")
        {
            WorkCommand = "server.create",
            WorkResource = $"srv_{number:00000000000000000000000000}",
            WorkInput = new { hostname = $"web-{number}.example.in" },
            Promised = TimeSpan.FromMinutes(5),
        };
        var placed = await Db.Write(tx => Get<PlaceSalesOrder>().Run(tx, new OrderRequest(AccountId, PersonId, [wanted]), DateTimeOffset.UtcNow));
        return (await SalesOrder.Find(Db, AccountId, Assert.IsType<OrderOutcome.Placed>(placed).Id))!;
    }

    /// <summary>An order with a payable intent, and the gateway's id of it.</summary>
    public async Task<(SalesOrder Order, PaymentIntent Intent, string GatewayOrderId)> OrderToPay()
    {
        var order = await PlaceOrder();
        var ready = await Payable(order);
        return (order, ready.Checkout.Intent, ready.Checkout.GatewayOrderId);
    }

    /// <summary>The way to the gateway, asked for until it is there, as a customer reloads the page.</summary>
    public Task<PaymentStart.Ready> Payable(SalesOrder order) => Wait.For(
        async () => await Get<StartPayment>().Run(AccountId, order.Id, Now) as PaymentStart.Ready, $"{order.Id} to be payable");

    public Task Move(SalesOrder order, string state) => Db.Write(tx => SalesOrder.Move(tx, order, state, order.CreatedAt));

    public Task SetStock(int available) => Db.Write(tx => Stock.Set(tx, Item, "blr", available));

    public async Task<SalesOrder> Reread(SalesOrder order) => (await SalesOrder.Find(Db, AccountId, order.Id))!;

    public Task<PaymentIntent?> IntentOf(SalesOrder order) => PaymentIntent.Newest(Db, AccountId, order.Id);

    public Task<IReadOnlyList<Settlement>> SettlementsOf(SalesOrder order) => Settlement.OfOrder(Db, AccountId, order.Id);

    public async Task<Settlement> SettlementOf(string paymentId)
    {
        Settlement? found = null;
        await Wait.Until(async () => (found = await Db.Write(tx => Settlement.Of(tx, paymentId))) is not null, $"the settlement of {paymentId}");
        return found!;
    }

    /// <summary>The stored event of that name about the payment, once it is no longer waiting.</summary>
    public Task<GatewayEvent> Processed(string name, string? paymentId = null) => Wait.For(
        async () => (await GatewayEvents.All(Db, null, 500)).FirstOrDefault(
            one => one.Event == name && one.State != "received" && (paymentId is null || one.PaymentId == paymentId)),
        $"{name} to be processed");

    public Task<int> Works(string command) => Db.One<int>(Sql.Works, new { Command = command });

    public async Task<long> Balance(string ledgerAccount) =>
        (await TrialBalance.Lines(Db)).Where(line => line.LedgerAccount == ledgerAccount).Sum(line => line.BalancePaise);

    public async Task<IReadOnlyList<InvoiceDocument>> Documents() => await InvoiceDocument.Page(Db, AccountId, null, 500);

    /// <summary>What must hold whatever has happened: zero balance, no entry out of true, series without gap or repeat.</summary>
    public async Task Audit()
    {
        Assert.Equal(0, await TrialBalance.Total(Db));
        Assert.Equal(0, await TrialBalance.Unbalanced(Db));
        foreach (var series in (await Documents()).GroupBy(document => document.DocumentType))
            Assert.Equal(Enumerable.Range(1, series.Count()).Select(number => (long)number), series.Select(document => document.SeriesNumber).Order());
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
        await Gateway.DisposeAsync();
        Http.Dispose();
        await database.DisposeAsync();
    }

    private static async Task Furnish(Tx tx)
    {
        var longAgo = new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);
        await tx.Execute(Sql.Person, new { Id = PersonId, Now = longAgo });
        await tx.Execute(Sql.Account, new { Id = AccountId, Now = longAgo });
        await tx.Execute(Sql.Profile, new { Id = "bpr_00000000000000000000000001", AccountId, CreatedBy = PersonId, Now = longAgo });
        await SetPrice.Run(tx, Item, Money.OfRupees(1000), Money.OfRupees(2), counted: true, longAgo);
        await SetTaxRate.Run(tx, SetPrice.HostingSac, 1800, longAgo);
        await Stock.Set(tx, Item, "blr", 100);
    }

    internal static class Sql
    {
        public const string Person = """
            insert into Person (Id, Email, EmailLower, FullName, EmailConfirmedAt, CreatedAt)
            values (@Id, 'asha@example.in', 'asha@example.in', 'Asha Rao', @Now, @Now)
            """;

        public const string Account = "insert into Account (Id, Name, State, CreatedAt) values (@Id, 'Asha Traders', 'active', @Now)";

        public const string Profile = """
            insert into BillingProfile (Id, AccountId, Version, LegalName, IsSez, StateCode, Address1, City, Pin, Mobile, Purpose,
                CreatedAt, CreatedBy)
            values (@Id, @AccountId, 1, 'Asha Rao', 0, '29', '1 MG Road', 'Bengaluru', '560001', '+919000000000', 'Web site',
                @Now, @CreatedBy)
            """;

        public const string Works = """
            -- all accounts: a test's own database
            select count(*)
            from WorkItem
            where Command = @Command
            """;
    }
}
