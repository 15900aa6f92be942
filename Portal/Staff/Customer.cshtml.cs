using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity;

namespace Portal.Staff;

/// <summary>What the customer sees of the staff's looks into their account.</summary>
[Needs(Permissions.AuditRead)]
internal sealed class CustomerModel(StaffAccess access) : PageModel
{
    public IReadOnlyList<StaffLook> Looks { get; private set; } = [];

    public async Task OnGet() => Looks = await access.Into(HttpContext.SignedIn().AccountId);
}
