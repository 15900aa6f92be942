using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Audit;
using Portal.Identity.Applications;

namespace Portal.Identity.ApiTokens;

/// <summary>The account's API tokens.</summary>
[Needs(Permissions.TokensManage)]
internal sealed class TokensModel(Db db, TimeProvider clock) : PageModel
{
    public IReadOnlyList<ApiToken> Tokens { get; private set; } = [];

    /// <summary>Right after it was made.</summary>
    public string? Secret { get; private set; }

    public async Task OnGet()
    {
        Tokens = await ApiToken.Of(db, HttpContext.SignedIn().AccountId, clock.GetUtcNow());
        Secret = OneTimeSecret.Take(TempData, ApiToken.Mark);
    }

    // one that has ended meanwhile is gone from the list, which is what was asked for
    public async Task<IActionResult> OnPost(string? id)
    {
        if (!Id.TryParse<ApiTokenId>(id, out var token)) return NotFound();
        await db.Write(tx => ApiToken.Revoke(tx, HttpContext.SignedIn().AccountId, token, HttpContext.Entry(""), clock.GetUtcNow()));
        return this.SeeOther("/accounts/tokens");
    }
}
