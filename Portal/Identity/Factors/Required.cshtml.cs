using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Access;

namespace Portal.Identity.Factors;

/// <summary>Where people are led whose account, or whose work for the provider, asks for a second factor that this session has not shown.</summary>
[OwnBusiness]
internal sealed class RequiredModel(Db db, RequireFactor require, IOptions<IdentityOptions> options) : PageModel
{
    public const string Path = "/accounts/security/required";

    [BindProperty(SupportsGet = true)]
    public string? ReturnTo { get; set; }

    public bool IsOwnProvider => options.Value.IsOwnProvider;

    public bool IsStaff => HttpContext.SignedIn().StaffRole is not null;

    public string AccountName => HttpContext.SignedIn().AccountName;

    public string Next => QueryString.Create("ReturnTo", Texts.LocalPath(ReturnTo)).ToString();

    public string Again => GoOnModel.Confirm(Texts.LocalPath(ReturnTo));

    public async Task<IActionResult> OnGet()
    {
        var signedIn = HttpContext.SignedIn();
        if (!await require.IsMissing(signedIn)) return this.SeeOther(Texts.LocalPath(ReturnTo));
        // who has one shows it; who has none sets one up
        if (IsOwnProvider && (await PersonFactors.Of(db, signedIn.PersonId)).Any) return this.SeeOther(Again);
        return Page();
    }
}
