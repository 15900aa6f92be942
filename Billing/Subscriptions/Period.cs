using Database;

namespace Billing.Subscriptions;

/// <summary>Months as customers count them: from the same day to the same day in India, or to the month's last day.</summary>
internal static class Period
{
    /// <summary>The instant (UTC) that many months after the start. Counted from the start, so that 31 January comes back to 31 March.</summary>
    public static DateTimeOffset After(DateTimeOffset start, int months) => Ist.Local(start).AddMonths(months).ToUniversalTime();

    /// <summary>The end of the period that begins at <paramref name="from"/>, which is some months after the start.</summary>
    public static DateTimeOffset Next(DateTimeOffset start, DateTimeOffset from)
    {
        var months = 1;
        while (After(start, months) <= from) months++;
        return After(start, months);
    }
}
