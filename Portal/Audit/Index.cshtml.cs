using Database;
using Database.Audit;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Access;
using Portal.Accounts;
using Portal.Identity;

namespace Portal.Audit;

/// <summary>What was done in the customer's account.</summary>
[Needs(Permissions.AuditRead)]
internal sealed class IndexModel(Db db, AuditKeys keys) : PageModel
{
    public EventsPage Events { get; private set; } = new("/audit", new AuditSearch(), [], true, false);

    public IReadOnlyList<SelectListItem> People { get; private set; } = [];

    public IEnumerable<SelectListItem> Actions => AuditWords.Choices.Select(one => new SelectListItem(one.Text, one.Value, one.Value == Events.Search.Action));

    public static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", null);

    public async Task OnGet(string? before)
    {
        var account = HttpContext.SignedIn().AccountId;
        Events = await EventsPage.Read(db, keys, "/audit", EventsPage.Asked(Request.Query, account), before);
        People = [.. (await Member.Of(db, account)).Select(one => new SelectListItem(one.FullName, one.PersonId.Value, one.PersonId == Events.Search.PersonId))];
    }
}
