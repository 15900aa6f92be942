using Database;
using Portal.Access;
using Portal.Accounts;

namespace Portal.Identity.Applications;

/// <summary>Registers an application of the account.</summary>
[Needs(Permissions.TokensManage)]
internal sealed class NewModel(Db db, TimeProvider clock) : RegisterPage(db, clock)
{
    public const string At = "/accounts/applications";

    public override string Root => At;

    protected override AccountId? Account => HttpContext.SignedIn().AccountId;
}
