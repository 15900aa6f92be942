using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Shell;

namespace Portal.Identity.Oidc;

/// <summary>Asks whether another program may act for somebody (OpenID Connect Core 3.1.2.4).</summary>
[OwnBusiness]
internal sealed class ConsentModel(Clients clients, PublicAddress address, Db db, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? Answer { get; set; }

    public string ClientName { get; private set; } = "";

    public string Who => HttpContext.SignedIn().FullName;

    public string AccountName => HttpContext.SignedIn().AccountName;

    public IReadOnlyList<string> Lines { get; private set; } = [];

    public string Query => Request.QueryString.ToString();

    public IActionResult OnGet()
    {
        if (AuthorizeRequest.Read(Request.Query, clients) is not AuthorizeRequest.Asked asked) return this.SeeOther(Authorize.Path + Query);
        Show(asked);
        return Page();
    }

    public async Task<IActionResult> OnPost()
    {
        if (AuthorizeRequest.Read(Request.Query, clients) is not AuthorizeRequest.Asked asked) return this.SeeOther(Authorize.Path + Query);
        Show(asked);
        var signedIn = HttpContext.SignedIn();
        return Answer switch
        {
            "yes" => this.SeeOther(await Authorize.Approve(
                db, asked, signedIn.PersonId, signedIn, address, signedIn.Proof, clock.GetUtcNow())),
            // OpenID Connect Core 3.1.2.6
            "no" => this.SeeOther(Authorize.Refusal(asked, "access_denied", "The person refused.", address)),
            _ => Page(),
        };
    }

    private void Show(AuthorizeRequest.Asked asked)
    {
        ClientName = asked.Client.Name;
        Lines = [.. asked.Scope.Split(' ').Select(Words).Where(line => line.Length > 0)];
        HttpContext.PagePolicy().AllowFormsTo(new Uri(asked.RedirectUri));
    }

    private static string Words(string scope) => scope switch
    {
        "openid" => "know that it is you",
        "profile" => "read your name",
        "email" => "read your e-mail address",
        "api" => "do everything in this account that you can do, orders and deletions included",
        "offline_access" => "go on doing so when you are not there, until you revoke it",
        _ => "",
    };
}
