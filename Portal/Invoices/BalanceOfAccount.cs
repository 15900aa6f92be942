using Billing.Ledger;
using Billing.Prices;
using Database;

namespace Portal.Invoices;

/// <summary>What the customer has as credit and what is owed, both sums of postings.</summary>
internal sealed record BalanceOfAccount(Money Credit, Money Owed)
{
    internal static async Task<BalanceOfAccount> Read(Db db, string account) =>
        new(await Wallet.Balance(db, account), await Billing.Ledger.Statement.Owed(db, account));
}
