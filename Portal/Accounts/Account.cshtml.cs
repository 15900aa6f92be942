using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Accounts.People;
using Portal.Audit;
using Portal.Identity;
using Portal.Identity.Sessions;

namespace Portal.Accounts;

/// <summary>The account at a glance: who pays, who belongs to it, and the person's own particulars.</summary>
[OwnBusiness]
internal sealed class AccountModel(Db db, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? FullName { get; set; }

    [BindProperty]
    public string? JobTitle { get; set; }

    [BindProperty]
    public string? Mobile { get; set; }

    [BindProperty]
    public string? Line1 { get; set; }

    [BindProperty]
    public string? Line2 { get; set; }

    [BindProperty]
    public string? City { get; set; }

    [BindProperty]
    public string? PostCode { get; set; }

    [BindProperty]
    public string? Country { get; set; }

    /// <summary>The question whether to leave stays open, because its answer was refused.</summary>
    public bool MustStay { get; private set; }

    public bool Saved { get; private set; }

    public string Email => HttpContext.SignedIn().Email;

    public AccountId Current => HttpContext.SignedIn().AccountId;

    public bool MayRead => HttpContext.Can(Permissions.BillingRead);

    public BillingProfile? Billing { get; private set; }

    public IReadOnlyList<Membership> Memberships { get; private set; } = [];

    /// <summary>Whoever opened an account alone has nothing to leave.</summary>
    public bool HasOthers { get; private set; }

    public async Task OnGet(bool saved)
    {
        await Show();
        Saved = saved;
        var own = HttpContext.SignedIn().PersonId;
        if (await Person.ById(db, own) is { } person) (FullName, JobTitle, Mobile) = (person.FullName, person.JobTitle, person.Mobile);
        if (await PostalAddress.Of(db, own) is { } at) (Line1, Line2, City, PostCode, Country) = (at.Line1, at.Line2, at.City, at.PostCode, at.Country);
    }

    public async Task<IActionResult> OnPost()
    {
        var address = new PostalAddress
        {
            Line1 = Line1?.Trim() ?? "",
            Line2 = string.IsNullOrWhiteSpace(Line2) ? null : Line2.Trim(),
            City = City?.Trim() ?? "",
            PostCode = PostCode?.Trim() ?? "",
            Country = string.IsNullOrWhiteSpace(Country) ? "India" : Country.Trim(),
        };
        foreach (var (field, message) in address.Wrong()) ModelState.AddModelError(field, message);
        var own = HttpContext.SignedIn().PersonId;
        if (ModelState.IsValid)
        {
            var outcome = await EditPerson.Run(db, HttpContext.Entry("identity.profile_changed"), FullName, JobTitle, Mobile, clock.GetUtcNow());
            foreach (var (field, message) in outcome) ModelState.AddModelError(field, message);
        }

        if (ModelState.IsValid)
        {
            var now = clock.GetUtcNow();
            await db.Write(async tx =>
            {
                if (await address.Save(tx, own, now)) await tx.Record(HttpContext.Entry("accounts.edit_person", own.Value), now);
            });
            return this.SeeOther("/accounts?saved=true");
        }

        await Show();
        return Page();
    }

    public async Task<IActionResult> OnPostSwitch(string? account)
    {
        var signedIn = HttpContext.SignedIn();
        if (!Id.TryParse<AccountId>(account, out var to)) return NotFound();
        var entry = HttpContext.Entry("accounts.switched", to.Value) with { AccountId = to };
        var moved = await db.Write(async tx =>
        {
            if (!await PortalSession.Switch(tx, SessionId.From(signedIn.SessionId), signedIn.PersonId, to)) return false;
            await tx.Record(entry, clock.GetUtcNow());
            return true;
        });
        return moved ? this.SeeOther("/servers") : NotFound();
    }

    /// <summary>Leaves the account that is shown.</summary>
    public async Task<IActionResult> OnPostLeave(string? confirm)
    {
        var who = HttpContext.SignedIn();
        if (who.AccountId.Value is not { Length: > 0 }) return NotFound();
        if (!string.Equals(confirm?.Trim(), who.AccountName, StringComparison.Ordinal))
        {
            MustStay = true;
            ModelState.AddModelError("confirm", $"Type the account's name exactly as it stands here: {who.AccountName}");
            await OnGet(saved: false);
            return Page();
        }

        if (await ChangeAccess.Remove(HttpContext, db, who.PersonId, remover: null, clock.GetUtcNow()) is RemoveOutcome.LastOwner)
        {
            MustStay = true;
            ModelState.AddModelError("", "Somebody must own the account. Hand it over to somebody else first, on their page under Team.");
            await OnGet(saved: false);
            return Page();
        }

        return this.SeeOther("/accounts");
    }

    private async Task Show()
    {
        var signedIn = HttpContext.SignedIn();
        if (MayRead) Billing = await BillingProfile.Newest(db, signedIn.AccountId);
        Memberships = await Membership.OpenTo(db, signedIn);
        HasOthers = (await Member.Of(db, signedIn.AccountId)).Count > 1;
    }
}
