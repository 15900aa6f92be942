using System.Globalization;

namespace Portal.Shell;

/// <summary>Amounts for people: <c>₹1,18,000.00</c>, Indian grouping, always two digits of paise.</summary>
public static class Rupees
{
    private static readonly NumberFormatInfo Indian = new()
    {
        NumberGroupSizes = [3, 2],
        NumberGroupSeparator = ",",
        NumberDecimalSeparator = ".",
    };

    /// <summary>The amount in paise as rupees, with a true minus sign when it is owed the other way.</summary>
    public static string Show(long paise)
    {
        var whole = Math.Abs(paise / 100).ToString("N0", Indian);
        return string.Create(CultureInfo.InvariantCulture, $"{(paise < 0 ? "−" : "")}₹{whole}.{Math.Abs(paise % 100):00}");
    }
}
