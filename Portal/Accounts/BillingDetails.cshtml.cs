using Billing.Tax;
using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Access;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Accounts;

/// <summary>Who the invoices are made out to.</summary>
[Needs(Permissions.BillingRead)]
internal sealed class BillingDetailsModel(Db db, TimeProvider clock) : PageModel
{
    public static IReadOnlyList<SelectListItem> States { get; } =
        [.. Billing.Tax.States.Offered.Select(state => new SelectListItem($"{state.Name} ({state.Code})", state.Code))];

    [BindProperty]
    public BillingDetails Input { get; set; } = new();

    /// <summary>The page that sent somebody here for want of details.</summary>
    [FromQuery(Name = "returnTo")]
    public string? ReturnTo { get; set; }

    public IReadOnlyList<string> Warnings { get; private set; } = [];

    public bool Saved { get; private set; }

    public IReadOnlyList<BillingProfile> History { get; private set; } = [];

    public async Task OnGet(bool saved)
    {
        History = await BillingProfile.History(db, HttpContext.SignedIn().AccountId);
        if (History.Count == 0) return;
        Input = History[0].Details;
        Saved = saved;
        if (saved) Warnings = [.. Input.Check().Where(issue => issue.IsWarning).Select(issue => issue.Message)];
    }

    [Needs(Permissions.BillingEdit)]
    [FreshFactor("change the billing details")]
    public async Task<IActionResult> OnPost()
    {
        var signedIn = HttpContext.SignedIn();
        var now = clock.GetUtcNow();
        var outcome = await db.Write(tx => SaveBillingProfile.Run(tx, signedIn.AccountId, signedIn.PersonId, Input, now));
        if (outcome is SaveBillingOutcome.Refused refused)
        {
            foreach (var issue in refused.Issues) ModelState.AddModelError($"Input.{issue.Field}", issue.Message);
            History = await BillingProfile.History(db, signedIn.AccountId);
            return Page();
        }

        var warned = outcome is SaveBillingOutcome.Saved { Warnings.Count: > 0 } or SaveBillingOutcome.Unchanged { Warnings.Count: > 0 };
        return this.SeeOther(warned || string.IsNullOrEmpty(ReturnTo) ? "/accounts/billing?saved=true" : Texts.LocalPath(ReturnTo));
    }
}
