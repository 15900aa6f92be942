using Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Options;
using Portal.Access;
using Portal.Identity.Factors;
using Portal.Identity.SignIn;

namespace Portal.Identity.Companies;

/// <summary>The company's own sign-in: its issuer, its domains, who gets which role, and whether there is another way in.</summary>
[Needs(Permissions.AccountManage)]
internal sealed class ManageModel(
    Db db, Issuers issuers, CompanySecrets secrets, PublicAddress address, IOptions<IdentityOptions> options, IDataProtectionProvider protection,
    TimeProvider clock) : PageModel
{
    public const string Path = "/accounts/company-sign-in";

    public static IReadOnlyList<SelectListItem> RoleItems { get; } =
        [.. CompanyRoles.Offered.Select(role => new SelectListItem(role.Name, role.Code))];

    public static IReadOnlyList<SelectListItem> Mailboxes { get; } = [.. CompanyDomain.Owners.Select(one => new SelectListItem(one + "@", one))];

    [BindProperty]
    public CompanyInput Input { get; set; } = new() { GroupsClaim = "groups", IsOn = true };

    [BindProperty]
    public string? Domain { get; set; }

    [BindProperty]
    public string? Mailbox { get; set; }

    public CompanyIssuer? Company { get; private set; }

    public IReadOnlyList<CompanyDomain> Domains { get; private set; } = [];

    public IReadOnlyList<Finding>? Findings { get; private set; }

    public string? Said { get; private set; }

    public bool IsJoined { get; private set; }

    public DateTimeOffset Now => clock.GetUtcNow();

    public string CallbackAddress => address.Of(Company is null ? $"{Paths.Callback}/…" : $"{Paths.Callback}/{Company.Id}");

    public string LogoutAddress => address.Of(BackChannelLogout.Path);

    public string SignedOutAddress => address.Of(Paths.SignedOut);

    public string JoinAddress => Paths.SignIn + QueryString.Create(new Dictionary<string, string?>
    {
        ["company"] = Company!.Id.Value,
        ["returnTo"] = Path,
        ["loginHint"] = HttpContext.SignedIn().Email,
        ["join"] = JoinTicket.New(protection, HttpContext.SignedIn(), Company.Id.Value, clock.GetUtcNow()),
    });

    public async Task OnGet(string? said)
    {
        await Show();
        if (Company is not null) Input = CompanyInput.Of(Company, await CompanyGroup.Of(db, Company.AccountId));
        Said = said switch
        {
            "saved" => "Saved. It holds from the next sign-in on.",
            "mailed" => "The mail is on its way. Whoever reads it says yes by a button.",
            "removed" => "The domain is gone. Its people sign in another way from now on.",
            _ => null,
        };
    }

    [FreshFactor("change your company's sign-in")]
    public async Task<IActionResult> OnPost()
    {
        var now = clock.GetUtcNow();
        // outside the transaction: the first secret of a new portal makes a key, which is written down too
        var secret = string.IsNullOrWhiteSpace(Input.ClientSecret) ? null : secrets.Protect(Input.ClientSecret.Trim());
        var errors = await db.Write(tx => SaveCompanyIssuer.Run(tx, HttpContext, Input, secret, now));
        if (errors.Count == 0) return this.SeeOther(Path + "?said=saved");
        foreach (var (field, message) in errors) ModelState.AddModelError($"Input.{field}", message);
        await Show();
        return Page();
    }

    public async Task<IActionResult> OnPostTry()
    {
        await OnGet(null);
        if (Company is null) return NotFound();
        Findings = await TryCompanyIssuer.Run(issuers.Anew(Company), address, HttpContext.RequestAborted);
        return Page();
    }

    [FreshFactor("ask for the proof of a domain")]
    public async Task<IActionResult> OnPostDomain()
    {
        if (await CompanyIssuer.Of(db, HttpContext.SignedIn().AccountId) is not { } company) return NotFound();
        var now = clock.GetUtcNow();
        var wrong = await db.Write(tx => ProveDomain.Ask(
            tx, HttpContext, company, Domain, Mailbox, address, options.Value.Companies.DomainLinkLength, now));
        if (wrong is null) return this.SeeOther(Path + "?said=mailed");
        ModelState.AddModelError(nameof(Domain), wrong);
        await OnGet(null);
        return Page();
    }

    [FreshFactor("remove a domain")]
    public async Task<IActionResult> OnPostRemoveDomain(string? id)
    {
        if (!Id.TryParse<CompanyDomainId>(id, out var domain)) return NotFound();
        var now = clock.GetUtcNow();
        var removed = await db.Write(tx => ProveDomain.Remove(tx, HttpContext, HttpContext.SignedIn().AccountId, domain, null, now));
        return removed ? this.SeeOther(Path + "?said=removed") : NotFound();
    }

    private async Task Show()
    {
        var signedIn = HttpContext.SignedIn();
        Company = await CompanyIssuer.Of(db, signedIn.AccountId);
        Domains = await CompanyDomain.OfAccount(db, signedIn.AccountId);
        IsJoined = await db.One<int>(SaveCompanyIssuer.Sql.Joined, new { signedIn.AccountId, signedIn.PersonId }) > 0;
    }
}
