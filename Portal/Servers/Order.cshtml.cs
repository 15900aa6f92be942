using System.Globalization;
using Billing.Orders;
using Billing.Prices;
using Billing.Tax;
using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Access;
using Portal.Approvals;
using Portal.Backups;
using Portal.Catalogue;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Servers;

/// <summary>The form for a new server: answered, reviewed with the exact tax, placed. Every step posts the same answers.</summary>
[Needs(Permissions.ServersOrder, OrAsk = true)]
internal sealed class OrderModel(
    Db db, Quote quote, PlaceOrder placeOrder, AskApproval ask, TimeProvider clock, IOptions<ServersOptions> options) : PageModel
{
    /// <summary>The answers; not checked by the framework, since a wrong one is shown again as it was typed.</summary>
    [BindProperty]
    public ServerWish Input { get; set; } = new();

    /// <summary>Tells one form from another.</summary>
    [BindProperty]
    public string? Token { get; set; }

    /// <summary>The total of the review, paise: what the customer agrees to.</summary>
    [BindProperty]
    public long? Total { get; set; }

    /// <summary>Why it is wanted, for whoever decides.</summary>
    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>They may not order it themselves.</summary>
    public bool OnlyAsks => !HttpContext.Can(Permissions.ServersOrder);

    public IReadOnlyList<Holder> Deciders { get; private set; } = [];

    public OnSale OnSale { get; private set; } = new([], [], []);

    /// <summary>Set when the answers are good and only the agreement is missing.</summary>
    public CheckedWish? Checked { get; private set; }

    public QuoteOutcome.Quoted? Quoted { get; private set; }

    public QuoteOutcome.BillingDetailsMissing? Missing { get; private set; }

    /// <summary>The total that was seen before, when it is no longer the total.</summary>
    public Money? Before { get; private set; }

    public string ReadyWithin => Shell.Words.Count(options.Value.ReadyWithin.TotalMinutes, "minute");

    public string PlaceOfSupply => $"{States.Name(Quoted!.Place.StateCode)} ({Quoted.Place.StateCode})";

    /// <summary>The rate of one head of tax, for people: half of the whole for CGST and SGST.</summary>
    public string Rate(int heads)
    {
        var bps = Quoted!.Lines[0].Price.RateBps / heads;
        return bps % 100 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bps / 100} %")
            : string.Create(CultureInfo.InvariantCulture, $"{bps / 100}.{bps % 100:00} %");
    }

    public async Task<IActionResult> OnGet(string? plan, string? region, string? image, string? backup)
    {
        await Read();
        Input = new ServerWish { Plan = plan, Region = region, Image = image };
        if (!string.IsNullOrEmpty(backup))
        {
            if (await this.Missing(Permissions.BackupsRestore, backup) is { } refused) return refused;
            if (await RestoreAsNew.Wish(db, HttpContext.SignedIn().AccountId, backup) is not { } like) return NotFound();
            Input = like;
        }

        ModelState.Clear();
        // said before anything is typed, since the details are on another page
        if (await QuoteAny() is QuoteOutcome.BillingDetailsMissing missing) Missing = missing;
        return Page();
    }

    /// <summary>Checks the answers and shows what they cost.</summary>
    public async Task<IActionResult> OnPostReview()
    {
        if (await MissingForBackup() is { } missing) return missing;
        await Read();
        await Review();
        return Page();
    }

    /// <summary>Back to the form with everything as it was.</summary>
    public async Task<IActionResult> OnPostChange()
    {
        await Read();
        return Page();
    }

    /// <summary>Asks those who decide to order it.</summary>
    public async Task<IActionResult> OnPostAsk()
    {
        if (await MissingForBackup() is { } missing) return missing;
        await Read();
        if (Reason?.Length > AskApproval.LongestReason) ModelState.AddModelError(nameof(Reason), $"Use at most {AskApproval.LongestReason} characters.");
        var agreed = Total;
        await Review();
        if (Checked is null || Quoted is null || !ModelState.IsValid) return Page();
        if (agreed != Total)
        {
            if (agreed is { } seen) Before = new Money(seen);
            return Page();
        }

        var id = await ask.Run(HttpContext, OrderOnApproval.Ask(Input, Checked, Quoted.Totals.Total, Token!, HttpContext.Access().AskTeam, Reason));
        return this.SeeOther($"/approvals/{id}");
    }

    /// <summary>Places the order and goes on to its payment.</summary>
    [Needs(Permissions.ServersOrder)]
    [FreshFactor("order this server")]
    public async Task<IActionResult> OnPostPlace()
    {
        if (await MissingForBackup() is { } missing) return missing;
        await Read();
        if (!ModelState.IsValid || Total is null)
        {
            await Review();
            return Page();
        }

        switch (await placeOrder.Run(HttpContext.SignedIn(), Input, new Money(Total.Value), Token, HttpContext.Access().OrderRights))
        {
            case PlaceOrderOutcome.Placed placed: return Pay(placed.OrderId);
            case PlaceOrderOutcome.AlreadyPlaced earlier: return Pay(earlier.OrderId);
            case PlaceOrderOutcome.PriceChanged:
                Before = new Money(Total.Value);
                await Review();
                return Page();
            case PlaceOrderOutcome.Refused refused:
                Show(refused.Refusals);
                return Page();
            case PlaceOrderOutcome.BeyondSpendLimit beyond:
                ModelState.AddModelError("", beyond.Message);
                return Page();
            case PlaceOrderOutcome.BillingDetailsMissing none:
                Missing = new QuoteOutcome.BillingDetailsMissing(none.Code, none.Message);
                return Page();
            case var outcome:
                throw new InvalidOperationException($"Placing an order ended as {outcome}, which the page does not answer.");
        }
    }

    // a backup is named in the form, so whoever fills it in must be able to restore it
    private async Task<IActionResult?> MissingForBackup() =>
        string.IsNullOrEmpty(Input.Backup) ? null : await this.Missing(Permissions.BackupsRestore, Input.Backup);

    private async Task Read()
    {
        OnSale = await OnSale.Read(db, clock.GetUtcNow());
        Token = Guid.TryParseExact(Token, "n", out _) ? Token : Guid.NewGuid().ToString("n");
    }

    private async Task Review()
    {
        var (wish, refusals) = await RestoreAsNew.Check(db, HttpContext.SignedIn().AccountId, Input, OnSale);
        Show(refusals);
        if (wish is null || refusals.Count > 0) return;
        if (OnlyAsks) Deciders = await AskApproval.Deciders(db, HttpContext, Permissions.ServersOrder, clock.GetUtcNow());
        switch (await QuoteOf(wish))
        {
            case QuoteOutcome.Quoted quoted:
                (Checked, Quoted, Total) = (wish, quoted, quoted.Totals.TotalPaise);
                ModelState.Remove(nameof(Total));
                break;
            case QuoteOutcome.BillingDetailsMissing missing:
                Missing = missing;
                break;
            case QuoteOutcome.UnknownItem:
                ModelState.AddModelError("Input.Plan", "This plan is not on sale any more. Choose one from the list.");
                break;
        }
    }

    private void Show(IEnumerable<Refusal> refusals)
    {
        foreach (var refusal in refusals)
        {
            // the framework's own words for a value it could not read say less than ours
            ModelState[$"Input.{refusal.Field}"]?.Errors.Clear();
            ModelState.AddModelError($"Input.{refusal.Field}", refusal.Message);
        }
    }

    private Task<QuoteOutcome> QuoteOf(CheckedWish wish)
    {
        var (account, now) = (HttpContext.SignedIn().AccountId, clock.GetUtcNow());
        return quote.Run(db, account.Value, placeOrder.Lines(wish, Id.New<ServerId>(now), account), now);
    }

    private async Task<QuoteOutcome?> QuoteAny()
    {
        if (OnSale is not { Offers: [var offer, ..], Regions: [var region, ..] }) return null;
        var line = new WantedLine(offer.Plan.ItemCode, region.Code, "");
        return await quote.Run(db, HttpContext.SignedIn().AccountId.Value, [line], clock.GetUtcNow());
    }

    // a post is answered by a page that can be reloaded
    private StatusCodeResult Pay(SalesOrderId order)
    {
        Response.Headers.Location = $"/pay/{order}";
        return StatusCode(StatusCodes.Status303SeeOther);
    }
}
