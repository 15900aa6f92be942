using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Access;
using Portal.Accounts;
using Portal.Shell;

namespace Portal.Identity.Oidc;

/// <summary>Asks whether another program may act for somebody (OpenID Connect Core 3.1.2.4).</summary>
[OwnBusiness]
internal sealed class ConsentModel(Clients clients, AuthorizeSteps steps, PublicAddress address, Db db, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? Answer { get; set; }

    /// <summary>The account the program may act in.</summary>
    [BindProperty]
    public string? Account { get; set; }

    public string ClientName { get; private set; } = "";

    public bool IsOurs { get; private set; }

    public string Who => HttpContext.SignedIn().FullName;

    public IReadOnlyList<Membership> Accounts { get; private set; } = [];

    public IEnumerable<SelectListItem> Choices => Accounts.Select(one => new SelectListItem(one.AccountName, one.AccountId.Value));

    public string AnswersTo { get; private set; } = "";

    public IReadOnlyList<string> Lines { get; private set; } = [];

    public string Query => Request.QueryString.ToString();

    public async Task<IActionResult> OnGet()
    {
        if (await Open() is not { } asked) return this.SeeOther(Authorize.Path + Query);
        await Show(asked);
        return Page();
    }

    public async Task<IActionResult> OnPost()
    {
        if (await Open() is not { } asked) return this.SeeOther(Authorize.Path + Query);
        await Show(asked);
        var now = clock.GetUtcNow();
        switch (Answer)
        {
            case "yes": return await Yes(asked, now);
            // OpenID Connect Core 3.1.2.6
            case "no": return this.SeeOther(await Authorize.Refuse(db, asked, "access_denied", "The person refused.", address, now));
            default: return Page();
        }
    }

    private async Task<IActionResult> Yes(AuthorizeRequest.Asked asked, DateTimeOffset now)
    {
        var by = HttpContext.SignedIn();
        AccountId? account = Accounts.FirstOrDefault(one => one.AccountId.Value == Account)?.AccountId;
        if (account is null && Accounts.Count > 0)
        {
            ModelState.AddModelError(nameof(Account), "Choose one of your accounts.");
            return Page();
        }

        // RFC 8252 section 8.6: only a client that is sure to be itself is let in again without asking
        if (asked.Client.IsProvenAt(asked.RedirectUri))
            await db.Write(tx => RememberedConsent.Add(tx, by.PersonId, asked.Client.Id, account, asked.Scope, now));
        return this.SeeOther(await Authorize.Approve(db, asked, by.PersonId, by, address, by.Proof, now, account));
    }

    // somebody who typed this address has still to sign in as the request wants it
    private async Task<AuthorizeRequest.Asked?> Open() =>
        await AuthorizeRequest.Read(Request.Query, clients) is AuthorizeRequest.Asked asked && await steps.Next(asked, HttpContext) is AuthorizeStep.Consent
            ? asked
            : null;

    private async Task Show(AuthorizeRequest.Asked asked)
    {
        var by = HttpContext.SignedIn();
        var all = await Membership.OpenTo(db, by);
        Accounts = asked.Client.AccountId is { } own ? [.. all.Where(one => one.AccountId == own)] : all;
        Account ??= Accounts.FirstOrDefault(one => one.AccountId == by.AccountId)?.AccountId.Value ?? (Accounts.Count > 0 ? Accounts[0].AccountId.Value : null);
        ClientName = asked.Client.Name;
        IsOurs = asked.Client.AccountId is null;
        AnswersTo = new Uri(asked.RedirectUri) is { IsLoopback: false, Host.Length: > 0 } uri ? uri.Host : "this computer";
        Lines = [.. asked.Scope.Split(' ').Select(ScopeWords.Of).Where(line => line.Length > 0)];
        HttpContext.PagePolicy().AllowFormsTo(new Uri(asked.RedirectUri));
    }
}

/// <summary>What a scope lets a program do, in words.</summary>
internal static class ScopeWords
{
    public static string Of(string scope) => scope switch
    {
        "openid" => "know that it is you",
        "profile" => "read your name",
        "email" => "read your e-mail address",
        "api" => "do everything in this account that you can do, orders and deletions included",
        "offline_access" => "go on doing so when you are not there, until you revoke it",
        _ => "",
    };
}
