using Billing.Prices;
using Database;

namespace Billing.Ledger;

/// <summary>The id of a journal entry.</summary>
public readonly record struct JournalEntryId(string Value) : IId<JournalEntryId>
{
    /// <inheritdoc/>
    public static string Prefix => "jrn";

    /// <inheritdoc/>
    public static JournalEntryId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>One line of an entry.</summary>
/// <param name="LedgerAccount">A name from <see cref="Ledger.LedgerAccount"/>.</param>
/// <param name="AccountId">The customer's account, for accounts kept per customer.</param>
/// <param name="Amount">A debit is positive, a credit negative.</param>
public sealed record PostingLine(string LedgerAccount, string? AccountId, Money Amount);

/// <summary>Writes double entries. Nothing posted ever changes: a mistake is mended by a further entry.</summary>
public static class Journal
{
    /// <summary>Posts an entry in the caller's transaction. Lines of nothing are left out.</summary>
    /// <param name="tx">The transaction of the event that is booked.</param>
    /// <param name="occasion">Names the event, e.g. <c>invoice:inv_…</c>; unique, so that no event is booked twice.</param>
    /// <param name="description">For the person who reads the books.</param>
    /// <param name="lines">Debits and credits; they add up to zero.</param>
    /// <param name="now">The instant (UTC).</param>
    /// <exception cref="InvalidOperationException">The lines do not add up to zero, or are of several currencies.</exception>
    /// <exception cref="DuplicateKeyException">The occasion is already booked (thrown when the transaction ends).</exception>
    public static async Task<JournalEntryId> Post(
        Tx tx, string occasion, string description, IReadOnlyList<PostingLine> lines, DateTimeOffset now)
    {
        var booked = lines.Where(line => line.Amount.Paise != 0).ToList();
        var sum = Money.Sum(booked.Select(line => line.Amount));
        if (sum.Paise != 0) throw new InvalidOperationException($"The lines of '{occasion}' add up to {sum}, not to zero.");
        var id = Id.New<JournalEntryId>(now);
        await tx.Execute(Sql.InsertEntry, new { Id = id, Occasion = occasion, Description = description, Now = now });
        for (var i = 0; i < booked.Count; i++)
        {
            await tx.Execute(Sql.InsertPosting, new
            {
                EntryId = id,
                Line = i + 1,
                booked[i].LedgerAccount,
                booked[i].AccountId,
                AmountPaise = booked[i].Amount.Paise,
                booked[i].Amount.Currency,
            });
        }

        return id;
    }

    /// <summary>Whether the occasion is booked.</summary>
    public static async Task<bool> IsBooked(Tx tx, string occasion) =>
        await tx.One<int>(Sql.Booked, new { Occasion = occasion }) > 0;

    internal static class Sql
    {
        public const string InsertEntry = """
            insert into JournalEntry (Id, Occasion, Description, PostedAt)
            values (@Id, @Occasion, @Description, @Now)
            """;

        public const string InsertPosting = """
            insert into Posting (EntryId, Line, LedgerAccount, AccountId, AmountPaise, Currency)
            values (@EntryId, @Line, @LedgerAccount, @AccountId, @AmountPaise, @Currency)
            """;

        public const string Booked = "select count(*) from JournalEntry where Occasion = @Occasion";
    }
}
