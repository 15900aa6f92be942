using System.Globalization;
using System.Text;

namespace Billing.Prices;

/// <summary>An amount in whole paise of one currency. Arithmetic is checked: an overflow throws, a mix of currencies throws.</summary>
/// <param name="Paise">Hundredths of the currency's unit; may be negative.</param>
public readonly record struct Money(long Paise) : IComparable<Money>
{
    /// <summary>Indian rupees, the only currency that is invoiced.</summary>
    public const string Rupees = "INR";

    private readonly string? currency;

    /// <summary>An amount of another currency than rupees.</summary>
    public Money(long paise, string currency)
        : this(paise) => this.currency = currency == Rupees ? null : currency;

    /// <summary>Nothing.</summary>
    public static Money Zero => default;

    /// <summary>ISO 4217.</summary>
    public string Currency => currency ?? Rupees;

    /// <summary>Whole rupees.</summary>
    public static Money OfRupees(long rupees) => new(checked(rupees * 100));

    public static Money operator +(Money left, Money right) => new(checked(left.Paise + right.Paise), Same(left, right));

    public static Money operator -(Money left, Money right) => new(checked(left.Paise - right.Paise), Same(left, right));

    public static Money operator -(Money amount) => new(checked(-amount.Paise), amount.Currency);

    public static Money operator *(Money amount, int times) => new(checked(amount.Paise * times), amount.Currency);

    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    /// <summary>The sum; nothing for no amounts.</summary>
    public static Money Sum(IEnumerable<Money> amounts) => amounts.Aggregate(Zero, (sum, amount) => sum + amount);

    /// <inheritdoc/>
    public int CompareTo(Money other)
    {
        Same(this, other);
        return Paise.CompareTo(other.Paise);
    }

    /// <summary>For people, in Indian grouping: <c>₹1,18,000.00</c>; another currency with its code: <c>USD 1,000.00</c>.</summary>
    public string Show() => $"{(Paise < 0 ? "−" : "")}{(currency is null ? "₹" : $"{currency} ")}{Unsigned()}";

    /// <summary>The digits alone in Indian grouping, for the columns of a table: <c>1,18,000.00</c>.</summary>
    public string ShowDigits() => $"{(Paise < 0 ? "−" : "")}{Unsigned()}";

    /// <inheritdoc/>
    public override string ToString() => $"{Currency} {ShowDigits()}";

    private string Unsigned()
    {
        var magnitude = UInt128.CreateChecked(Int128.Abs(Paise));
        var whole = (magnitude / 100).ToString(CultureInfo.InvariantCulture);
        var text = new StringBuilder(whole);
        var step = currency is null ? 2 : 3;
        for (var at = whole.Length - 3; at > 0; at -= step) text.Insert(at, ',');
        return text.Append('.').Append(((int)(magnitude % 100)).ToString("00", CultureInfo.InvariantCulture)).ToString();
    }

    private static string Same(Money left, Money right) =>
        // nothing is nothing in every currency, so that sums may start from zero
        left.Currency == right.Currency || right.Paise == 0 ? left.Currency
        : left.Paise == 0 ? right.Currency
        : throw new InvalidOperationException($"{left.Currency} and {right.Currency} cannot be put together.");
}
