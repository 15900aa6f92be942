using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Audit;
using Portal.Identity;
using Portal.Identity.Factors;
using Portal.Identity.SignUp;

namespace Portal.Staff;

/// <summary>Who belongs to the staff, for administrators.</summary>
[Authorize(Policy = StaffMay.Manage)]
internal sealed class PeopleModel(Db db, StaffPeople people) : PageModel
{
    [BindProperty]
    public string? FullName { get; set; }

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Role { get; set; }

    public string? Trouble { get; private set; }

    public IReadOnlyList<StaffPerson> People { get; private set; } = [];

    public static IEnumerable<SelectListItem> Roles => StaffRole.All.Select(role => new SelectListItem(role.Name, role.Code));

    public async Task OnGet() => People = await SetStaffRole.Everybody(db);

    [FreshFactor("invite somebody to the staff")]
    public async Task<IActionResult> OnPost()
    {
        if (string.IsNullOrWhiteSpace(FullName) || FullName.Length > 120 || FullName.Any(char.IsControl))
            ModelState.AddModelError(nameof(FullName), "Enter a name, at most 120 characters.");
        if (!EmailAddress.IsGood(Email?.Trim())) ModelState.AddModelError(nameof(Email), "Enter an e-mail address such as asha@example.in.");
        if (StaffRole.Of(Role) is null) ModelState.AddModelError(nameof(Role), "Choose a role.");
        if (!ModelState.IsValid)
        {
            await OnGet();
            return Page();
        }

        await people.Invite(HttpContext.Entry("staff.role_changed"), Email!.Trim(), FullName!.Trim(), Role!);
        return this.SeeOther("/operations/staff");
    }

    [FreshFactor("change what somebody of the staff may do")]
    public async Task<IActionResult> OnPostRole(string? id, string? role)
    {
        ModelState.Clear();
        if (!Id.TryParse<PersonId>(id, out var person) || (!string.IsNullOrEmpty(role) && StaffRole.Of(role) is null)) return NotFound();
        if (await people.Change(HttpContext.Entry("staff.role_changed"), person, string.IsNullOrEmpty(role) ? null : role)) return this.SeeOther("/operations/staff");
        Trouble = "There must be one administrator; make somebody else one first.";
        (FullName, Email, Role) = (null, null, null);
        await OnGet();
        return Page().With(StatusCodes.Status409Conflict);
    }
}
