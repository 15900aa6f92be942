using Billing.Tax;
using Database;
using Portal.Audit;
using Portal.Identity;

namespace Portal.Accounts;

/// <summary>What became of billing details.</summary>
internal abstract record SaveBillingOutcome
{
    private SaveBillingOutcome()
    {
    }

    /// <param name="Warnings">Saved, but worth a second look.</param>
    public sealed record Saved(BillingProfileId Id, IReadOnlyList<BillingIssue> Warnings) : SaveBillingOutcome;

    /// <summary>They are what was saved before: no new version. A second submit ends here.</summary>
    public sealed record Unchanged(BillingProfileId Id, IReadOnlyList<BillingIssue> Warnings) : SaveBillingOutcome;

    /// <summary>The errors, one or more for a field.</summary>
    public sealed record Refused(IReadOnlyList<BillingIssue> Issues) : SaveBillingOutcome;
}

/// <summary>Checks billing details and keeps them as a new version; used by the page, the API and the demo.</summary>
internal static class SaveBillingProfile
{
    public static async Task<SaveBillingOutcome> Run(Tx tx, AccountId account, PersonId by, BillingDetails typed, DateTimeOffset now)
    {
        var issues = typed.Check();
        if (issues.Any(issue => !issue.IsWarning)) return new SaveBillingOutcome.Refused([.. issues.Where(issue => !issue.IsWarning)]);
        var details = typed.Normalised();
        var newest = await tx.One<BillingProfile>(BillingProfile.Sql.Newest, new { AccountId = account });
        if (newest is not null && newest.Details == details) return new SaveBillingOutcome.Unchanged(newest.Id, issues);
        var id = Id.New<BillingProfileId>(now);
        await tx.Execute(BillingProfile.Sql.Add, new
        {
            Id = id,
            AccountId = account,
            Version = (newest?.Version ?? 0) + 1,
            details.LegalName,
            details.Gstin,
            details.Pan,
            details.IsSez,
            details.StateCode,
            details.Address1,
            details.Address2,
            details.City,
            details.Pin,
            details.Mobile,
            details.Purpose,
            Now = now,
            CreatedBy = by,
        });
        await tx.Record(
            new AuditEntry("accounts.billing_changed") { AccountId = account, PersonId = by, Resource = id.Value, Before = newest?.Details.Masked(), After = details.Masked() }, now);
        return new SaveBillingOutcome.Saved(id, issues);
    }
}
