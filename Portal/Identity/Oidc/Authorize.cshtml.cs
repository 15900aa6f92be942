using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Portal.Identity.Oidc;

// a client's page posts here without a token of ours; a post changes nothing and becomes a GET
[AllowAnonymous, IgnoreAntiforgeryToken]
internal sealed class AuthorizeModel(Clients clients, AuthorizeSteps steps, PublicAddress address, Db db, TimeProvider clock) : PageModel
{
    private const int LongestQuery = 6000;

    public string Text { get; private set; } = "";

    public async Task<IActionResult> OnGet()
    {
        switch (await AuthorizeRequest.Read(Request.Query, clients))
        {
            case AuthorizeRequest.Unanswerable unanswerable: return No(unanswerable.Text, StatusCodes.Status400BadRequest);
            case AuthorizeRequest.Refused refused: return this.SeeOther(Authorize.Refusal(refused, address));
            case AuthorizeRequest.Asked asked: return this.SeeOther(await Answer(asked));
            default: throw new InvalidOperationException("No such outcome of reading a request.");
        }
    }

    // OpenID Connect Core 3.1.2.1 demands POST too. Coming from elsewhere it carries no Lax cookie; the GET that follows does
    public async Task<IActionResult> OnPost()
    {
        if (!Request.HasFormContentType) return StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var query = QueryString.Create(await Request.ReadFormAsync());
        // what is longer would end in a request line that the server refuses; the pushed endpoint takes it
        return query.Value?.Length > LongestQuery
            ? No("The request is too long.", StatusCodes.Status400BadRequest)
            : this.SeeOther(Authorize.Path + query);
    }

    private async Task<string> Answer(AuthorizeRequest.Asked asked)
    {
        var now = clock.GetUtcNow();
        switch (await steps.Next(asked, HttpContext))
        {
            case AuthorizeStep.SignIn: return Authorize.SignInPath + Request.QueryString;
            case AuthorizeStep.Consent: return Authorize.ConsentPath + Request.QueryString;
            case AuthorizeStep.Refuse(var error, var text): return await Authorize.Refuse(db, asked, error, text, address, now);
            case AuthorizeStep.Approve(var account):
                var by = HttpContext.SignedIn();
                return await Authorize.Approve(db, asked, by.PersonId, by, address, by.Proof, now, account);
            default: throw new InvalidOperationException("No such step.");
        }
    }

    private PageResult No(string text, int status)
    {
        Text = text;
        return Page().With(status);
    }
}
