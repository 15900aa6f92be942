using Billing.Prices;
using Database;

namespace Billing.Ledger;

/// <summary>A customer's credit. Its balance is a sum of postings; spending is serialised by one row per customer.</summary>
public static class Wallet
{
    /// <summary>The credit that is left.</summary>
    public static async Task<Money> Balance(Db db, string accountId) =>
        new(await db.One<long>(Sql.Balance, new { AccountId = accountId }));

    /// <summary>
    /// The credit that is left, held still until the transaction ends: every spender takes the customer's row first, so two of them
    /// can never both see the same credit. Lock order everywhere: work item, wallet, sales order, stock, number series.
    /// </summary>
    public static async Task<Money> Hold(Tx tx, string accountId)
    {
        if (await tx.Execute(Sql.Turn, new { AccountId = accountId }) == 0)
        {
            await tx.Execute(Sql.Insert, new { AccountId = accountId });
            await tx.Execute(Sql.Turn, new { AccountId = accountId });
        }

        return new(await tx.One<long>(Sql.Balance, new { AccountId = accountId }));
    }

    internal static class Sql
    {
        public const string Balance = """
            select coalesce(-sum(AmountPaise), 0)
            from Posting
            where AccountId = @AccountId and LedgerAccount = 'customer_wallet'
            """;

        public const string Turn = "update WalletLock set Turn = Turn + 1 where AccountId = @AccountId";

        public const string Insert = """
            insert into WalletLock (AccountId, Turn)
            select @AccountId, 0
            where not exists (select 1 from WalletLock where AccountId = @AccountId)
            """;
    }
}
