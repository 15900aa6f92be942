using Billing.Invoices;
using Billing.Ledger;
using Billing.Orders;
using Billing.Prices;
using Billing.Tax;
using Database;
using Microsoft.Extensions.Options;
using Testing;
using Xunit;

namespace Billing.Tests;

/// <summary>A provider in Karnataka with a small catalogue, and its customers, on a database of its own.</summary>
internal sealed class Shop : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 6, 30, 0, TimeSpan.Zero);

    public static readonly Supplier Provider = new()
    {
        LegalName = "Kaveri Cloud Private Limited",
        Gstin = "29ZZZCS0001Z1Z3",
        Address1 = "12 Residency Road",
        City = "Bengaluru",
        Pin = "560025",
        Signatory = "Ravi Shenoy",
    };

    private readonly TestDatabase database;

    private Shop(TestDatabase database, Supplier supplier)
    {
        this.database = database;
        PlaceSalesOrder = new(supplier, Options.Create(new OrderOptions()));
        SettleOrder = new(supplier);
        PayFromWallet = new(supplier);
        IssueCreditNote = new(supplier);
        IssueReceiptVoucher = new(supplier);
        IssueRefundVoucher = new(supplier);
        Quote = new(supplier);
    }

    public Db Db => database.Db;
    public Quote Quote { get; }
    public PlaceSalesOrder PlaceSalesOrder { get; }
    public SettleOrder SettleOrder { get; }
    public PayFromWallet PayFromWallet { get; }
    public IssueCreditNote IssueCreditNote { get; }
    public IssueReceiptVoucher IssueReceiptVoucher { get; }
    public IssueRefundVoucher IssueRefundVoucher { get; }

    public static async Task<Shop> Open(string engine, Supplier? supplier = null)
    {
        var shop = new Shop(await TestDatabase.Create(engine), supplier ?? Provider);
        await shop.Db.Write(async tx =>
        {
            await SetPrice.Run(tx, "server.s2", Money.OfRupees(999), new(139), counted: true, Noon.AddYears(-1));
            await SetPrice.Run(tx, "backup.s2", new(19980), new(28), counted: false, Noon.AddYears(-1));
            await Stock.Set(tx, "server.s2", "blr", 1000);
        });
        return shop;
    }

    /// <summary>A customer; unregistered in the State, or with the GSTIN.</summary>
    public async Task<string> Customer(string name, string state = "29", string? gstin = null, bool sez = false, bool details = true)
    {
        var account = $"acc_{name,-26}".Replace(' ', '0');
        await Db.Write(async tx =>
        {
            var person = $"per_{name,-26}".Replace(' ', '0');
            await tx.Execute(Sql.Person, new { Id = person, Email = $"{name}@example.in", Name = name, Now = Noon });
            await tx.Execute(Sql.Account, new { Id = account, Name = name, Now = Noon });
            if (!details) return;
            await tx.Execute(Sql.Profile, new
            {
                Id = $"bpr_{name,-26}".Replace(' ', '0'),
                AccountId = account,
                Name = name,
                Gstin = gstin,
                IsSez = sez,
                State = state,
                Person = person,
                Now = Noon,
            });
        });
        return account;
    }

    public static WantedLine Server(string id = "srv_1") => new("server.s2", "blr", "Server S2 in Bengaluru")
    {
        WorkCommand = "server.create",
        WorkResource = id,
        WorkInput = new { serverId = id },
        Promised = TimeSpan.FromMinutes(2),
    };

    public static WantedLine Backups(string id = "srv_1") => new("backup.s2", "blr", "Backups of server S2") { WorkResource = id };

    public Task<OrderOutcome> Order(string account, DateTimeOffset? at = null, params WantedLine[] lines) =>
        Db.Write(tx => PlaceSalesOrder.Run(tx, new OrderRequest(account, null, lines.Length > 0 ? lines : [Server()]), at ?? Noon));

    public async Task<SalesOrder> Placed(string account, DateTimeOffset? at = null, params WantedLine[] lines)
    {
        var placed = Assert.IsType<OrderOutcome.Placed>(await Order(account, at, lines));
        return (await SalesOrder.Find(Db, account, placed.Id))!;
    }

    public Task<SettleOutcome> Settle(SalesOrder order, string payment = "pay_1", DateTimeOffset? at = null) => Db.Write(async tx =>
        await SettleOrder.Run(tx, (await SalesOrder.OfAnyAccount(tx, order.Id))!, new PaidWith.Gateway(payment), at ?? Noon));

    public async Task<InvoiceDocument> Paid(string account, string payment = "pay_1", DateTimeOffset? at = null, params WantedLine[] lines)
    {
        var settled = Assert.IsType<SettleOutcome.Settled>(await Settle(await Placed(account, at, lines), payment, at));
        return (await InvoiceDocument.Find(Db, account, settled.Invoice.Id))!;
    }

    /// <summary>What always holds, whatever has happened: every entry and the whole of the books add up to zero.</summary>
    public async Task BooksBalance()
    {
        Assert.Equal(0, await TrialBalance.Total(Db));
        Assert.Equal(0, await TrialBalance.Unbalanced(Db));
    }

    public async Task<long> Balance(string ledgerAccount) =>
        (await TrialBalance.Lines(Db)).SingleOrDefault(line => line.LedgerAccount == ledgerAccount)?.BalancePaise ?? 0;

    public async ValueTask DisposeAsync() => await database.DisposeAsync();

    internal static class Sql
    {
        public const string Person = """
            insert into Person (Id, Email, EmailLower, FullName, EmailConfirmedAt, CreatedAt)
            values (@Id, @Email, @Email, @Name, @Now, @Now)
            """;

        public const string Account = "insert into Account (Id, Name, State, CreatedAt) values (@Id, @Name, 'active', @Now)";

        public const string Profile = """
            insert into BillingProfile (Id, AccountId, Version, LegalName, Gstin, IsSez, StateCode, Address1, City, Pin, Mobile, Purpose,
                CreatedAt, CreatedBy)
            values (@Id, @AccountId, 1, @Name, @Gstin, @IsSez, @State, '1 Main Road', 'Town', '560001', '+919876543210', 'Shop',
                @Now, @Person)
            """;
    }
}
