using Database;

namespace Billing.Prices;

/// <summary>Sets the GST rate of a service accounting code from an instant on; invoices already issued keep theirs.</summary>
public static class SetTaxRate
{
    /// <summary>Sets the rate from <paramref name="validFrom"/> (UTC) on; the same code and instant a second time changes nothing.</summary>
    /// <param name="sac">Six digits.</param>
    /// <param name="rateBps">Basis points of the whole GST, e.g. 1800 for 18%; even, since a State takes half.</param>
    public static async Task Run(Tx tx, string sac, int rateBps, DateTimeOffset validFrom)
    {
        if (rateBps is < 0 or > 10_000 || rateBps % 2 != 0)
            throw new ArgumentOutOfRangeException(nameof(rateBps), rateBps, "A rate is an even number of basis points up to 10000.");
        await tx.Execute(Sql.Insert, new { Sac = sac, RateBps = rateBps, ValidFrom = validFrom });
    }

    internal static class Sql
    {
        public const string Insert = """
            insert into TaxRate (Sac, ValidFrom, RateBps)
            select @Sac, @ValidFrom, @RateBps
            where not exists (select 1 from TaxRate where Sac = @Sac and ValidFrom = @ValidFrom)
            """;
    }
}
