using System.Globalization;
using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Portal.Catalogue;

/// <summary>What is on sale, for anybody, without a cookie.</summary>
[AllowAnonymous]
internal sealed class CatalogueModel(Db db, TimeProvider clock) : PageModel
{
    public OnSale OnSale { get; private set; } = new([], [], []);

    public bool HasBackups => OnSale.Offers.Any(offer => offer.BackupPrice is not null);

    public string GstPercent => (OnSale.Offers.Count > 0 ? OnSale.Offers[0].Price.RateBps : 0) switch
    {
        var bps when bps % 100 == 0 => (bps / 100).ToString(CultureInfo.InvariantCulture),
        var bps => string.Create(CultureInfo.InvariantCulture, $"{bps / 100}.{bps % 100:00}"),
    };

    public string Places(Offer offer) =>
        string.Join(", ", OnSale.Regions.Where(region => offer.IsLeftIn(region.Code)).Select(region => region.Name));

    public string SoldOut(Offer offer) =>
        string.Join(", ", OnSale.Regions.Where(region => !offer.IsLeftIn(region.Code)).Select(region => region.Name));

    public async Task OnGet() => OnSale = await OnSale.Read(db, clock.GetUtcNow());
}
