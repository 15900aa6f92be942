using Billing.Prices;
using Database;
using Portal.Access;
using Portal.Audit;
using Portal.Identity;
using Portal.Mail;

namespace Portal.Approvals;

/// <summary>What is asked for.</summary>
/// <param name="Action">Of an <see cref="IAskable"/>.</param>
/// <param name="Permission">What doing it oneself needs.</param>
/// <param name="Key">The same wish twice is asked once.</param>
/// <param name="Summary">In one line, for people.</param>
internal sealed record NewApproval(string Action, string Permission, string Key, string Summary, Money Total)
{
    public string? Resource { get; init; }

    /// <summary>The particulars, as the action reads them.</summary>
    public string? Wish { get; init; }

    public string? Reason { get; init; }
}

/// <summary>Asks those who decide, by mail and on their page.</summary>
internal sealed class AskApproval(Db db, PublicAddress address, TimeProvider clock)
{
    public static readonly TimeSpan Length = TimeSpan.FromDays(7);
    public const int LongestReason = 400;
    private const int LongestSummary = 300;
    private const int MostAsked = 10;

    /// <summary>The request, or the earlier one of the same key.</summary>
    public async Task<ApprovalId> Run(HttpContext context, NewApproval wanted)
    {
        var (who, now) = (context.SignedIn(), clock.GetUtcNow());
        var deciders = await Deciders(db, context, wanted.Permission, now);
        var summary = Texts.Cut(wanted.Summary, LongestSummary)!;
        return await db.Write(async tx =>
        {
            if (await tx.One<string>(Approval.Sql.ByKey, new { who.AccountId, AskKey = wanted.Key }) is { } earlier) return ApprovalId.From(earlier);
            var id = Id.New<ApprovalId>(now);
            await tx.Execute(Approval.Sql.Ask, new
            {
                Id = id,
                who.AccountId,
                who.PersonId,
                wanted.Action,
                wanted.Permission,
                wanted.Resource,
                AskKey = wanted.Key,
                Summary = summary,
                Reason = string.IsNullOrWhiteSpace(wanted.Reason) ? null : wanted.Reason.Trim(),
                wanted.Wish,
                TotalPaise = wanted.Total.Paise,
                Now = now,
                ExpiresAt = now + Length,
            });
            await tx.Record(context.Entry("approvals.ask", id.Value, after: new { wanted.Action, Summary = summary, wanted.Total.Paise }, reason: wanted.Reason), now);
            foreach (var decider in deciders) await MailRoom.Queue(tx, Letter(id, decider, who, summary, wanted, now), now);
            return id;
        });
    }

    /// <summary>Who can decide it: they decide, could do it themselves, and are not the one who asks.</summary>
    public static async Task<IReadOnlyList<Holder>> Deciders(Db db, HttpContext context, string permission, DateTimeOffset now)
    {
        var who = context.SignedIn();
        var all = await Holder.Of(db, who.AccountId, [Permissions.ApprovalsDecide, permission], now);
        return [.. all.Where(one => one.PersonId != who.PersonId.Value).Take(MostAsked)];
    }

    private NewMail Letter(ApprovalId id, Holder to, SignedIn who, string summary, NewApproval wanted, DateTimeOffset now) =>
        new($"approval:{id}", to.Email, $"{who.FullName} asks you to approve {wanted.Total.Show()}", $"""
            Hello {to.FullName},

            {who.FullName} ({who.Email}) may not do this in the account {who.AccountName} without your yes:

            {summary}
            {wanted.Total.Show()}, GST included
            {(string.IsNullOrWhiteSpace(wanted.Reason) ? "" : $"\nWhy: {wanted.Reason.Trim()}\n")}
            Approve or decline it here, until {Ist.Show(now + Length)}:

            {address.Of($"/approvals/{id}")}

            Nothing happens as long as nobody approves it.
            """)
        {
            AccountId = who.AccountId.Value,
        };
}
