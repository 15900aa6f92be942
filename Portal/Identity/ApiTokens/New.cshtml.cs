using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Access;
using Portal.Audit;
using Portal.Identity.Applications;
using Portal.Identity.Factors;
using Portal.Identity.Oidc;

namespace Portal.Identity.ApiTokens;

/// <summary>Makes an API token; it is shown on the page that follows and never again.</summary>
[Needs(Permissions.TokensManage)]
internal sealed class NewModel(Db db, TimeProvider clock) : PageModel
{
    [BindProperty]
    public Typed Input { get; set; } = new();

    public IEnumerable<SelectListItem> Choices => HttpContext.Givable().Select(one => new SelectListItem(one.Text, one.Code));

    public IReadOnlyList<SelectListItem> Services { get; private set; } = [];

    public Task OnGet() => Show();

    [FreshFactor("make an API token")]
    public async Task<IActionResult> OnPost()
    {
        var secret = Secrets.NewMarked(ApiToken.Mark);
        var wanted = new NewApiToken
        {
            Name = Input.Name?.Trim() ?? "",
            Permissions = Input.Permissions,
            IpAllowList = Input.IpAllowList ?? "",
            Days = Input.Days ?? 0,
            ServiceAccount = Input.ServiceAccount,
        };
        ModelState.Remove("Input.Days");
        var who = HttpContext.SignedIn();
        var outcome = await db.Write(tx => MakeApiToken.Run(tx, who, wanted, secret, HttpContext.MayGive, HttpContext.Entry(""), clock.GetUtcNow()));
        if (outcome is MakeTokenOutcome.Refused(var troubles))
        {
            foreach (var trouble in troubles) ModelState.AddModelError($"Input.{trouble.Field}", trouble.Message);
            await Show();
            return Page();
        }

        OneTimeSecret.Keep(TempData, ApiToken.Mark, secret);
        return this.SeeOther("/accounts/tokens");
    }

    private async Task Show() => Services = [.. (await Application.Of(db, HttpContext.SignedIn().AccountId))
        .Where(one => one.Kind == OidcClient.Service)
        .Select(one => new SelectListItem(one.Name, one.Id.Value))];

    /// <summary>What was typed.</summary>
    public sealed class Typed
    {
        public string? Name { get; set; }

        public string? ServiceAccount { get; set; }

        public List<string> Permissions { get; set; } = [];

        public int? Days { get; set; } = NewApiToken.UsualDays;

        public string? IpAllowList { get; set; }
    }
}
