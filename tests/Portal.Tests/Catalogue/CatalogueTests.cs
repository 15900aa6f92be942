using System.Net;
using Billing.Prices;
using Portal.Tests.Servers;
using Xunit;

namespace Portal.Tests.Catalogue;

public sealed class CatalogueTests
{
    [Fact]
    public async Task A_visitor_reads_plans_regions_images_and_prices_without_account_and_without_a_cookie()
    {
        await using var portal = await ServerCustomers.StartSelling();
        using var browser = portal.NewBrowser();

        var page = await browser.Get("/");

        Assert.Equal("/catalogue", page.Address.AbsolutePath);
        Assert.Contains("S2 2 vCPU 2 GiB 50 GiB 2,000 GiB ₹599.00 ₹706.82 ₹0.83 (₹0.98) All regions Order S2", page.Words, StringComparison.Ordinal);
        Assert.Contains("Bengaluru", page.Words, StringComparison.Ordinal);
        Assert.Contains("Ubuntu 24.04 LTS", page.Words, StringComparison.Ordinal);
        Assert.Empty(browser.CookiesSet);
    }

    [Fact]
    public async Task What_is_sold_out_is_shown_as_such()
    {
        await using var portal = await ServerCustomers.StartSelling();
        await portal.Db.Write(async tx =>
        {
            foreach (var region in (string[])["blr", "bom", "del"]) await Stock.Set(tx, "server.s1", region, 0);
        });
        using var browser = portal.NewBrowser();

        var page = await browser.Get("/catalogue");

        Assert.Contains("Bengaluru, Mumbai Sold out in Delhi NCR", page.Words, StringComparison.Ordinal);
        Assert.Empty(page.Html.QuerySelectorAll("a[href*='plan=s1']"));
    }

    [Fact]
    public async Task A_price_of_tomorrow_is_not_the_price_of_today()
    {
        await using var portal = await ServerCustomers.StartSelling();
        await portal.Db.Write(tx => SetPrice.Run(tx, "server.s2", Money.OfRupees(1), new Money(1), counted: true, DateTimeOffset.UtcNow.AddDays(1)));
        using var browser = portal.NewBrowser();

        Assert.Contains("₹599.00", (await browser.Get("/catalogue")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_catalogue_is_still_a_page()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();

        var page = await browser.Get("/catalogue");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Nothing is on sale at the moment", page.Words, StringComparison.Ordinal);
    }
}
