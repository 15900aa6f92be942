using Billing.Prices;
using Database;

namespace Billing.Ledger;

/// <summary>One account's sum over all postings.</summary>
public sealed record TrialBalanceLine
{
    /// <summary>The account of the chart.</summary>
    public string LedgerAccount { get; init; } = "";

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = Money.Rupees;

    /// <summary>Debits less credits, paise.</summary>
    public long BalancePaise { get; init; }

    /// <summary>Debits less credits.</summary>
    public Money Balance => new(BalancePaise, Currency);
}

/// <summary>The trial balance: what every account adds up to. All of it together is zero.</summary>
public static class TrialBalance
{
    /// <summary>The accounts with their balances, one state of the books.</summary>
    public static Task<IReadOnlyList<TrialBalanceLine>> Lines(Db db) => db.Query<TrialBalanceLine>(Sql.Lines);

    /// <summary>Debits less credits over everything, in paise: zero.</summary>
    public static Task<long> Total(Db db) => db.One<long>(Sql.Total);

    /// <summary>How many entries do not add up to zero: none.</summary>
    public static Task<int> Unbalanced(Db db) => db.One<int>(Sql.Unbalanced);

    internal static class Sql
    {
        public const string Lines = """
            -- all accounts: the books of the provider
            select LedgerAccount, Currency, sum(AmountPaise) as BalancePaise
            from Posting
            group by LedgerAccount, Currency
            order by LedgerAccount, Currency
            """;

        public const string Total = """
            -- all accounts: the books of the provider
            select coalesce(sum(AmountPaise), 0)
            from Posting
            """;

        public const string Unbalanced = """
            -- all accounts: the books of the provider
            select count(*)
            from (
                select EntryId
                from Posting
                group by EntryId
                having sum(AmountPaise) <> 0
            ) wrong
            """;
    }
}
