using Billing.Prices;
using Database;
using Portal.Accounts;
using Portal.Identity;

namespace Portal.Approvals;

/// <summary>The id of something that somebody asked to be approved.</summary>
public readonly record struct ApprovalId(string Value) : IId<ApprovalId>
{
    /// <inheritdoc/>
    public static string Prefix => "apr";

    /// <inheritdoc/>
    public static ApprovalId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Something that somebody may only ask for, and what became of it.</summary>
internal sealed record Approval
{
    public const string Waiting = "waiting";
    public const string Approved = "approved";
    public const string Declined = "declined";
    public const string Withdrawn = "withdrawn";

    public ApprovalId Id { get; init; }

    public AccountId AccountId { get; init; }

    /// <summary>Who asks.</summary>
    public PersonId PersonId { get; init; }

    public string FullName { get; init; } = "";

    public string Email { get; init; } = "";

    /// <summary>One of <see cref="IAskable.Action"/>.</summary>
    public string Action { get; init; } = "";

    /// <summary>What doing it oneself needs.</summary>
    public string Permission { get; init; } = "";

    /// <summary>What it is about, if there is something yet.</summary>
    public string? Resource { get; init; }

    public string Summary { get; init; } = "";

    public string? Reason { get; init; }

    /// <summary>The particulars, as the action reads them.</summary>
    public string? Wish { get; init; }

    public long TotalPaise { get; init; }

    public string State { get; init; } = "";

    public DateTimeOffset AskedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public string? DecidedByName { get; init; }

    public string? Answer { get; init; }

    /// <summary>What came of it: an order or an invoice.</summary>
    public string? Outcome { get; init; }

    public Money Total => new(TotalPaise);

    public bool IsOpen(DateTimeOffset now) => State == Waiting && ExpiresAt > now;

    /// <summary>Word and tone of what it is now.</summary>
    public (string Word, string Tone) Shown(DateTimeOffset now) => State switch
    {
        Approved => ("Approved", "good"),
        Declined => ("Declined", "bad"),
        Withdrawn => ("Withdrawn", "quiet"),
        _ => ExpiresAt > now ? ("Waiting", "busy") : ("Expired", "warning"),
    };

    /// <summary>The newest first: all of the account, or what the person asked for.</summary>
    public static Task<IReadOnlyList<Approval>> Of(Db db, AccountId account, PersonId? by, int most) =>
        db.Some<Approval>(by is null ? Sql.OfAccount : Sql.OfPerson, new { AccountId = account, PersonId = by }, most);

    public static Task<Approval?> Find(Db db, AccountId account, ApprovalId id) => db.One<Approval>(Sql.Find, new { AccountId = account, Id = id });

    internal static class Sql
    {
        private const string Shape = """
            a.Id, a.AccountId, a.PersonId, p.FullName, p.Email, a.Action, a.Permission, a.Resource, a.Summary, a.Reason, a.Wish, a.TotalPaise,
                a.State, a.AskedAt, a.ExpiresAt, a.DecidedAt, d.FullName as DecidedByName, a.Answer, a.Outcome
            from Approval a
                join Person p on p.Id = a.PersonId
                left join Person d on d.Id = a.DecidedBy
            """;

        public const string OfAccount = $"""
            select {Shape}
            where a.AccountId = @AccountId
            order by a.AskedAt desc, a.Id
            """;

        public const string OfPerson = $"""
            select {Shape}
            where a.AccountId = @AccountId
                and a.PersonId = @PersonId
            order by a.AskedAt desc, a.Id
            """;

        public const string Find = $"""
            select {Shape}
            where a.AccountId = @AccountId
                and a.Id = @Id
            """;

        public const string ByKey = "select Id from Approval where AccountId = @AccountId and AskKey = @AskKey";

        public const string Ask = """
            insert into Approval (Id, AccountId, PersonId, Action, Permission, Resource, AskKey, Summary, Reason, Wish, TotalPaise, State, AskedAt, ExpiresAt)
            values (@Id, @AccountId, @PersonId, @Action, @Permission, @Resource, @AskKey, @Summary, @Reason, @Wish, @TotalPaise, 'waiting', @Now, @ExpiresAt)
            """;

        // decided once: of two who press at once, one finds nothing waiting
        public const string Decide = """
            update Approval
            set State = @State, DecidedAt = @Now, DecidedBy = @By, Answer = @Answer
            where AccountId = @AccountId
                and Id = @Id
                and State = 'waiting'
                and ExpiresAt > @Now
            """;

        public const string Finish = "update Approval set Outcome = @Outcome where AccountId = @AccountId and Id = @Id";
    }
}
