using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Access;
using Portal.Audit;
using Portal.Identity.Factors;
using Portal.Identity.SignIn;

namespace Portal.Identity.Sessions;

/// <summary>A person's browsers, each of which they can sign out.</summary>
[OwnBusiness]
internal sealed class SessionsModel(Db db, IOptions<IdentityOptions> options, TimeProvider clock) : PageModel
{
    public IReadOnlyList<PortalSession> Sessions { get; private set; } = [];

    public string Own => HttpContext.SignedIn().SessionId;

    public static string Browser(PortalSession session) => Devices.Name(session.UserAgent);

    public static string Through(PortalSession session) => session switch
    {
        { Issuer: { } issuer } => new Uri(issuer).Authority,
        { IssuerKey: IssuerSettings.Staff } => "Staff sign-in",
        _ => "Usual sign-in",
    };

    public async Task OnGet() =>
        Sessions = await PortalSession.SeenBy(db, HttpContext.SignedIn(), options.Value.SessionIdle, clock.GetUtcNow());

    // one that has ended meanwhile is gone from the list, which is what was asked for
    public async Task<IActionResult> OnPost(string? id)
    {
        if (!Id.TryParse<SessionId>(id, out var session)) return NotFound();
        var entry = HttpContext.Entry("identity.session_revoked", session.Value);
        await db.Write(async tx =>
        {
            if (await PortalSession.Revoke(tx, HttpContext.SignedIn(), session, clock.GetUtcNow())) await tx.Record(entry, clock.GetUtcNow());
        });
        return this.SeeOther("/accounts/sessions");
    }
}
