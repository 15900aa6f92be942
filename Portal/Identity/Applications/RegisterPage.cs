using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Factors;
using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>Registers an application of an account or of the house; its secret is shown on the page that follows and never again.</summary>
internal abstract class RegisterPage(Db db, TimeProvider clock) : PageModel
{
    private const int MostDays = 3650;

    [BindProperty]
    public Typed Input { get; set; } = new();

    /// <summary>Where the pages of the applications lie.</summary>
    public abstract string Root { get; }

    public bool IsOfHouse => Account is null;

    public bool IsService => Input.Kind == OidcClient.Service;

    public bool IsNative => Input.Kind == OidcClient.Native;

    public IEnumerable<SelectListItem> Choices => HttpContext.Givable().Select(one => new SelectListItem(one.Text, one.Code));

    /// <summary>Null for the house.</summary>
    protected abstract AccountId? Account { get; }

    public void OnGet(string? kind) => Input = new Typed { Kind = Known(kind) };

    [FreshFactor("register an application")]
    public async Task<IActionResult> OnPost(string? kind)
    {
        Input.Kind = Known(kind);
        if (Input.Kind is null) return this.SeeOther($"{Root}/new");
        ModelState.Remove("Input.Days");
        if (IsService && Input.Days is { Length: > 0 } && Input.WantedDays is null)
            ModelState.AddModelError("Input.Days", $"Enter a number of days up to {MostDays}, or nothing.");
        if (!ModelState.IsValid) return Page();
        var (secret, now) = (ApplicationSecret.New(), clock.GetUtcNow());
        var by = HttpContext.SignedIn().PersonId;
        var outcome = await db.Write(tx => RegisterApplication.Run(
            tx, Account, by, Input.Wanted(now), secret, HttpContext.MayGive, HttpContext.Entry(""), now));
        switch (outcome)
        {
            case RegisterOutcome.Registered(var id, var shown):
                if (shown is not null) OneTimeSecret.Keep(TempData, id.Value, shown);
                return this.SeeOther($"{Root}/{id}");
            case RegisterOutcome.Refused(var troubles):
                foreach (var trouble in troubles) ModelState.AddModelError($"Input.{trouble.Field}", trouble.Message);
                return Page();
            default: throw new InvalidOperationException("No such outcome.");
        }
    }

    private string? Known(string? kind) => kind is OidcClient.Web or OidcClient.Native || (kind == OidcClient.Service && !IsOfHouse) ? kind : null;

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

        public bool IsResourceServer { get; set; }

        public List<string> Permissions { get; set; } = [];

        public string? IpAllowList { get; set; }

        public string? Days { get; set; }

        internal int? WantedDays =>
            int.TryParse(Days, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var days) && days is > 0 and <= MostDays
                ? days
                : null;

        internal NewApplication Wanted(DateTimeOffset now) => new()
        {
            Kind = Kind ?? "",
            Name = Name?.Trim() ?? "",
            RedirectUris = OidcClient.Lines(RedirectUris),
            PostLogoutRedirectUris = OidcClient.Lines(PostLogoutRedirectUris),
            BackchannelLogoutUri = BackchannelLogoutUri?.Trim() ?? "",
            Jwks = Jwks?.Trim() ?? "",
            Scopes = ["profile", "email", .. Api ? ["api"] : (string[])[], .. Offline ? ["offline_access"] : (string[])[]],
            Permissions = Permissions,
            IpAllowList = IpAllowList ?? "",
            AllowDevices = AllowDevices,
            RequirePar = RequirePar,
            DpopBound = DpopBound,
            IsResourceServer = IsResourceServer,
            ExpiresAt = Kind == OidcClient.Service && WantedDays is { } days ? now.AddDays(days) : null,
        };
    }
}
