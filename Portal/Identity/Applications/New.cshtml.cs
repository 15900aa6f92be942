using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Access;
using Portal.Audit;
using Portal.Identity.Factors;
using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>Registers an application; its secret is shown in the answer to the post and never again.</summary>
[Needs(Permissions.TokensManage)]
internal sealed class NewModel(Db db, TimeProvider clock) : PageModel
{
    [BindProperty]
    public Typed Input { get; set; } = new();

    public bool IsService => Input.Kind == OidcClient.Service;

    public bool IsNative => Input.Kind == OidcClient.Native;

    public IEnumerable<SelectListItem> Choices => HttpContext.Givable().Select(one => new SelectListItem(one.Text, one.Code));

    public void OnGet(string? kind) => Input = new Typed { Kind = Known(kind) };

    [FreshFactor("register an application")]
    public async Task<IActionResult> OnPost(string? kind)
    {
        Input.Kind = Known(kind);
        if (Input.Kind is null) return this.SeeOther("/accounts/applications/new");
        var who = HttpContext.SignedIn();
        var secret = ApplicationSecret.New();
        var outcome = await db.Write(tx => RegisterApplication.Run(
            tx, who.AccountId, who.PersonId, Input.Wanted, secret, HttpContext.MayGive, HttpContext.Entry(""), clock.GetUtcNow()));
        switch (outcome)
        {
            case RegisterOutcome.Registered(var id, var shown):
                if (shown is not null) OneTimeSecret.Keep(TempData, id.Value, shown);
                return this.SeeOther($"/accounts/applications/{id}");
            case RegisterOutcome.Refused(var troubles):
                foreach (var trouble in troubles) ModelState.AddModelError($"Input.{trouble.Field}", trouble.Message);
                return Page();
            default: throw new InvalidOperationException("No such outcome.");
        }
    }

    private static string? Known(string? kind) => kind is OidcClient.Web or OidcClient.Native or OidcClient.Service ? kind : null;

    /// <summary>What was typed.</summary>
    public sealed class Typed
    {
        public string? Kind { get; set; }

        public string? Name { get; set; }

        public string? RedirectUris { get; set; }

        public string? PostLogoutRedirectUris { get; set; }

        public string? BackchannelLogoutUri { get; set; }

        public string? Jwks { get; set; }

        public bool Api { get; set; }

        public bool Offline { get; set; }

        public bool AllowDevices { get; set; }

        public bool RequirePar { get; set; }

        public bool DpopBound { get; set; }

        public List<string> Permissions { get; set; } = [];

        internal NewApplication Wanted => new()
        {
            Kind = Kind ?? "",
            Name = Name?.Trim() ?? "",
            RedirectUris = OidcClient.Lines(RedirectUris),
            PostLogoutRedirectUris = OidcClient.Lines(PostLogoutRedirectUris),
            BackchannelLogoutUri = BackchannelLogoutUri?.Trim() ?? "",
            Jwks = Jwks?.Trim() ?? "",
            Scopes = ["profile", "email", .. Api ? ["api"] : (string[])[], .. Offline ? ["offline_access"] : (string[])[]],
            Permissions = Permissions,
            AllowDevices = AllowDevices,
            RequirePar = RequirePar,
            DpopBound = DpopBound,
        };
    }
}
