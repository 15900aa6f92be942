using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity;

namespace Portal.Operations;

/// <summary>What needs somebody of the staff.</summary>
[Authorize(Policy = IdentityRoom.Staff)]
internal sealed class OperationsModel(Db db, TimeProvider clock) : PageModel
{
    public Trouble Trouble { get; private set; } = new([], [], []);

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public async Task OnGet() => Trouble = await Trouble.Read(db, Now);

    /// <summary>How many there are, as far as they are shown.</summary>
    public static string Count(int number) => number == Trouble.Most ? $"{number} or more" : $"{number}";
}
