using Database;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity;

namespace Portal.Approvals;

/// <summary>What waits for a decision and what was decided: all of it for those who decide, their own for everybody else.</summary>
[OwnBusiness]
internal sealed class IndexModel(Db db, TimeProvider clock) : PageModel
{
    private const int Most = 200;

    public IReadOnlyList<Approval> Waiting { get; private set; } = [];

    public IReadOnlyList<Approval> Before { get; private set; } = [];

    public bool Decides => HttpContext.Can(Permissions.ApprovalsDecide);

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public async Task OnGet()
    {
        var who = HttpContext.SignedIn();
        var all = await Approval.Of(db, who.AccountId, Decides ? null : who.PersonId, Most);
        Waiting = [.. all.Where(one => one.IsOpen(Now))];
        Before = [.. all.Where(one => !one.IsOpen(Now))];
    }
}
