using Billing.Invoices;
using Billing.Ledger;
using Billing.Orders;
using Billing.Prices;
using Database;
using FsCheck.Fluent;
using Testing;
using Xunit;

namespace Billing.Tests.Ledger;

public sealed class LedgerHolds
{
    [Theory, Engines]
    public async Task An_entry_adds_up_to_zero_or_is_refused(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.Db.Write(tx => Journal.Post(
            tx, "a", "A", [new(LedgerAccount.Revenue, null, new(-100)), new(LedgerAccount.GatewayReceivable, null, new(99))], Shop.Noon)));
        Assert.Equal(0, await TrialBalance.Total(database.Db));
        await database.Db.Write(tx => Post(tx, "a"));
        await Assert.ThrowsAsync<DuplicateKeyException>(() => database.Db.Write(tx => Post(tx, "a")));
        Assert.Equal([100, -100], (await TrialBalance.Lines(database.Db)).Select(line => line.BalancePaise));
    }

    [Theory, Engines]
    public async Task What_is_posted_cannot_be_changed(string engine)
    {
        await using var database = await TestDatabase.Create(engine);
        await database.Db.Write(tx => Post(tx, "a"));
        foreach (var attempt in (string[])[Sql.Change, Sql.Remove, Sql.ChangeEntry, Sql.RemoveEntry])
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => database.Db.Write(tx => tx.Execute(attempt)));
        Assert.Equal(2, (await TrialBalance.Lines(database.Db)).Count);
    }

    [Theory, Engines]
    public async Task A_statement_is_paged_by_whole_entries_and_shows_one_account_only(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var (asha, ravi) = (await shop.Customer("asha"), await shop.Customer("ravi"));
        for (var i = 0; i < 3; i++)
        {
            await shop.Paid(asha, $"pay_a{i}", Shop.Noon.AddMinutes(i));
            await shop.Paid(ravi, $"pay_r{i}", Shop.Noon.AddMinutes(i));
        }

        var seen = new List<StatementLine>();
        JournalEntryId? before = null;
        while (await Statement.Page(shop.Db, asha, before, 2) is { Count: > 0 } page)
        {
            Assert.True(page.Select(line => line.EntryId).Distinct().Count() <= 2);
            seen.AddRange(page);
            before = page[^1].EntryId;
        }

        Assert.Equal(6, seen.Count);
        Assert.Equal(0, seen.Sum(line => line.AmountPaise));
        Assert.Equal(Money.Zero, await Statement.Owed(shop.Db, asha));
        Assert.Equal(seen.Count, seen.Select(line => line.EntryId).Distinct().Count());
    }

    [Theory, Engines]
    public async Task Tax_on_an_advance_is_set_off_when_the_credit_is_spent_and_undone_when_it_goes_back(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha", state: "27");
        var meant = await shop.Placed(account);
        await shop.Db.Write(tx => shop.IssueReceiptVoucher.Run(tx, meant, new Money(117882), "pay_1", "Late.", Shop.Noon));
        Assert.Equal(-17982, await shop.Balance(LedgerAccount.IgstOutput(Shop.Provider.Gstin)));
        Assert.Equal(17982, await shop.Balance(LedgerAccount.GstOnAdvances("igst", Shop.Provider.Gstin)));
        var order = await shop.Placed(account);
        Assert.IsType<WalletPaymentOutcome.Paid>(await shop.Db.Write(tx => shop.PayFromWallet.Run(tx, account, order.Id, Shop.Noon)));
        Assert.Equal(-17982, await shop.Balance(LedgerAccount.IgstOutput(Shop.Provider.Gstin)));
        Assert.Equal(0, await shop.Balance(LedgerAccount.GstOnAdvances("igst", Shop.Provider.Gstin)));

        var second = await shop.Db.Write(tx => shop.IssueReceiptVoucher.Run(tx, meant, new Money(50000), "pay_2", "Late.", Shop.Noon));
        var receipt = (await InvoiceDocument.Find(shop.Db, account, second.Id))!;
        var refund = await shop.Db.Write(tx => shop.IssueRefundVoucher.Run(tx, account, receipt, "Asked for.", Shop.Noon));
        Assert.Equal("RFV/26-27/000001", Assert.IsType<RefundVoucherOutcome.Issued>(refund).Document.Number);
        Assert.Equal(0, await shop.Balance(LedgerAccount.CustomerWallet));
        Assert.Equal(-50000, await shop.Balance(LedgerAccount.RefundsPayable));
        Assert.Equal(0, await shop.Balance(LedgerAccount.GstOnAdvances("igst", Shop.Provider.Gstin)));
        await shop.BooksBalance();
    }

    [Fact]
    public async Task Whatever_customers_do_the_books_balance_and_credit_never_goes_below_zero()
    {
        await using var shop = await Shop.Open("SQLite");
        string[] accounts =
            [await shop.Customer("asha"), await shop.Customer("ravi", state: "27"), await shop.Customer("lena", state: "04")];
        var payment = 0;
        var deeds = Gen.Choose(0, 3).SelectMany(deed => Gen.Choose(0, 2).Select(who => (deed, who))).ListOf(60);
        foreach (var (deed, who) in deeds.Sample(1).Single())
        {
            var account = accounts[who];
            var order = await shop.Placed(account);
            payment++;
            switch (deed)
            {
                case 0:
                    await shop.Settle(order, $"pay_{payment}");
                    break;
                case 1:
                    await shop.Db.Write(tx => shop.IssueReceiptVoucher.Run(
                        tx, order, new Money(70001 + payment), $"pay_{payment}", "Late.", Shop.Noon));
                    break;
                case 2:
                    await shop.Db.Write(tx => shop.PayFromWallet.Run(tx, account, order.Id, Shop.Noon));
                    break;
                default:
                    var page = await InvoiceDocument.Page(shop.Db, account, null, 100);
                    var receipt = page.FirstOrDefault(one =>
                        one.DocumentType == DocumentTypes.ReceiptVoucher && page.All(other => other.OriginalId != one.Id));
                    if (receipt is not null)
                        await shop.Db.Write(tx => shop.IssueRefundVoucher.Run(tx, account, receipt, "Asked for.", Shop.Noon));
                    break;
            }

            await shop.BooksBalance();
            Assert.True(await Wallet.Balance(shop.Db, account) >= Money.Zero);
        }
    }

    private static Task<JournalEntryId> Post(Tx tx, string occasion) => Journal.Post(
        tx, occasion, "A", [new(LedgerAccount.Revenue, null, new(-100)), new(LedgerAccount.GatewayReceivable, null, new(100))], Shop.Noon);

    internal static class Sql
    {
        public const string Change = "update Posting set AmountPaise = AmountPaise * 2";

        public const string Remove = "delete from Posting";

        public const string ChangeEntry = "update JournalEntry set Description = 'other'";

        public const string RemoveEntry = "delete from JournalEntry";
    }
}
