using Billing.Prices;
using Database;

namespace Billing.Ledger;

/// <summary>One line of a customer's statement: what was invoiced, paid, credited.</summary>
public sealed record StatementLine
{
    /// <summary>The journal entry.</summary>
    public JournalEntryId EntryId { get; init; }

    /// <summary>The line within the entry.</summary>
    public int Line { get; init; }

    /// <summary>What it was.</summary>
    public string Description { get; init; } = "";

    /// <summary><c>customer_receivable</c> (the invoices' side) or <c>customer_wallet</c> (the credit's side).</summary>
    public string LedgerAccount { get; init; } = "";

    /// <summary>Paise; positive is owed by the customer, negative in the customer's favour.</summary>
    public long AmountPaise { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = Money.Rupees;

    /// <summary>When (UTC).</summary>
    public DateTimeOffset PostedAt { get; init; }

    /// <summary>Positive is owed by the customer, negative in the customer's favour.</summary>
    public Money Amount => new(AmountPaise, Currency);
}

/// <summary>A customer's statement of account.</summary>
public static class Statement
{
    /// <summary>The newest lines first; to go on, pass the last line's entry.</summary>
    /// <param name="db">The database.</param>
    /// <param name="accountId">The customer's account.</param>
    /// <param name="before">Only entries made before this one; null begins with the newest.</param>
    /// <param name="entries">At most this many entries; an entry is never cut in two.</param>
    public static Task<IReadOnlyList<StatementLine>> Page(Db db, string accountId, JournalEntryId? before, int entries) =>
        db.Query<StatementLine>(
            Sql.Page, new { AccountId = accountId, Before = before ?? new JournalEntryId("jrn_~"), First = 1, Last = entries });

    /// <summary>What the customer owes on invoices, in paise.</summary>
    public static async Task<Money> Owed(Db db, string accountId) =>
        new(await db.One<long>(Sql.Owed, new { AccountId = accountId }));

    internal static class Sql
    {
        public const string Page = """
            select EntryId, Line, Description, LedgerAccount, AmountPaise, Currency, PostedAt
            from (
                select p.EntryId, p.Line, e.Description, p.LedgerAccount, p.AmountPaise, p.Currency, e.PostedAt,
                    dense_rank() over (order by p.EntryId desc) as Position
                from Posting p
                join JournalEntry e on e.Id = p.EntryId
                where p.AccountId = @AccountId
                    and p.LedgerAccount in ('customer_receivable', 'customer_wallet')
                    and p.EntryId < @Before
            ) lines
            where Position between @First and @Last
            order by EntryId desc, Line
            """;

        public const string Owed = """
            select coalesce(sum(AmountPaise), 0)
            from Posting
            where AccountId = @AccountId and LedgerAccount = 'customer_receivable'
            """;
    }
}
