using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Shell;

namespace Portal.Identity.Oidc;

/// <summary>Asks whether somebody wants to be signed out (OpenID Connect RP-Initiated Logout 1.0 section 6).</summary>
[AllowAnonymous]
internal sealed class ConfirmEndSessionModel(Clients clients, IdTokenHints hints, Db db, TimeProvider clock) : PageModel
{
    public string? ClientName { get; private set; }

    public string Query => Request.QueryString.ToString();

    public async Task<IActionResult> OnGet()
    {
        var request = await EndSession.Read(Request.Query, clients, hints);
        ClientName = request.Client?.Name;
        Allow(request.GoOn);
        return HttpContext.SignedInOrNull() is null ? this.SeeOther(request.GoOn) : Page();
    }

    public async Task<IActionResult> OnPost()
    {
        var request = await EndSession.Read(Request.Query, clients, hints);
        Allow(request.GoOn);
        if (HttpContext.SignedInOrNull() is { } signedIn) await EndSession.End(HttpContext, signedIn, db, clock.GetUtcNow());
        return this.SeeOther(request.GoOn);
    }

    private void Allow(string address)
    {
        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") HttpContext.PagePolicy().AllowFormsTo(uri);
    }
}
