using Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity.Sessions;
using Portal.Identity.SignIn;

namespace Portal.Identity.Factors;

/// <summary>Where somebody goes on who was asked once more who they are: to the page, or with the form that they had sent.</summary>
[OwnBusiness]
internal sealed class GoOnModel(Freshness fresh, Db db, IDataProtectionProvider protection, TimeProvider clock) : PageModel
{
    public const string Path = "/accounts/go-on";

    public bool IsFresh { get; private set; }

    public ParkedForm? Form { get; private set; }

    public string Again => Confirm(Path + Request.QueryString);

    /// <summary>The way there: a sign-in that must be fresh, then back here.</summary>
    public static string Confirm(string back) => Paths.SignIn + QueryString.Create(
        [KeyValuePair.Create("returnTo", (string?)back), KeyValuePair.Create("fresh", (string?)"true")]);

    public async Task<IActionResult> OnGet(string? form, string? to)
    {
        IsFresh = await fresh.Is(HttpContext.SignedIn());
        if (!IsFresh) return Page().With(StatusCodes.Status403Forbidden);
        if (string.IsNullOrEmpty(form)) return this.SeeOther(Texts.LocalPath(to));
        Form = await ParkedForm.Find(db, protection, SessionId.From(HttpContext.SignedIn().SessionId), form, clock.GetUtcNow());
        return Form is null ? Page().With(StatusCodes.Status410Gone) : Page();
    }
}
