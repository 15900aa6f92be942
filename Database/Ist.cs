using System.Globalization;

namespace Database;

/// <summary>India's calendar: GST dates, periods and financial years are days in Asia/Kolkata, instants are kept in UTC.</summary>
public static class Ist
{
    /// <summary>Asia/Kolkata, UTC+05:30, no daylight saving.</summary>
    public static TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata");

    /// <summary>The instant as wall time in India.</summary>
    public static DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone);

    /// <summary>The day in India on which the instant falls.</summary>
    public static DateOnly Date(DateTimeOffset instant) => DateOnly.FromDateTime(Local(instant).DateTime);

    /// <summary>The instant (UTC) at which the day begins in India.</summary>
    public static DateTimeOffset StartOf(DateOnly day) =>
        new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.FromMinutes(330)).ToUniversalTime();

    /// <summary>The financial year April to March of the day, written <c>2026-27</c>.</summary>
    public static string FinancialYear(DateOnly day)
    {
        var first = day.Month >= 4 ? day.Year : day.Year - 1;
        return string.Create(CultureInfo.InvariantCulture, $"{first}-{(first + 1) % 100:00}");
    }

    /// <summary>The instant for people: <c>22 Nov 2026, 15:30 IST</c>.</summary>
    public static string Show(DateTimeOffset instant) =>
        Local(instant).ToString("d MMM yyyy, HH:mm 'IST'", CultureInfo.InvariantCulture);
}
