using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
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

    public bool Saved { get; private set; }

    public string Email => HttpContext.SignedIn().Email;

    public AccountId Current => HttpContext.SignedIn().AccountId;

    public bool MayRead => HttpContext.Can(Permissions.BillingRead);

    public BillingProfile? Billing { get; private set; }

    public IReadOnlyList<Membership> Memberships { get; private set; } = [];

    public IReadOnlyList<Member> Members { get; private set; } = [];

    public async Task OnGet(bool saved)
    {
        await Show();
        Saved = saved;
        if (await Person.ById(db, HttpContext.SignedIn().PersonId) is { } person) (FullName, JobTitle, Mobile) = (person.FullName, person.JobTitle, person.Mobile);
    }

    public async Task<IActionResult> OnPost()
    {
        var outcome = await EditPerson.Run(db, HttpContext.Entry("identity.profile_changed"), FullName, JobTitle, Mobile, clock.GetUtcNow());
        foreach (var (field, message) in outcome) ModelState.AddModelError(field, message);
        if (outcome.Count == 0) return this.SeeOther("/accounts?saved=true");
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

    private async Task Show()
    {
        var signedIn = HttpContext.SignedIn();
        if (MayRead) Billing = await BillingProfile.Newest(db, signedIn.AccountId);
        Memberships = await Membership.Of(db, signedIn.PersonId);
        if (HttpContext.Can(Permissions.TeamRead)) Members = await Member.Of(db, signedIn.AccountId);
    }
}
