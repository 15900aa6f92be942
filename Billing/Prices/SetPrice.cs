using Database;

namespace Billing.Prices;

/// <summary>Sets what an item costs from an instant on. Earlier prices stay: an order keeps the price it was placed at.</summary>
public static class SetPrice
{
    /// <summary>Hosting and IT infrastructure provisioning.</summary>
    public const string HostingSac = "998315";

    /// <summary>Sets the price from <paramref name="validFrom"/> (UTC) on; the same item and instant a second time changes nothing.</summary>
    /// <param name="itemCode">E.g. <c>server.s2</c>.</param>
    /// <param name="netMonthly">A month without GST.</param>
    /// <param name="netHourly">An hour without GST.</param>
    /// <param name="counted">Whether the number in each region is limited by <see cref="Stock"/>.</param>
    public static async Task Run(
        Tx tx, string itemCode, Money netMonthly, Money netHourly, bool counted, DateTimeOffset validFrom, string sac = HostingSac)
    {
        if (netMonthly.Paise < 0 || netHourly.Paise < 0) throw new ArgumentException("A price is not negative.", nameof(netMonthly));
        if (netMonthly.Currency != netHourly.Currency) throw new ArgumentException("Both prices are in one currency.", nameof(netHourly));
        await tx.Execute(Sql.Insert, new
        {
            ItemCode = itemCode,
            NetMonthlyPaise = netMonthly.Paise,
            NetHourlyPaise = netHourly.Paise,
            netMonthly.Currency,
            Sac = sac,
            Counted = counted,
            ValidFrom = validFrom,
        });
    }

    internal static class Sql
    {
        public const string Insert = """
            insert into Price (ItemCode, ValidFrom, NetMonthlyPaise, NetHourlyPaise, Currency, Sac, Counted)
            select @ItemCode, @ValidFrom, @NetMonthlyPaise, @NetHourlyPaise, @Currency, @Sac, @Counted
            where not exists (select 1 from Price where ItemCode = @ItemCode and ValidFrom = @ValidFrom)
            """;
    }
}
