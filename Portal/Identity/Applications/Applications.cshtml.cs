using Database;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>The account's applications and service accounts.</summary>
[Needs(Permissions.TokensManage)]
internal sealed class ApplicationsModel(Db db, TimeProvider clock) : PageModel
{
    public IReadOnlyList<OidcClient> Applications { get; private set; } = [];

    public static string KindOf(OidcClient client) => client.Kind switch
    {
        OidcClient.Web => "Web application",
        OidcClient.Native => "Native application",
        _ => "Service account",
    };

    public async Task OnGet() => Applications = await Application.Of(db, HttpContext.SignedIn().AccountId, clock.GetUtcNow());
}
