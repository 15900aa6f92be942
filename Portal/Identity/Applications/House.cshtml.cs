using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Accounts;
using Portal.Identity.Oidc;
using Portal.Staff;

namespace Portal.Identity.Applications;

/// <summary>The house's own applications, which everybody may sign in to; for administrators.</summary>
[Authorize(Policy = StaffMay.Applications)]
internal sealed class HouseModel(Db db) : PageModel
{
    public const string At = "/operations/applications";

    public IReadOnlyList<OidcClient> Applications { get; private set; } = [];

    public async Task OnGet() => Applications = await Application.Of(db, null);
}

/// <summary>Registers an application of the house.</summary>
[Authorize(Policy = StaffMay.Applications)]
internal sealed class HouseNewModel(Db db, TimeProvider clock) : RegisterPage(db, clock)
{
    public override string Root => HouseModel.At;

    protected override AccountId? Account => null;
}

/// <summary>One application of the house.</summary>
[Authorize(Policy = StaffMay.Applications)]
internal sealed class HouseShowModel(Db db, PublicAddress address, TimeProvider clock) : ShowPage(db, address, clock)
{
    public override string Root => HouseModel.At;

    protected override AccountId? Account => null;
}
