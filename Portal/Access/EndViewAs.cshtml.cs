using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity;

namespace Portal.Access;

/// <summary>Ends looking as somebody else. It only takes a wish back, so it is open: while somebody looks, nothing else may be posted.</summary>
[AllowAnonymous]
internal sealed class EndViewAsModel : PageModel
{
    public IActionResult OnPost()
    {
        ViewAs.End(HttpContext);
        return this.SeeOther("/team");
    }
}
