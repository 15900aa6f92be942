using Billing.Prices;

namespace Billing.Tax;

/// <summary>The taxes of a line, a group or a document, in paise.</summary>
public sealed record TaxAmounts
{
    /// <summary>The taxable value.</summary>
    public long NetPaise { get; init; }

    /// <summary>Central tax.</summary>
    public long CgstPaise { get; init; }

    /// <summary>State tax.</summary>
    public long SgstPaise { get; init; }

    /// <summary>Union territory tax.</summary>
    public long UtgstPaise { get; init; }

    /// <summary>Integrated tax.</summary>
    public long IgstPaise { get; init; }

    /// <summary>All heads together.</summary>
    public long TaxPaise => checked(CgstPaise + SgstPaise + UtgstPaise + IgstPaise);

    /// <summary>Taxable value and tax.</summary>
    public long TotalPaise => checked(NetPaise + TaxPaise);

    /// <summary>Taxable value and tax.</summary>
    public Money Total => new(TotalPaise);

    /// <summary>The sum.</summary>
    public static TaxAmounts Sum(IEnumerable<TaxAmounts> parts) => parts.Aggregate(new TaxAmounts(), (sum, part) => new TaxAmounts
    {
        NetPaise = checked(sum.NetPaise + part.NetPaise),
        CgstPaise = checked(sum.CgstPaise + part.CgstPaise),
        SgstPaise = checked(sum.SgstPaise + part.SgstPaise),
        UtgstPaise = checked(sum.UtgstPaise + part.UtgstPaise),
        IgstPaise = checked(sum.IgstPaise + part.IgstPaise),
    });
}

/// <summary>A line before tax.</summary>
/// <param name="NetPaise">Taxable value after discounts; not negative.</param>
/// <param name="Sac">Service accounting code.</param>
/// <param name="RateBps">Basis points of the whole GST.</param>
public sealed record TaxableLine(long NetPaise, string Sac, int RateBps);

/// <summary>
/// Computes GST once per (SAC, rate) group and spreads it over the lines by a running remainder: ten lines of 5 paise taxed singly
/// would carry no CGST at all. Whatever is stored here is summed later, never computed again.
/// </summary>
public static class TaxSplit
{
    /// <summary>The taxes of each line, in the order of the lines.</summary>
    public static IReadOnlyList<TaxAmounts> Of(IReadOnlyList<TaxableLine> lines, TaxNature nature)
    {
        var running = new Dictionary<(string Sac, int Bps), (long Net, TaxAmounts Given)>();
        var result = new List<TaxAmounts>(lines.Count);
        foreach (var line in lines)
        {
            if (line.NetPaise < 0) throw new ArgumentException("A line is not negative: fold a discount into its line.", nameof(lines));
            if (line.RateBps % 2 != 0) throw new ArgumentException($"A rate of {line.RateBps} basis points cannot be halved.", nameof(lines));
            var (net, given) = running.GetValueOrDefault((line.Sac, line.RateBps), (0, new TaxAmounts()));
            net = checked(net + line.NetPaise);
            var group = OfGroup(net, line.RateBps, nature);
            result.Add(new TaxAmounts
            {
                NetPaise = line.NetPaise,
                CgstPaise = group.CgstPaise - given.CgstPaise,
                SgstPaise = group.SgstPaise - given.SgstPaise,
                UtgstPaise = group.UtgstPaise - given.UtgstPaise,
                IgstPaise = group.IgstPaise - given.IgstPaise,
            });
            running[(line.Sac, line.RateBps)] = (net, group);
        }

        return result;
    }

    /// <summary>The taxes of a group's taxable value: each head rounded half up to the paisa.</summary>
    public static TaxAmounts OfGroup(long netPaise, int rateBps, TaxNature nature)
    {
        var half = Rounding.BasisPoints(netPaise, rateBps / 2);
        return nature switch
        {
            TaxNature.IntraState => new TaxAmounts { NetPaise = netPaise, CgstPaise = half, SgstPaise = half },
            TaxNature.IntraTerritory => new TaxAmounts { NetPaise = netPaise, CgstPaise = half, UtgstPaise = half },
            TaxNature.InterState => new TaxAmounts { NetPaise = netPaise, IgstPaise = Rounding.BasisPoints(netPaise, rateBps) },
            TaxNature.ZeroRated => new TaxAmounts { NetPaise = netPaise },
            _ => throw new ArgumentOutOfRangeException(nameof(nature), nature, "Unknown nature of supply."),
        };
    }

    /// <summary>The taxes inside a price that includes them, and the paise by which the sum misses the price.</summary>
    public static (TaxAmounts Amounts, long RoundOffPaise) Inclusive(long grossPaise, int rateBps, TaxNature nature)
    {
        var taxed = nature == TaxNature.ZeroRated ? 0 : rateBps;
        var amounts = OfGroup(Rounding.HalfUp((Int128)grossPaise * 10_000, 10_000 + taxed), rateBps, nature);
        return (amounts, grossPaise - amounts.TotalPaise);
    }
}
