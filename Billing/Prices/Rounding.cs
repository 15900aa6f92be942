namespace Billing.Prices;

/// <summary>Rounding on whole numbers: halves go up, and a negative amount mirrors its positive one.</summary>
public static class Rounding
{
    /// <summary><paramref name="numerator"/> / <paramref name="denominator"/>, a half rounded away from zero.</summary>
    public static long HalfUp(Int128 numerator, long denominator)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(denominator);
        var size = ((2 * Int128.Abs(numerator)) + denominator) / (2 * (Int128)denominator);
        return checked((long)(numerator < 0 ? -size : size));
    }

    /// <summary>The part of an amount in basis points (1/100 of a percent).</summary>
    public static long BasisPoints(long paise, long bps) => HalfUp((Int128)paise * bps, 10_000);

    /// <summary>Spreads a total over weights by a running remainder, so that the parts add up to the total exactly.</summary>
    public static IReadOnlyList<long> Spread(long total, IReadOnlyList<long> weights)
    {
        var all = weights.Aggregate((Int128)0, (sum, weight) => sum + weight);
        if (all <= 0) throw new ArgumentException("The weights add up to nothing.", nameof(weights));
        var parts = new long[weights.Count];
        Int128 running = 0;
        long given = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            running += weights[i];
            parts[i] = HalfUp(total * running, checked((long)all)) - given;
            given += parts[i];
        }

        return parts;
    }

    /// <summary>The nearest whole rupee in paise, 50 paise up (CGST Act s.170).</summary>
    public static long NearestRupee(long paise) => checked(HalfUp(paise, 100) * 100);
}
