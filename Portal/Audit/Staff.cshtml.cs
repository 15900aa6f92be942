using Database;
using Database.Audit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Accounts;
using Portal.Staff;

namespace Portal.Audit;

/// <summary>What was done in all accounts and by the house, for staff.</summary>
[Authorize(Policy = StaffMay.Audit)]
internal sealed class StaffModel(Db db, AuditKeys keys, TimeProvider clock) : PageModel
{
    // an action alone has no index of its own over all accounts: a month of it is looked through
    private const int DaysOfAction = 30;

    public EventsPage Events { get; private set; } = new("/operations/audit", new AuditSearch(), [], true, false);

    public IEnumerable<SelectListItem> Actions => AuditWords.Choices.Select(one => new SelectListItem(one.Text, one.Value, one.Value == Events.Search.Action));

    public static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", null);

    public async Task OnGet(string? account, string? before)
    {
        var asked = EventsPage.Asked(Request.Query, Id.TryParse<AccountId>(account, out var id) ? id : null);
        if (asked is { AccountId: null, PersonId: null, Resource: null, Action: { }, From: null })
            asked = asked with { From = (asked.To ?? Ist.Date(clock.GetUtcNow())).AddDays(-DaysOfAction) };
        Events = await EventsPage.Read(db, keys, "/operations/audit", asked, before);
    }
}
