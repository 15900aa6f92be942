using Billing.Orders;
using Billing.Prices;
using Billing.Tax;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Catalogue;
using Portal.Identity;

namespace Portal.Servers;

/// <summary>A line of a quote or an order; amounts in whole paise.</summary>
/// <param name="RateBps">The whole GST in hundredths of a per cent.</param>
internal sealed record ApiOrderLine(
    string Item, string Region, string Description, string Sac, int RateBps, long NetPaise, long CgstPaise, long SgstPaise, long UtgstPaise,
    long IgstPaise);

/// <summary>What a month would cost: the exact split that the invoice will show, in whole paise.</summary>
/// <param name="PlaceOfSupply">State code.</param>
internal sealed record ApiQuote(
    string PlaceOfSupply, long NetPaise, long CgstPaise, long SgstPaise, long UtgstPaise, long IgstPaise, long TotalPaise, string Currency,
    IReadOnlyList<ApiOrderLine> Lines);

/// <summary><c>/api/v1/quote</c>: what a server would cost this account.</summary>
internal static class QuoteApi
{
    internal static void Map(IEndpointRouteBuilder routes) => routes.Api().MapGet("/quote", Show).Needs(Permissions.ServersOrder).WithTags("Orders")
        .WithSummary("What a server would cost a month, with the GST of the account's billing details; ?plan, ?region, ?backups (true or false).")
        .WithDescription("409 billing.orders.billing_details_missing before there are billing details, 409 portal.servers.sold_out, "
            + "422 portal.servers.invalid_order for a plan or region that is not on sale.");

    private static async Task<Results<Ok<ApiQuote>, ProblemHttpResult>> Show(
        string? plan, string? region, bool? backups, HttpContext context, Db db, Quote quote, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var onSale = await OnSale.Read(db, now);
        var (_, refusals) = CheckWish.Run(new ServerWish { Plan = plan, Region = region, Backups = backups ?? false }, onSale);
        var asked = refusals.Where(refusal => refusal.Field is nameof(ServerWish.Plan) or nameof(ServerWish.Region) or nameof(ServerWish.Backups)).ToList();
        if (asked.Count > 0) return OrdersApi.Refused(asked);
        var offer = onSale.Offer(plan)!;
        var lines = new List<WantedLine> { new(offer.Plan.ItemCode, region!, $"Virtual server {offer.Plan.Name}") };
        if (backups == true) lines.Add(new(offer.Plan.BackupItemCode, region!, $"Daily backups, {offer.Plan.Name}"));
        return await quote.Run(db, context.SignedIn().AccountId.ToString(), lines, now) switch
        {
            QuoteOutcome.Quoted quoted => TypedResults.Ok(Quoted(quoted)),
            QuoteOutcome.BillingDetailsMissing missing => ApiProblem.Of(StatusCodes.Status409Conflict, missing.Code, missing.Message),
            QuoteOutcome.UnknownItem => OrdersApi.Refused([OrdersApi.NoLongerSold]),
            var outcome => throw new InvalidOperationException($"A quote ended as {outcome}, which nobody answers."),
        };
    }

    private static ApiQuote Quoted(QuoteOutcome.Quoted quoted) => new(
        quoted.Place.StateCode, quoted.Totals.NetPaise, quoted.Totals.CgstPaise, quoted.Totals.SgstPaise, quoted.Totals.UtgstPaise,
        quoted.Totals.IgstPaise, quoted.Totals.TotalPaise, Money.Rupees, [.. quoted.Lines.Select(Line)]);

    private static ApiOrderLine Line(QuotedLine line) => Line(
        line.Wanted.ItemCode, line.Wanted.Region, line.Wanted.Description, line.Price.Sac, line.Price.RateBps, line.Amounts);

    internal static ApiOrderLine Line(string item, string region, string description, string sac, int rateBps, TaxAmounts amounts) => new(
        item, region, description, sac, rateBps, amounts.NetPaise, amounts.CgstPaise, amounts.SgstPaise, amounts.UtgstPaise, amounts.IgstPaise);
}
