using Database;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity.Oidc;

namespace Portal.Identity.Applications;

/// <summary>The account's applications and service accounts.</summary>
[Needs(Permissions.TokensManage)]
internal sealed class ApplicationsModel(Db db) : PageModel
{
    public IReadOnlyList<OidcClient> Applications { get; private set; } = [];

    public async Task OnGet() => Applications = await Application.Of(db, HttpContext.SignedIn().AccountId);
}

/// <summary>What the list shows.</summary>
/// <param name="Root">Where the pages of the applications lie.</param>
internal sealed record ApplicationList(IReadOnlyList<OidcClient> Rows, string Root)
{
    public bool IsOfHouse => Root == HouseModel.At;

    public static string KindOf(OidcClient client) => client.Kind switch
    {
        OidcClient.Web => "Web application",
        OidcClient.Native => "Native application",
        _ => "Service account",
    };
}
