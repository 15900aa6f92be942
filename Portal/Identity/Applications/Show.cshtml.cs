using Database;
using Portal.Access;
using Portal.Accounts;

namespace Portal.Identity.Applications;

/// <summary>One application of the account.</summary>
[Needs(Permissions.TokensManage)]
internal sealed class ShowModel(Db db, PublicAddress address, TimeProvider clock) : ShowPage(db, address, clock)
{
    public override string Root => NewModel.At;

    protected override AccountId? Account => HttpContext.SignedIn().AccountId;
}
