using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Audit;
using Portal.Identity;

namespace Portal.Access;

/// <summary>Ends looking as somebody else. It only takes a wish back, so it is open: while somebody looks, nothing else may be posted.</summary>
[AllowAnonymous]
internal sealed class EndViewAsModel(Db db, TimeProvider clock) : PageModel
{
    public async Task<IActionResult> OnPost()
    {
        if (HttpContext.Features.Get<ViewAs>() is { } viewed)
            await db.Write(tx => tx.Record(HttpContext.Entry("team.view_as_ended", viewed.PersonId.Value), clock.GetUtcNow()));
        ViewAs.End(HttpContext);
        return this.SeeOther("/team");
    }
}
