using Billing.Invoices;
using Billing.Orders;
using Billing.Prices;
using Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Portal.Accounts;
using Portal.Identity;
using Portal.Identity.Sessions;
using Testing;

namespace Portal.Tests.Invoices;

/// <summary>The whole portal on a port of its own, with one customer who can buy, and a browser's cookie for them.</summary>
internal sealed class InvoiceHost : IAsyncDisposable
{
    private const string Plan = "server.test";
    private readonly string folder = Directory.CreateTempSubdirectory("portal-invoices-test-").FullName;
    private WebApplication app = null!;

    public Db Db => app.Services.GetRequiredService<Db>();

    public IServiceProvider Services => app.Services;

    public Uri Address { get; private set; } = null!;

    /// <summary>Starts the portal; <paramref name="browser"/> as in Portal:Invoices:Printing:Browser.</summary>
    public static async Task<InvoiceHost> Start(string browser = "", params string[] settings)
    {
        var host = new InvoiceHost();
        host.app = PortalHost.Build(
        [
            "--environment", "Development", "--contentRoot", Path.Combine(Root(), "Portal"), "--urls", "http://127.0.0.1:0",
            "--Database:File", Path.Combine(host.folder, "portal.db"), "--Database:Objects:Folder", Path.Combine(host.folder, "objects"),
            "--Database:Objects:MasterKeyFile", Path.Combine(host.folder, "objects.key"), "--Portal:Invoices:Printing:Browser", browser,
            "--Portal:Mail:Kind", "folder", "--Portal:Mail:Folder", Path.Combine(host.folder, "mail"), "--Portal:Mail:From", "portal@kaveri.example",
            .. settings,
        ]);
        await host.Services.GetRequiredService<Migrator>().Migrate();
        await host.Db.Write(async tx =>
        {
            await SetTaxRate.Run(tx, SetPrice.HostingSac, 1800, DateTimeOffset.UtcNow.AddYears(-1));
            await SetPrice.Run(tx, Plan, Money.OfRupees(1000), Money.OfRupees(2), counted: false, DateTimeOffset.UtcNow.AddYears(-1));
        });
        await host.app.StartAsync();
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        host.Address = new Uri(address);
        return host;
    }

    /// <summary>A customer in Karnataka with an account, and a client that is signed in as them.</summary>
    public async Task<(AccountId Account, HttpClient Client)> Customer(string name)
    {
        var now = DateTimeOffset.UtcNow;
        var secret = Secrets.New();
        var account = await Db.Write(async tx =>
        {
            var person = await CreatePerson.Run(tx, new NewPerson($"{name}@customer.example", name), now);
            var made = await CreateAccount.Run(tx, name, person!.Value, now);
            await tx.Execute(
                Sql.Profile,
                new { Id = $"bpr_{made.Value[4..]}", AccountId = made, Name = name, Now = now, PersonId = person });
            await PortalSession.Start(tx, person.Value, made, "127.0.0.1", "test", null, Portal.Identity.Factors.Proof.Password(now), now.AddHours(1), secret, now);
            return made;
        });
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        client.DefaultRequestHeaders.Add("Cookie", $"{SessionHandler.Cookie}={secret}");
        return (account, client);
    }

    /// <summary>Buys a month and pays it; the invoice.</summary>
    public Task<IssuedDocument> Buy(AccountId account, string paymentId, DateTimeOffset? at = null)
    {
        var now = at ?? DateTimeOffset.UtcNow;
        var (place, settle) = (Services.GetRequiredService<PlaceSalesOrder>(), Services.GetRequiredService<SettleOrder>());
        return Db.Write(async tx =>
        {
            var placed = (OrderOutcome.Placed)await place.Run(
                tx, new OrderRequest(account.Value, null, [new WantedLine(Plan, "blr", "Virtual server, Bengaluru: shop.example")]), now);
            var order = await SalesOrder.OfAnyAccount(tx, placed.Id);
            return ((SettleOutcome.Settled)await settle.Run(tx, order!, new PaidWith.Gateway(paymentId), now)).Invoice;
        });
    }

    public Task<DocumentPrint> Printed(AccountId account, TaxDocumentId id) =>
        Wait.For(() => DocumentPrint.Find(Db, account.Value, id), "the PDF");

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Portal.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    internal static class Sql
    {
        public const string Profile = """
            insert into BillingProfile (Id, AccountId, Version, LegalName, Gstin, Pan, IsSez, StateCode, Address1, City, Pin, Mobile,
                Purpose, CreatedAt, CreatedBy)
            values (@Id, @AccountId, 1, @Name, '29ZZZCA0002Z1ZK', 'ZZZCA0002Z', 0, '29', '21 Commercial Street', 'Bengaluru', '560001',
                '+919900000000', 'Shop', @Now, @PersonId)
            """;
    }
}
