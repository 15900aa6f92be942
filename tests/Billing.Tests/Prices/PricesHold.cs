using Billing.Prices;
using Testing;
using Xunit;

namespace Billing.Tests.Prices;

public sealed class PricesHold
{
    [Theory, Engines]
    public async Task A_price_and_a_rate_hold_from_their_instant_on(string engine)
    {
        await using var shop = await Shop.Open(engine);
        await shop.Db.Write(async tx =>
        {
            await SetPrice.Run(tx, "server.s2", Money.OfRupees(1099), new(153), counted: true, Shop.Noon.AddDays(1));
            await SetTaxRate.Run(tx, "998315", 2800, Shop.Noon.AddDays(2));
        });
        foreach (var (days, net, bps) in ((int, long, int)[])[(0, 99900, 1800), (1, 109900, 1800), (2, 109900, 2800)])
        {
            var price = await shop.Db.Snapshot(tx => Price.At(tx, "server.s2", Shop.Noon.AddDays(days)));
            Assert.Equal((net, bps, true), (price!.NetMonthlyPaise, price.RateBps, price.Counted));
            Assert.Equal(2, (await Price.All(shop.Db, Shop.Noon.AddDays(days))).Count);
        }

        Assert.Null(await shop.Db.Snapshot(tx => Price.At(tx, "server.s2", Shop.Noon.AddYears(-2))));
        Assert.Null(await shop.Db.Snapshot(tx => Price.At(tx, "server.none", Shop.Noon)));
    }

    [Theory, Engines]
    public async Task The_last_one_is_taken_once(string engine)
    {
        await using var shop = await Shop.Open(engine);
        await shop.Db.Write(tx => Stock.Set(tx, "server.s2", "blr", 3));
        var taken = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ =>
            Task.Run(() => shop.Db.Write(tx => Stock.Take(tx, "server.s2", "blr")))));
        Assert.Equal(3, taken.Count(one => one));
        Assert.Equal(0, Assert.Single(await Stock.All(shop.Db)).Available);
        await shop.Db.Write(tx => Stock.GiveBack(tx, "server.s2", "blr"));
        Assert.True(await shop.Db.Snapshot(tx => Stock.IsLeft(tx, "server.s2", "blr")));
    }
}
