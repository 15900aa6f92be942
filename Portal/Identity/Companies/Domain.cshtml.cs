using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Portal.Identity.Companies;

/// <summary>Where the owner of a domain says that it belongs to the company. A button, since mail filters follow links.</summary>
[AllowAnonymous]
internal sealed class DomainModel(Db db, TimeProvider clock) : PageModel
{
    public const string Path = "/sign-in/company/domain";

    public CompanyDomain? Asked { get; private set; }

    public string Token { get; private set; } = "";

    public bool Done { get; private set; }

    public async Task<IActionResult> OnGet(string? token, bool done)
    {
        Done = done;
        return done || await Find(token) ? Page() : Page().With(StatusCodes.Status410Gone);
    }

    public async Task<IActionResult> OnPost(string? token)
    {
        if (!await Find(token)) return Page().With(StatusCodes.Status410Gone);
        var now = clock.GetUtcNow();
        if (await db.Write(tx => ProveDomain.ByMail(tx, HttpContext, Token, now))) return this.SeeOther(Path + "?done=true");
        Asked = null;
        return Page().With(StatusCodes.Status410Gone);
    }

    private async Task<bool> Find(string? token)
    {
        if (token is not { Length: 43 }) return false;
        Token = token;
        Asked = await CompanyDomain.ByToken(db, token, clock.GetUtcNow());
        return Asked is not null;
    }
}
