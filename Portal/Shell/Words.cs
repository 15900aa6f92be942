using System.Globalization;

namespace Portal.Shell;

/// <summary>Times and sizes in words.</summary>
public static class Words
{
    /// <summary>How far away the instant is: <c>3 minutes ago</c>, <c>in 2 hours</c>, <c>just now</c>.</summary>
    public static string Relative(DateTimeOffset at, DateTimeOffset now)
    {
        var distance = (now - at).Duration();
        var words = distance.TotalSeconds < 45 ? null
            : distance.TotalMinutes < 59.5 ? Count(distance.TotalMinutes, "minute")
            : distance.TotalHours < 23.5 ? Count(distance.TotalHours, "hour")
            : distance.TotalDays < 60 ? Count(distance.TotalDays, "day")
            : distance.TotalDays < 700 ? Count(distance.TotalDays / 30.44, "month")
            : Count(distance.TotalDays / 365.25, "year");
        if (words is null) return "just now";
        return at <= now ? $"{words} ago" : $"in {words}";
    }

    /// <summary>Memory and disks: <c>512 MiB</c>, <c>4 GiB</c>.</summary>
    public static string Mebibytes(long mib) => mib % 1024 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{mib / 1024:N0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{mib:N0} MiB");

    /// <summary>A number with its noun: <c>1 server</c>, <c>12 servers</c>.</summary>
    public static string Count(double number, string noun)
    {
        var whole = Math.Round(number);
        return string.Create(CultureInfo.InvariantCulture, $"{whole:N0} {noun}{(whole == 1 ? "" : "s")}");
    }
}
