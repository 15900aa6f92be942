using Database;

namespace Billing.Prices;

/// <summary>What an item costs from an instant on, without GST.</summary>
public sealed record Price
{
    /// <summary>The item, e.g. <c>server.s2</c> or <c>backup.s2</c>.</summary>
    public string ItemCode { get; init; } = "";

    /// <summary>Paise a month, without GST.</summary>
    public long NetMonthlyPaise { get; init; }

    /// <summary>Paise an hour, without GST.</summary>
    public long NetHourlyPaise { get; init; }

    /// <summary>ISO 4217.</summary>
    public string Currency { get; init; } = Money.Rupees;

    /// <summary>The service accounting code, six digits.</summary>
    public string Sac { get; init; } = "";

    /// <summary>Whether there is a limited number of it in each region (<see cref="Stock"/>).</summary>
    public bool Counted { get; init; }

    /// <summary>The first instant (UTC) at which it holds.</summary>
    public DateTimeOffset ValidFrom { get; init; }

    /// <summary>GST on it at the instant asked for, basis points.</summary>
    public int RateBps { get; init; }

    /// <summary>A month without GST.</summary>
    public Money NetMonthly => new(NetMonthlyPaise, Currency);

    /// <summary>An hour without GST.</summary>
    public Money NetHourly => new(NetHourlyPaise, Currency);

    /// <summary>A month with GST at the full rate, as a catalogue shows it; the split on the invoice may differ by a paisa.</summary>
    public Money GrossMonthly => new(NetMonthlyPaise + Rounding.BasisPoints(NetMonthlyPaise, RateBps), Currency);

    /// <summary>An hour with GST at the full rate, as a catalogue shows it.</summary>
    public Money GrossHourly => new(NetHourlyPaise + Rounding.BasisPoints(NetHourlyPaise, RateBps), Currency);

    /// <summary>The price of every item at the instant, with the tax rate of its SAC.</summary>
    public static Task<IReadOnlyList<Price>> All(Db db, DateTimeOffset now) => db.Query<Price>(Sql.All, new { Now = now });

    /// <summary>The price of an item at the instant; null when it has none, or its SAC has no tax rate.</summary>
    public static Task<Price?> At(Tx tx, string itemCode, DateTimeOffset now) =>
        tx.One<Price>(Sql.One, new { ItemCode = itemCode, Now = now });

    internal static class Sql
    {
        private const string Columns = """
            p.ItemCode, p.NetMonthlyPaise, p.NetHourlyPaise, p.Currency, p.Sac, p.Counted, p.ValidFrom, r.RateBps
            """;

        private const string Valid = """
            from Price p
            join TaxRate r on r.Sac = p.Sac
            where p.ValidFrom = (select max(ValidFrom) from Price where ItemCode = p.ItemCode and ValidFrom <= @Now)
                and r.ValidFrom = (select max(ValidFrom) from TaxRate where Sac = p.Sac and ValidFrom <= @Now)
            """;

        public const string All = $"""
            select {Columns}
            {Valid}
            order by p.ItemCode
            """;

        public const string One = $"""
            select {Columns}
            {Valid}
                and p.ItemCode = @ItemCode
            """;
    }
}
