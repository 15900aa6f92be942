using Database;
using Portal.Access;
using Portal.Audit;
using Portal.Identity;
using Portal.Mail;

namespace Portal.Approvals;

/// <summary>How deciding ended.</summary>
internal abstract record DecideOutcome
{
    private DecideOutcome()
    {
    }

    /// <param name="Outcome">What came of a yes.</param>
    public sealed record Decided(string? Outcome) : DecideOutcome;

    /// <summary>Decided, withdrawn or expired before.</summary>
    public sealed record Over : DecideOutcome;

    /// <summary>Nobody approves their own request.</summary>
    public sealed record OwnRequest : DecideOutcome;

    /// <summary>Nobody approves what they could not do.</summary>
    public sealed record BeyondOwn(string Permission) : DecideOutcome;

    /// <summary>It cannot be done now; it goes on waiting.</summary>
    public sealed record NotNow(string Message) : DecideOutcome;

    public sealed record Unknown : DecideOutcome;
}

/// <summary>
/// Says yes or no to what somebody asked for. A yes and what it is a yes to are one transaction, so it is carried out once or not at all.
/// </summary>
internal sealed class DecideApproval(Db db, AccessMaps maps, IEnumerable<IAskable> askables, PublicAddress address, TimeProvider clock)
{
    public async Task<DecideOutcome> Approve(HttpContext context, ApprovalId id, string? answer)
    {
        var (who, access, now) = (context.SignedIn(), context.Access(), clock.GetUtcNow());
        if (await Approval.Find(db, who.AccountId, id) is not { } approval) return new DecideOutcome.Unknown();
        if (!approval.IsOpen(now)) return new DecideOutcome.Over();
        if (approval.PersonId == who.PersonId) return new DecideOutcome.OwnRequest();
        if (!access.CanOnAll(approval.Permission)) return new DecideOutcome.BeyondOwn(approval.Permission);
        if (!await MakerStillMay(approval, now)) return new DecideOutcome.NotNow($"{approval.FullName} may no longer ask for this.");
        var run = await askables.First(one => one.Action == approval.Action).Prepare(approval, now);
        var limit = access.SpendLimitPaise(approval.Permission);
        try
        {
            return await db.Write<DecideOutcome>(async tx =>
            {
                if (!await Decide(tx, who, id, Approval.Approved, answer, now)) return new DecideOutcome.Over();
                switch (await run(tx))
                {
                    case AskedOutcome.NotNow not: throw new NotNowException(not.Message);
                    case AskedOutcome.Done done:
                        var beyond = await SpendLimit.Count(tx, who.AccountId, who.PersonId, done.Order, approval.Total, limit, now);
                        if (beyond is not null) throw new BeyondLimitException(beyond);
                        await tx.Execute(Approval.Sql.Finish, new { who.AccountId, Id = id, Outcome = done.Id });
                        await tx.Record(context.Entry("approvals.approve", id.Value, after: new { approval.Summary, Outcome = done.Id }, reason: answer), now);
                        await MailRoom.Queue(tx, Letter(approval, who, "approved", answer), now);
                        return new DecideOutcome.Decided(done.Id);
                    case var other: throw new InvalidOperationException($"What was approved ended as {other}, which nobody answers.");
                }
            });
        }
        catch (NotNowException not)
        {
            return new DecideOutcome.NotNow(not.Message);
        }
        catch (BeyondLimitException limited)
        {
            return new DecideOutcome.NotNow(limited.Beyond.Message);
        }
    }

    public async Task<DecideOutcome> Decline(HttpContext context, ApprovalId id, string? answer)
    {
        var (who, now) = (context.SignedIn(), clock.GetUtcNow());
        if (await Approval.Find(db, who.AccountId, id) is not { } approval) return new DecideOutcome.Unknown();
        if (approval.PersonId == who.PersonId) return new DecideOutcome.OwnRequest();
        return await db.Write<DecideOutcome>(async tx =>
        {
            if (!await Decide(tx, who, id, Approval.Declined, answer, now)) return new DecideOutcome.Over();
            await tx.Record(context.Entry("approvals.decline", id.Value, after: new { approval.Summary }, reason: answer), now);
            await MailRoom.Queue(tx, Letter(approval, who, "declined", answer), now);
            return new DecideOutcome.Decided(null);
        });
    }

    /// <summary>Who asked takes it back.</summary>
    public async Task<DecideOutcome> Withdraw(HttpContext context, ApprovalId id)
    {
        var (who, now) = (context.SignedIn(), clock.GetUtcNow());
        if (await Approval.Find(db, who.AccountId, id) is not { } approval || approval.PersonId != who.PersonId) return new DecideOutcome.Unknown();
        return await db.Write<DecideOutcome>(async tx =>
        {
            if (!await Decide(tx, who, id, Approval.Withdrawn, null, now)) return new DecideOutcome.Over();
            await tx.Record(context.Entry("approvals.withdraw", id.Value, after: new { approval.Summary }), now);
            return new DecideOutcome.Decided(null);
        });
    }

    private static async Task<bool> Decide(Tx tx, SignedIn who, ApprovalId id, string state, string? answer, DateTimeOffset now) =>
        await tx.Execute(Approval.Sql.Decide, new { who.AccountId, Id = id, State = state, By = who.PersonId, Answer = answer, Now = now }) == 1;

    private async Task<bool> MakerStillMay(Approval approval, DateTimeOffset now)
    {
        var maker = new RequestAccess(await maps.Now(approval.AccountId, approval.PersonId.Value), null, now);
        var on = approval.Resource is { } resource ? await KnownResources.ServerOf(db, approval.AccountId, resource) : null;
        return maker.Check(approval.Permission, on) != Verdict.Refused;
    }

    private NewMail Letter(Approval approval, SignedIn who, string word, string? answer) =>
        new($"approval:{approval.Id}:{word}", approval.Email, $"{who.FullName} {word} what you asked for", $"""
            Hello {approval.FullName},

            {who.FullName} {word} this in the account {who.AccountName}:

            {approval.Summary}
            {approval.Total.Show()}, GST included
            {(string.IsNullOrWhiteSpace(answer) ? "" : $"\n{answer.Trim()}\n")}
            See it here:

            {address.Of($"/approvals/{approval.Id}")}
            """)
        {
            AccountId = approval.AccountId.Value,
        };

    // takes the yes back with everything that was done for it
    private sealed class NotNowException(string message) : Exception(message);
}
