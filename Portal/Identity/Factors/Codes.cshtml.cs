using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;

namespace Portal.Identity.Factors;

/// <summary>Ten new recovery codes in place of the old ones.</summary>
[OwnBusiness, FreshFactor("make new recovery codes")]
internal sealed class CodesModel(ChangeFactors change, Database.Db db) : PageModel
{
    public IReadOnlyList<string> Codes { get; private set; } = [];

    public async Task<IActionResult> OnGet() =>
        (await PersonFactors.Of(db, HttpContext.SignedIn().PersonId)).Any ? Page() : this.SeeOther(SecurityModel.Path);

    public async Task<IActionResult> OnPost()
    {
        if (!(await PersonFactors.Of(db, HttpContext.SignedIn().PersonId)).Any) return this.SeeOther(SecurityModel.Path);
        Codes = await change.NewCodes(HttpContext);
        return Page();
    }
}
