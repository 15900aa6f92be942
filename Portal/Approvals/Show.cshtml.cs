using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Approvals;

/// <summary>One request: what it is, what it costs, who asks and why; approving, declining, taking it back.</summary>
[OwnBusiness]
internal sealed class ShowModel(Db db, DecideApproval decide, TimeProvider clock) : PageModel
{
    private const int LongestAnswer = 400;

    [BindProperty]
    public string? Answer { get; set; }

    public Approval Approval { get; private set; } = new();

    public IReadOnlyList<Holder> Deciders { get; private set; } = [];

    public bool IsOwn => Approval.PersonId == HttpContext.SignedIn().PersonId;

    public bool MayDecide => !IsOwn && HttpContext.Can(Permissions.ApprovalsDecide);

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    public async Task<IActionResult> OnGet(string approval) => await Read(approval) ? Page() : NotFound();

    [Needs(Permissions.ApprovalsDecide)]
    [FreshFactor("approve what somebody asked for")]
    public async Task<IActionResult> OnPostApprove(string approval)
    {
        if (!await Read(approval)) return NotFound();
        return IsTooLong() ? Page() : await Said(await decide.Approve(HttpContext, Approval.Id, Answer));
    }

    [Needs(Permissions.ApprovalsDecide)]
    public async Task<IActionResult> OnPostDecline(string approval)
    {
        if (!await Read(approval)) return NotFound();
        return IsTooLong() ? Page() : await Said(await decide.Decline(HttpContext, Approval.Id, Answer));
    }

    public async Task<IActionResult> OnPostWithdraw(string approval) =>
        await Read(approval) ? await Said(await decide.Withdraw(HttpContext, Approval.Id)) : NotFound();

    private bool IsTooLong()
    {
        if (!(Answer?.Length > LongestAnswer)) return false;
        ModelState.AddModelError(nameof(Answer), $"Use at most {LongestAnswer} characters.");
        return true;
    }

    private async Task<IActionResult> Said(DecideOutcome outcome)
    {
        switch (outcome)
        {
            case DecideOutcome.Decided: return this.SeeOther($"/approvals/{Approval.Id}");
            case DecideOutcome.BeyondOwn beyond: return await this.Beyond(beyond.Permission);
            case DecideOutcome.Over: ModelState.AddModelError("", "It was decided, taken back or ran out meanwhile."); break;
            case DecideOutcome.OwnRequest: ModelState.AddModelError("", "Nobody decides what they asked for themselves. Somebody else has to."); break;
            case DecideOutcome.NotNow not: ModelState.AddModelError("", not.Message); break;
            default: return NotFound();
        }

        await Read(Approval.Id.Value);
        return Page();
    }

    private async Task<bool> Read(string approval)
    {
        var who = HttpContext.SignedIn();
        if (!Id.TryParse<ApprovalId>(approval, out var id) || await Approval.Find(db, who.AccountId, id) is not { } found) return false;
        if (found.PersonId != who.PersonId && !HttpContext.Can(Permissions.ApprovalsDecide)) return false;
        Approval = found;
        if (IsOwn && found.IsOpen(Now)) Deciders = await AskApproval.Deciders(db, HttpContext, found.Permission, Now);
        return true;
    }
}
