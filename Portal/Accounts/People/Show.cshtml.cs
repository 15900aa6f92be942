using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Audit;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Accounts.People;

/// <summary>One person of the account: who they are, what they hold, giving and taking it, and letting them go.</summary>
[Needs(Permissions.TeamRead)]
internal sealed class ShowModel(Db db, TimeProvider clock) : PageModel
{
    [BindProperty]
    public GrantInput Input { get; set; } = new();

    public AccountPerson Person { get; private set; } = new();

    public PostalAddress? Address { get; private set; }

    public ScopeNames Names { get; private set; } = null!;

    public GrantChoices Choices { get; private set; } = GrantChoices.None;

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public bool IsOwn => Person.PersonId == HttpContext.SignedIn().PersonId;

    /// <summary>Which question a refused answer belongs to.</summary>
    public string? Asked { get; private set; }

    /// <summary>What was taken just now, to be given back.</summary>
    public AccessGrant? Taken { get; private set; }

    public async Task<IActionResult> OnGet(string person, string? taken)
    {
        if (!await Read(person)) return NotFound();
        Taken = await ChangeAccess.Taken(HttpContext, db, Person.PersonId.Value, taken);
        return Page();
    }

    [Needs(Permissions.TeamManage)]
    [FreshFactor("give access to the account")]
    public async Task<IActionResult> OnPostGive(string person)
    {
        if (!await Read(person)) return NotFound();
        var (grant, wrong) = Input.Read(Person.PersonId.Value, Now);
        foreach (var (field, message) in wrong) ModelState.AddModelError($"Input.{field}", message);
        if (grant is null) return Refuse("give");
        switch (await ChangeAccess.Give(HttpContext, db, grant, Now))
        {
            case GiveOutcome.Given: return Again();
            case GiveOutcome.UnknownRole: ModelState.AddModelError("Input.Role", "Choose a role from the list."); break;
            case GiveOutcome.UnknownScope: ModelState.AddModelError("Input.Scope", "Choose what the role reaches from the list."); break;
            case GiveOutcome.Impossible impossible: ModelState.AddModelError("Input.Role", impossible.Why); break;
            case GiveOutcome.BeyondOwn beyond: return await this.Beyond(beyond.Permission);
            default: return NotFound();
        }

        return Refuse("give");
    }

    [Needs(Permissions.TeamManage)]
    public async Task<IActionResult> OnPostTake(string person, string? grant)
    {
        if (!await Read(person) || !Id.TryParse<AccessGrantId>(grant, out var id) || Person.Grants.All(held => held.Id != id)) return NotFound();
        return await ChangeAccess.Take(HttpContext, db, id, Now) switch
        {
            TakeOutcome.LastOwner => Refuse("take", "Somebody must own the account. Make somebody else an owner first."),
            TakeOutcome.BeyondOwn beyond => await this.Beyond(beyond.Permission),
            _ => this.SeeOther($"/team/{Person.PersonId}?taken={id}"),
        };
    }

    /// <summary>Gives back what was taken.</summary>
    [Needs(Permissions.TeamManage)]
    [FreshFactor("give access to the account")]
    public async Task<IActionResult> OnPostBack(string person, string? grant)
    {
        if (!await Read(person) || await ChangeAccess.Taken(HttpContext, db, Person.PersonId.Value, grant) is not { } taken) return NotFound();
        return await ChangeAccess.Give(HttpContext, db, taken.Again(), Now) switch
        {
            GiveOutcome.BeyondOwn beyond => await this.Beyond(beyond.Permission),
            GiveOutcome.Given => Again(),
            _ => Refuse("give", "It cannot be given back: its time is over, or what it reached is gone."),
        };
    }

    /// <summary>Makes the person the owner in the place of who asks for it.</summary>
    [Needs(Permissions.AccountManage)]
    [FreshFactor("hand the account over")]
    public async Task<IActionResult> OnPostHandOver(string person, string? confirm)
    {
        if (!await Read(person) || IsOwn) return NotFound();
        var name = HttpContext.SignedIn().AccountName;
        if (!string.Equals(confirm?.Trim(), name, StringComparison.Ordinal))
            return Refuse("handover", $"Type the account's name exactly as it stands here: {name}", "confirm");
        return await ChangeAccess.HandOver(HttpContext, db, Person.PersonId, Now)
            ? Again()
            : Refuse("handover", "The account could not be handed over. Reload the page and try again.");
    }

    /// <summary>Lets somebody go.</summary>
    [Needs(Permissions.TeamManage)]
    public async Task<IActionResult> OnPostRemove(string person)
    {
        if (!await Read(person)) return NotFound();
        return await ChangeAccess.Remove(HttpContext, db, Person.PersonId, HttpContext.Access(), Now) switch
        {
            RemoveOutcome.LastOwner => Refuse("remove", "Somebody must own the account. Make somebody else an owner first."),
            RemoveOutcome.BeyondOwn beyond => await this.Beyond(beyond.Permission),
            _ => this.SeeOther("/team?removed=true"),
        };
    }

    /// <summary>Whether the account may be shown as they see it.</summary>
    public bool MayLook => ViewAs.MayLook(HttpContext.Access());

    /// <summary>Shows the account as this person sees it, without changing anything.</summary>
    [Needs(Permissions.AccountManage)]
    public async Task<IActionResult> OnPostViewAs(string person)
    {
        if (!await Read(person) || IsOwn || !MayLook) return NotFound();
        await db.Write(tx => tx.Record(HttpContext.Entry("team.view_as", Person.PersonId.Value), Now));
        ViewAs.Begin(HttpContext, Person.PersonId);
        return this.SeeOther("/accounts");
    }

    private async Task<bool> Read(string person)
    {
        var account = HttpContext.SignedIn().AccountId;
        if (!Id.TryParse<PersonId>(person, out var id) || await AccountPerson.Find(db, account, id) is not { } found) return false;
        Person = found;
        Address = await PostalAddress.Of(db, id);
        Names = await ScopeNames.Read(db, account, found.Grants.Select(grant => (grant.ScopeKind, grant.ScopeId)));
        if (HttpContext.Can(Permissions.TeamManage)) Choices = await GrantChoices.Read(db, account, HttpContext.Access());
        return true;
    }

    private PageResult Refuse(string asked, string? message = null, string field = "")
    {
        Asked = asked;
        if (message is not null) ModelState.AddModelError(field, message);
        return Page();
    }

    private IActionResult Again() => this.SeeOther($"/team/{Person.PersonId}");
}
