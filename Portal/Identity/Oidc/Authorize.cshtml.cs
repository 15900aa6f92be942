using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Portal.Identity.Oidc;

// a client's page posts here without a token of ours; a post changes nothing and becomes a GET
[AllowAnonymous, IgnoreAntiforgeryToken]
internal sealed class AuthorizeModel(Clients clients, PublicAddress address, Db db, TimeProvider clock) : PageModel
{
    public string Text { get; private set; } = "";

    public async Task<IActionResult> OnGet()
    {
        var request = AuthorizeRequest.Read(Request.Query, clients);
        if (request is AuthorizeRequest.Unanswerable unanswerable)
        {
            Text = unanswerable.Text;
            return Page().With(StatusCodes.Status400BadRequest);
        }

        return this.SeeOther(await Authorize.Answer(
            request, Request.QueryString, HttpContext.SignedInOrNull(), address, db, clock.GetUtcNow()));
    }

    // OpenID Connect Core 3.1.2.1 demands POST too. Coming from elsewhere it carries no Lax cookie; the GET that follows does
    public async Task<IActionResult> OnPost()
    {
        if (!Request.HasFormContentType) return StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var form = await Request.ReadFormAsync();
        return this.SeeOther(Authorize.Path + QueryString.Create(form));
    }
}
