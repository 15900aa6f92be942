using Billing.Prices;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Api;

namespace Portal.Catalogue;

/// <summary>What an item costs, without GST and with it, in whole paise.</summary>
internal sealed record ApiPrice(long NetMonthlyPaise, long MonthlyPaise, long NetHourlyPaise, long HourlyPaise, string Currency, int GstBps);

/// <summary>A plan on sale.</summary>
internal sealed record ApiPlan(
    string Code, string Name, string Kind, int Vcpu, int MemoryMib, int DiskGib, int TransferGib, ApiPrice Price, ApiPrice? BackupPrice,
    IReadOnlyList<string> SoldOutIn);

/// <summary>A region that takes new servers.</summary>
internal sealed record ApiRegion(string Code, string Name, string City, string StateCode);

/// <summary>An image to boot.</summary>
internal sealed record ApiImage(string Code, string Name, string Family);

/// <summary>Everything that can be ordered now.</summary>
internal sealed record ApiCatalogue(IReadOnlyList<ApiPlan> Plans, IReadOnlyList<ApiRegion> Regions, IReadOnlyList<ApiImage> Images);

/// <summary><c>/api/v1/catalogue</c>: the catalogue, for everybody.</summary>
internal static class CatalogueApi
{
    internal static void Map(IEndpointRouteBuilder routes) => routes.Api().MapGet("/catalogue", Show)
        .WithTags("Catalogue").WithSummary("Plans, regions, images and prices. Needs no token.").AllowAnonymous();

    private static async Task<Ok<ApiCatalogue>> Show(Db db, TimeProvider clock)
    {
        var onSale = await OnSale.Read(db, clock.GetUtcNow());
        return TypedResults.Ok(new ApiCatalogue(
            [.. onSale.Offers.Select(Plan)],
            [.. onSale.Regions.Select(region => new ApiRegion(region.Code, region.Name, region.City, region.StateCode))],
            [.. onSale.Images.Select(image => new ApiImage(image.Code, image.Name, image.Family))]));
    }

    private static ApiPlan Plan(Offer offer) => new(
        offer.Plan.Code, offer.Plan.Name, offer.Plan.Kind, offer.Plan.Vcpu, offer.Plan.MemoryMib, offer.Plan.DiskGib, offer.Plan.TransferGib,
        Price(offer.Price), offer.BackupPrice is null ? null : Price(offer.BackupPrice), [.. offer.SoldOutIn.Order(StringComparer.Ordinal)]);

    private static ApiPrice Price(Price price) => new(
        price.NetMonthlyPaise, price.GrossMonthly.Paise, price.NetHourlyPaise, price.GrossHourly.Paise, price.Currency, price.RateBps);
}
