using System.Globalization;

namespace Portal.Shell;

/// <summary>Lines of a file for spreadsheets (RFC 4180), safe to open there: no cell is read as a formula.</summary>
public static class Csv
{
    /// <summary>One line with its line end. Instants are written in UTC, ISO 8601.</summary>
    public static string Line(params object?[] cells) => $"{string.Join(',', cells.Select(Cell))}\r\n";

    private static string Cell(object? value)
    {
        var text = value switch
        {
            null => "",
            DateTimeOffset at => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        if (value is string && text.Length > 0 && text[0] is ('=' or '+' or '-' or '@' or '\t' or '\r')) text = $"'{text}";
        return text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
