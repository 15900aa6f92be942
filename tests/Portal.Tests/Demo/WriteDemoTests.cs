using Billing.Ledger;
using Database;
using Testing;
using Xunit;

namespace Portal.Tests.Demo;

public sealed class WriteDemoTests
{
    [Fact]
    public async Task The_demo_is_played_once_and_its_books_balance()
    {
        await using var database = await TestDatabase.Create();
        using var folder = new TempFolder("portal-demo-test-");
        await using var sandbox = await HostProcess.Start(
            "Portal",
            new Dictionary<string, string?> { ["Billing__Payments__Sandbox__StateFile"] = Path.Combine(folder.Path, "sandbox.json") },
            ["razorpay-sandbox"],
            "/sandbox/knobs");
        var environment = Settings(database, folder.Path, sandbox.Url!.GetLeftPart(UriPartial.Authority));

        var first = await HostProcess.Run("Portal", ["demo"], environment, 2 * Wait.Patience);
        Assert.True(first.ExitCode == 0, first.Output);
        foreach (var email in (string[])["asha@textiles.example", "bharat@foods.example", "lakshmi@home.example", "staff@kaveri.example"])
            Assert.Contains(email, first.Output, StringComparison.Ordinal);
        var before = await database.Db.One<Counts>(Sql.Counts);
        Assert.Equal(11, before!.Invoices);
        Assert.Equal(1, before.CreditNotes);
        Assert.Equal(1, before.ReceiptVouchers);
        Assert.Equal(1, before.FailedPayments);
        Assert.Equal(0, await TrialBalance.Total(database.Db));

        var second = await HostProcess.Run("Portal", ["demo"], environment);
        Assert.True(second.ExitCode == 0, second.Output);
        Assert.Contains("asha@textiles.example", second.Output, StringComparison.Ordinal);
        Assert.Equal(before, await database.Db.One<Counts>(Sql.Counts));
    }

    [Fact]
    public async Task Without_the_sandbox_it_says_what_to_start_and_writes_nothing()
    {
        await using var database = await TestDatabase.Create();
        using var folder = new TempFolder("portal-demo-test-");
        var run = await HostProcess.Run("Portal", ["demo"], Settings(database, folder.Path, $"http://localhost:{FreePort.Find()}"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Portal razorpay-sandbox", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await database.Db.One<Counts>(Sql.Counts))!.Invoices);
    }

    private static Dictionary<string, string?> Settings(TestDatabase database, string folder, string gateway) => new()
    {
        ["Database__File"] = ((SqliteEngine)database.Engine).File,
        ["Database__Objects__Folder"] = Path.Combine(folder, "objects"),
        ["Database__Objects__MasterKeyFile"] = Path.Combine(folder, "objects.key"),
        ["Billing__Payments__Razorpay__BaseUrl"] = gateway,
        ["Billing__Payments__Razorpay__CheckoutUrl"] = $"{gateway}/v1/checkout/embedded",
        ["Portal__Identity__PublicUrl"] = "http://localhost:5080",
        ["Portal__Mail__Folder"] = Path.Combine(folder, "mail"),
        ["Logging__LogLevel__Default"] = "Warning",
    };

    private sealed record Counts
    {
        public int Invoices { get; init; }

        public int CreditNotes { get; init; }

        public int ReceiptVouchers { get; init; }

        public int FailedPayments { get; init; }

        public int People { get; init; }
    }

    internal static class Sql
    {
        public const string Counts = """
            -- all accounts: the whole demo is counted
            select
                (select count(*) from TaxDocument where DocumentType = 'invoice') as Invoices,
                (select count(*) from TaxDocument where DocumentType = 'credit_note') as CreditNotes,
                (select count(*) from TaxDocument where DocumentType = 'receipt_voucher') as ReceiptVouchers,
                (select count(*) from PaymentIntent where LastFailure is not null) as FailedPayments,
                (select count(*) from Person) as People
            """;
    }
}
