using Billing.Prices;
using Billing.Tax;
using Database;

namespace Billing.Orders;

/// <summary>Something a customer wants to buy for a month.</summary>
/// <param name="ItemCode">E.g. <c>server.s2</c>.</param>
/// <param name="Region">The region's code, e.g. <c>blr</c>.</param>
/// <param name="Description">As on the invoice, at most 200 characters.</param>
public sealed record WantedLine(string ItemCode, string Region, string Description)
{
    /// <summary>The work to add when paid, e.g. <c>server.create</c>; null for a line that another line's work delivers.</summary>
    public string? WorkCommand { get; init; }

    /// <summary>The id of what the customer gets, e.g. <c>srv_…</c>; also on a line without work of its own.</summary>
    public string? WorkResource { get; init; }

    /// <summary>The work's input; <c>orderLineId</c> is added to it.</summary>
    public object? WorkInput { get; init; }

    /// <summary>How soon after payment it is promised.</summary>
    public TimeSpan? Promised { get; init; }

    /// <summary>The subscription that the line renews.</summary>
    internal string? SubscriptionId { get; init; }
}

/// <summary>A line with its price and tax.</summary>
/// <param name="Wanted">What was asked for.</param>
/// <param name="Price">The price that holds.</param>
/// <param name="Amounts">Value and taxes of the line.</param>
public sealed record QuotedLine(WantedLine Wanted, Price Price, TaxAmounts Amounts);

/// <summary>How a quote ended.</summary>
public abstract record QuoteOutcome
{
    private QuoteOutcome()
    {
    }

    /// <summary>The exact split that the invoice will show.</summary>
    /// <param name="BillingProfileId">The version of the billing details used.</param>
    /// <param name="Place">Place of supply and kind of tax.</param>
    /// <param name="Lines">In the order asked for.</param>
    /// <param name="Totals">All lines together.</param>
    public sealed record Quoted(
        string BillingProfileId, PlaceOfSupply.Decided Place, IReadOnlyList<QuotedLine> Lines, TaxAmounts Totals) : QuoteOutcome;

    /// <summary>One of the items is not for sale.</summary>
    public sealed record UnknownItem(string ItemCode) : QuoteOutcome;

    /// <summary>There are no billing details, or they cannot be invoiced.</summary>
    /// <param name="Code">Stable, e.g. <c>billing.orders.billing_details_missing</c> or <c>billing.tax.state_required</c>.</param>
    /// <param name="Message">For the customer.</param>
    public sealed record BillingDetailsMissing(string Code, string Message) : QuoteOutcome;
}

/// <summary>Says what a customer would pay: price of the instant, tax by the newest billing details.</summary>
public sealed class Quote(Supplier supplier)
{
    /// <summary>Quotes outside a transaction of one's own.</summary>
    public Task<QuoteOutcome> Run(Db db, string accountId, IReadOnlyList<WantedLine> lines, DateTimeOffset now) =>
        db.Snapshot(tx => Run(tx, accountId, lines, now));

    /// <summary>Quotes the lines for the account.</summary>
    public async Task<QuoteOutcome> Run(Tx tx, string accountId, IReadOnlyList<WantedLine> lines, DateTimeOffset now)
    {
        if (lines.Count == 0) throw new ArgumentException("A quote has at least one line.", nameof(lines));
        if (await BillingProfile.Newest(tx, accountId) is not { } profile)
        {
            return new QuoteOutcome.BillingDetailsMissing(
                "billing.orders.billing_details_missing", "Enter your billing details first: they decide the tax and stand on the invoice.");
        }

        var place = PlaceOfSupply.Decide(supplier.Gstin, profile.Buyer, supplier.HasLut(Ist.Date(now)));
        if (place is PlaceOfSupply.Refused refused) return new QuoteOutcome.BillingDetailsMissing(refused.Code, refused.Message);
        var decided = (PlaceOfSupply.Decided)place;
        var prices = new List<Price>();
        foreach (var line in lines)
        {
            if (await Price.At(tx, line.ItemCode, now) is not { } price) return new QuoteOutcome.UnknownItem(line.ItemCode);
            prices.Add(price);
        }

        var taxable = prices.Select(price => new TaxableLine(price.NetMonthlyPaise, price.Sac, price.RateBps));
        var split = TaxSplit.Of([.. taxable], decided.Nature);
        var quoted = lines.Select((line, i) => new QuotedLine(line, prices[i], split[i])).ToList();
        return new QuoteOutcome.Quoted(profile.Id, decided, quoted, TaxAmounts.Sum(split));
    }
}
