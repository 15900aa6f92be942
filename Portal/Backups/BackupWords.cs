using System.Globalization;

namespace Portal.Backups;

/// <summary>Sizes of archives in words.</summary>
internal static class BackupWords
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB"];

    /// <summary><c>1.2 GiB</c>; one decimal below ten.</summary>
    public static string Size(long bytes)
    {
        if (bytes < 1024) return string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
        var (value, unit) = (bytes / 1024d, 0);
        for (; value >= 1024 && unit < Units.Length - 1; unit++) value /= 1024;
        return $"{value.ToString(value < 10 ? "0.#" : "N0", CultureInfo.InvariantCulture)} {Units[unit]}";
    }
}
