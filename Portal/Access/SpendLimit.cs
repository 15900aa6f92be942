using Billing.Prices;
using Database;
using Portal.Accounts;
using Portal.Identity;

namespace Portal.Access;

/// <summary>An order would go beyond what somebody may spend this month.</summary>
/// <param name="Limit">For the month, in India's calendar.</param>
/// <param name="Spent">What they have ordered this month and is not expired or cancelled.</param>
internal sealed record BeyondLimit(Money Limit, Money Spent)
{
    public const string Code = "portal.access.spend_limit_reached";

    public Money Left => new(Math.Max(0, Limit.Paise - Spent.Paise));

    public string Message => $"You may spend {Limit.Show()} a month, and {Left.Show()} of it is left. Whoever manages your team can raise the limit.";
}

/// <summary>Takes back, with the whole transaction, what had to be done to know its price.</summary>
internal sealed class BeyondLimitException(BeyondLimit beyond) : Exception(beyond.Message)
{
    public BeyondLimit Beyond { get; } = beyond;
}

/// <summary>
/// Counts orders against a monthly spend limit, in the transaction that places or pays them. An order that expires or is cancelled gives its
/// share back by itself, since what counts are the orders that live.
/// </summary>
internal static class SpendLimit
{
    /// <summary>Null when the order fits or no limit holds; the caller gives the order up otherwise.</summary>
    public static async Task<BeyondLimit?> Count(Tx tx, AccountId account, PersonId person, string order, Money total, long? limit, DateTimeOffset now)
    {
        var today = Ist.Date(now);
        var args = new
        {
            AccountId = account,
            PersonId = person,
            Month = (today.Year * 100) + today.Month,
            OrderId = order,
            total.Paise,
            Limit = limit ?? long.MaxValue,
            Now = now,
        };
        // the month's row is locked until the end: two orders of one person at once are counted one after the other on both engines
        if (await tx.Execute(Sql.Hold, args) == 0) await tx.Execute(Sql.Begin, args);
        if (await tx.One<int>(Sql.Counted, args) > 0) return null;
        if (await tx.Execute(Sql.Spend, args) == 1) return null;
        return new BeyondLimit(new Money(limit ?? 0), new Money(await tx.One<long>(Sql.Spent, args)));
    }

    /// <summary>What the person has ordered this month.</summary>
    public static async Task<Money> Spent(Db db, AccountId account, PersonId person, DateTimeOffset now)
    {
        var today = Ist.Date(now);
        return new Money(await db.One<long>(Sql.Spent, new { AccountId = account, PersonId = person, Month = (today.Year * 100) + today.Month }));
    }

    internal static class Sql
    {
        private const string Living = """
            select coalesce(sum(s.Paise), 0)
                    from SpentOrder s
                        join SalesOrder o on o.Id = s.OrderId
                    where s.AccountId = @AccountId
                        and s.PersonId = @PersonId
                        and s.Month = @Month
                        and o.State not in ('expired', 'cancelled', 'undeliverable')
            """;

        public const string Hold = """
            update SpendMonth set Orders = Orders + 1 where AccountId = @AccountId and PersonId = @PersonId and Month = @Month
            """;

        public const string Begin = "insert into SpendMonth (AccountId, PersonId, Month, Orders) values (@AccountId, @PersonId, @Month, 1)";

        public const string Counted = "select count(*) from SpentOrder where AccountId = @AccountId and PersonId = @PersonId and OrderId = @OrderId";

        public const string Spend = $"""
            insert into SpentOrder (AccountId, PersonId, Month, OrderId, Paise, SpentAt)
            select @AccountId, @PersonId, @Month, @OrderId, @Paise, @Now
            where @Limit - @Paise >= ({Living})
            """;

        public const string Spent = Living;
    }
}
