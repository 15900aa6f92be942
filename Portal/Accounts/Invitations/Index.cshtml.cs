using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Audit;
using Portal.Identity;
using Portal.Identity.Factors;
using Portal.Identity.SignUp;

namespace Portal.Accounts.Invitations;

/// <summary>Invitations that wait for an answer, and sending one.</summary>
[Needs(Permissions.TeamRead)]
internal sealed class IndexModel(Db db, Invite invite, TimeProvider clock) : PageModel
{
    [BindProperty]
    public GrantInput Input { get; set; } = new();

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    public IReadOnlyList<Invitation> Invitations { get; private set; } = [];

    public ScopeNames Names { get; private set; } = null!;

    public GrantChoices Choices { get; private set; } = GrantChoices.None;

    public string? SentTo { get; private set; }

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    /// <summary>An invitation was withdrawn just now.</summary>
    public bool Withdrawn { get; private set; }

    public async Task OnGet(string? sent, bool withdrawn)
    {
        await Read();
        Withdrawn = withdrawn;
        SentTo = Invitations.FirstOrDefault(invitation => invitation.Id.Value == sent)?.Email;
    }

    [Needs(Permissions.TeamManage)]
    [FreshFactor("invite somebody into the account")]
    public async Task<IActionResult> OnPost()
    {
        await Read();
        // the person is not known yet; the role is held by whoever accepts
        var (grant, wrong) = Input.Read("", Now);
        if (!EmailAddress.IsGood(Email?.Trim() ?? "")) ModelState.AddModelError(nameof(Email), Invite.EmailRule);
        foreach (var (field, message) in wrong) ModelState.AddModelError($"Input.{field}", message);
        if (grant is null || !ModelState.IsValid) return Page();
        switch (await invite.Run(HttpContext, Email, Note, grant))
        {
            case InviteOutcome.Invited invited: return this.SeeOther($"/team/invitations?sent={invited.Id}");
            case InviteOutcome.BeyondOwn beyond: return await this.Beyond(beyond.Permission);
            case InviteOutcome.Refused refused:
                ModelState.AddModelError(refused.Field is "Role" or "Scope" ? $"Input.{refused.Field}" : refused.Field, refused.Message);
                break;
        }

        return Page();
    }

    [Needs(Permissions.TeamManage)]
    [FreshFactor("invite somebody into the account")]
    public async Task<IActionResult> OnPostAgain(string? id)
    {
        if (!Id.TryParse<InvitationId>(id, out var known)) return NotFound();
        switch (await invite.Again(HttpContext, known))
        {
            case InviteOutcome.Invited: return this.SeeOther($"/team/invitations?sent={known}");
            case InviteOutcome.BeyondOwn beyond: return await this.Beyond(beyond.Permission);
            case InviteOutcome.Refused refused:
                ModelState.AddModelError("", refused.Message);
                await Read();
                return Page();
            default: return NotFound();
        }
    }

    [Needs(Permissions.TeamManage)]
    public async Task<IActionResult> OnPostWithdraw(string? id)
    {
        if (!Id.TryParse<InvitationId>(id, out var known)) return NotFound();
        var account = HttpContext.SignedIn().AccountId;
        var withdrawn = await db.Write(async tx =>
        {
            if (!await Invitation.Withdraw(tx, account, known, Now)) return false;
            await tx.Record(HttpContext.Entry("team.withdraw_invitation", known.Value), Now);
            return true;
        });
        return withdrawn ? this.SeeOther("/team/invitations?withdrawn=true") : NotFound();
    }

    private async Task Read()
    {
        var account = HttpContext.SignedIn().AccountId;
        Invitations = await Invitation.Open(db, account);
        Names = await ScopeNames.Read(db, account, Invitations.Select(invitation => (invitation.ScopeKind, invitation.ScopeId)));
        if (HttpContext.Can(Permissions.TeamManage)) Choices = await GrantChoices.Read(db, account, HttpContext.Access());
    }
}
