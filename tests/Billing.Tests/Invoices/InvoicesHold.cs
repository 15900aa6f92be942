using Billing.Invoices;
using Billing.Ledger;
using Billing.Tax;
using Testing;
using Xunit;

namespace Billing.Tests.Invoices;

public sealed class InvoicesHold
{
    [Theory, Engines]
    public async Task An_invoice_has_all_that_rule_46_wants(string engine)
    {
        await using var shop = await Shop.Open(engine, Shop.Provider with { Bank = "Demo Bank", Upi = "kaveri@demo" });
        var account = await shop.Customer("ravi", state: "27", gstin: "27ZZZCB0003Z1ZM");
        var invoice = await shop.Paid(account, "pay_1", null, Shop.Server(), Shop.Backups());
        Assert.Equal(
            ("INV/26-27/000001", "2026-27", new DateOnly(2026, 11, 22)),
            (invoice.Number, invoice.FinancialYear, invoice.DocumentDate));
        Assert.Equal(("Kaveri Cloud Private Limited", "29ZZZCS0001Z1Z3", "12 Residency Road, Bengaluru 560025"),
            (invoice.SupplierName, invoice.SupplierGstin, invoice.SupplierAddress));
        Assert.Equal(("ravi", "27ZZZCB0003Z1ZM", "27", "1 Main Road, Town 560001"),
            (invoice.BuyerName, invoice.BuyerGstin, invoice.BuyerStateCode, invoice.BuyerAddress));
        Assert.Equal(
            ("27", "B2B", TaxNature.InterState, false),
            (invoice.PlaceOfSupply, invoice.SupplyType, invoice.TaxNature, invoice.ReverseCharge));
        Assert.Equal((119880L, 21578L, 141458L), (invoice.NetPaise, invoice.IgstPaise, invoice.TotalPaise));
        Assert.Equal("Rupees One Thousand Four Hundred Fourteen and Fifty Eight Paise Only", invoice.AmountInWords);
        var lines = await InvoiceDocument.Lines(shop.Db, account, invoice.Id);
        Assert.Equal(invoice.Amounts, TaxAmounts.Sum(lines.Select(line => line.Amounts)));
        Assert.Equal(("998315", 1800, new DateOnly(2026, 11, 22), new DateOnly(2026, 12, 22)),
            (lines[0].Sac, lines[0].RateBps, lines[0].PeriodFrom!.Value, lines[0].PeriodTo!.Value));
    }

    [Theory, Engines]
    public async Task Numbers_have_no_gap_and_no_duplicate_under_16_writers(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var orders = new List<Billing.Orders.SalesOrder>();
        for (var i = 0; i < 48; i++) orders.Add(await shop.Placed(account, null, Shop.Server($"srv_{i}")));
        await Parallel.ForEachAsync(orders.Index(), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (one, _) =>
        {
            // every third writer thinks better of it after its number is taken
            var giveUp = one.Index % 3 == 2;
            try
            {
                await shop.Db.Write(async tx =>
                {
                    await shop.SettleOrder.Run(tx, one.Item, new Billing.Orders.PaidWith.Gateway($"pay_{one.Index}"), Shop.Noon);
                    if (giveUp) throw new OperationCanceledException();
                });
            }
            catch (OperationCanceledException) when (giveUp)
            {
                // rolled back: its number is free again
            }
        });
        var documents = await InvoiceDocument.Page(shop.Db, account, null, 100);
        Assert.Equal(Enumerable.Range(1, 32).Select(number => (long)number), documents.Select(document => document.SeriesNumber).Order());
        Assert.All(documents, document => Assert.True(NumberSeries.IsAcceptedByPortal(document.Number)));
        await shop.BooksBalance();
    }

