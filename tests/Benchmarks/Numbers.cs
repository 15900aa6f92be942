using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>What is read out of many measurements.</summary>
internal static class Numbers
{
    public static double Median(IEnumerable<double> values) => At(values, 0.5);

    /// <summary>The value that the given share of all does not exceed; between two for the middle of an even number.</summary>
    public static double At(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        var place = share * (sorted.Count - 1);
        var below = sorted[(int)place];
        return below + ((sorted[(int)Math.Ceiling(place)] - below) * (place - (int)place));
    }

    public static double MillisecondsSince(long timestamp) => Stopwatch.GetElapsedTime(timestamp).TotalMilliseconds;

    public static string Ratio(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.00}");

    public static string Milliseconds(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.0} ms");

    public static string PerSecond(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0} /s");
}
