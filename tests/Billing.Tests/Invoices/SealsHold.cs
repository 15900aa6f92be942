using Billing.Invoices;
using Database;
using Microsoft.Data.Sqlite;
using Testing;
using Xunit;

namespace Billing.Tests.Invoices;

public sealed class SealsHold
{
    [Theory, Engines]
    public async Task Sealed_documents_verify_and_further_ones_extend_the_chain(string engine)
    {
        await using var shop = await Shop.Open(engine);
        var account = await shop.Customer("asha");
        var invoice = await shop.Paid(account, "pay_1");
        await shop.Db.Write(tx => shop.IssueCreditNote.Run(tx, account, invoice, "Not delivered", Shop.Noon));
        Assert.Equal(new SealReport(0, []).Documents, (await VerifyDocuments.Run(shop.Db)).Documents);
        await Task.WhenAll(Seal(shop), Seal(shop));
        for (var i = 2; i < 5; i++) await shop.Paid(account, $"pay_{i}");
        await Seal(shop);
        var report = await VerifyDocuments.Run(shop.Db);
        Assert.Equal((5, 0), ((int)report.Documents, report.Faults.Count));
        Assert.Equal(0, await VerifyDocuments.Print(shop.Db, TextWriter.Null));
    }

    [Fact]
    public async Task A_document_changed_behind_the_portal_s_back_shows()
    {
        await using var shop = await Shop.Open("SQLite");
        var account = await shop.Customer("asha");
        for (var i = 0; i < 3; i++) await shop.Paid(account, $"pay_{i}");
        await Seal(shop);
        using (var intruder = new SqliteConnection($"Data Source={((SqliteEngine)shop.Db.Engine).File};Pooling=False"))
        {
            intruder.Open();
            using var command = intruder.CreateCommand();
            command.CommandText = """
                drop trigger TR_TaxDocument_no_update;
                update TaxDocument set BuyerName = 'Somebody else' where SeriesNumber = 2;
                """;
            command.ExecuteNonQuery();
        }

        Assert.Contains("was changed", Assert.Single((await VerifyDocuments.Run(shop.Db)).Faults), StringComparison.Ordinal);
        Assert.Equal(1, await VerifyDocuments.Print(shop.Db, TextWriter.Null));
    }

    private static async Task Seal(Shop shop)
    {
        foreach (var series in await shop.Db.Query<SealDocuments.Series>(SealDocuments.Sql.Unsealed))
            await SealDocuments.SealNext(shop.Db, series, Shop.Noon);
    }
}