    [Theory, Engines]
    public async Task The_financial_year_turns_at_midnight_in_India(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var last = new DateTimeOffset(2027, 3, 31, 18, 29, 59, TimeSpan.Zero);
        var numbers = new List<(string, DateOnly)>();
        foreach (var (at, i) in new[] { last, last.AddSeconds(1), last.AddMinutes(15) }.Select((at, i) => (at, i)))
        {
            var invoice = await shop.Paid(account, $"pay_{i}", at);
            numbers.Add((invoice.Number, invoice.DocumentDate));
        }

        Assert.Equal(
            [
                ("INV/26-27/000001", new DateOnly(2027, 3, 31)),
                ("INV/27-28/000001", new DateOnly(2027, 4, 1)),
                ("INV/27-28/000002", new DateOnly(2027, 4, 1)),
            ],
            numbers);
    }

    [Theory, Engines]
    public async Task A_clock_set_back_does_not_date_an_invoice_before_the_last_one(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        await shop.Paid(account, "pay_1", Shop.Noon);
        Assert.Equal(new DateOnly(2026, 11, 22), (await shop.Paid(account, "pay_2", Shop.Noon.AddDays(-2))).DocumentDate);
    }

    [Theory, Engines]
    public async Task A_credit_note_mirrors_its_invoice_and_is_the_only_one(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var invoice = await shop.Paid(account, "pay_1", null, Shop.Server(), Shop.Backups());
        var issued = await shop.Db.Write(tx => shop.IssueCreditNote.Run(tx, account, invoice, "Not delivered", Shop.Noon.AddDays(1)));
        var note = (await InvoiceDocument.Find(shop.Db, account, issued.Id))!;
        Assert.Equal(("CRN/26-27/000001", invoice.Id, invoice.Number, invoice.DocumentDate, "Not delivered"),
            (note.Number, note.OriginalId!.Value, note.OriginalNumber, note.OriginalDate!.Value, note.Reason));
        Assert.Equal((invoice.Amounts, invoice.AmountInWords), (note.Amounts, note.AmountInWords));
        var before = await InvoiceDocument.Lines(shop.Db, account, invoice.Id);
        var after = await InvoiceDocument.Lines(shop.Db, account, note.Id);
        Assert.Equal(before, after.Select(line => line with { DocumentId = invoice.Id }));
        Assert.Equal(0, await shop.Balance(LedgerAccount.Revenue));
        Assert.Equal(0, await shop.Balance(LedgerAccount.CgstOutput(Shop.Provider.Gstin)));
        await shop.BooksBalance();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            shop.Db.Write(tx => shop.IssueCreditNote.Run(tx, account, invoice, "Again", Shop.Noon.AddDays(2))));
    }

    [Theory, Engines]
    public async Task What_is_issued_cannot_be_changed(string engine)
    {
        await using var shop = await Shop.Open(engine);
        await shop.Paid(await shop.Customer("asha"));
        foreach (var attempt in (string[])[Sql.Change, Sql.Remove, Sql.ChangeLine, Sql.RemoveLine])
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => shop.Db.Write(tx => tx.Execute(attempt)));
    }

    [Theory, Engines]
    public async Task A_customer_pages_through_own_documents_only(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var (asha, ravi) = (await shop.Customer("asha"), await shop.Customer("ravi"));
        for (var i = 0; i < 5; i++) await shop.Paid(asha, $"pay_{i}", Shop.Noon.AddMinutes(i));
        var other = await shop.Paid(ravi, "pay_r");
        Assert.Null(await InvoiceDocument.Find(shop.Db, asha, other.Id));
        Assert.Empty(await InvoiceDocument.Lines(shop.Db, asha, other.Id));
        var first = await InvoiceDocument.Page(shop.Db, asha, null, 3);
        var second = await InvoiceDocument.Page(shop.Db, asha, first[^1].Id, 3);
        Assert.Equal([5, 4, 3, 2, 1], first.Concat(second).Select(document => (int)document.SeriesNumber));
    }

    internal static class Sql
    {
        public const string Change = "update TaxDocument set TotalPaise = TotalPaise";

        public const string Remove = "delete from TaxDocument";

        public const string ChangeLine = "update TaxDocumentLine set NetPaise = 0";

        public const string RemoveLine = "delete from TaxDocumentLine";
    }
}
