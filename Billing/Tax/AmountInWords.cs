using System.Globalization;

namespace Billing.Tax;

/// <summary>An amount in words as Indian invoices print it: <c>Rupees One Lakh Eighteen Thousand and Fifty Paise Only</c>.</summary>
public static class AmountInWords
{
    private static readonly string[] Small =
    [
        "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve", "Thirteen", "Fourteen",
        "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
    ];

    private static readonly string[] Tens = ["", "", "Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"];

    /// <summary>The words for an amount in paise.</summary>
    public static string Of(long paise)
    {
        var magnitude = Int128.Abs(paise);
        var (rupees, rest) = ((long)(magnitude / 100), (int)(magnitude % 100));
        var rupeeWords = rupees == 1 ? "Rupee One" : $"Rupees {Words(rupees)}";
        var paiseWords = rest == 1 ? "One Paisa" : $"{Words(rest)} Paise";
        var text = (rupees, rest) switch
        {
            (_, 0) => rupeeWords,
            (0, _) => paiseWords,
            _ => $"{rupeeWords} and {paiseWords}",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(paise < 0 ? "Minus " : "")}{text} Only");
    }

    // above a crore the count of crores is itself read in thousands and lakhs: One Thousand Crore
    private static string Words(long number) => number switch
    {
        >= 1_00_00_000 => Join(number, 1_00_00_000, "Crore"),
        >= 1_00_000 => Join(number, 1_00_000, "Lakh"),
        >= 1_000 => Join(number, 1_000, "Thousand"),
        >= 100 => Join(number, 100, "Hundred"),
        >= 20 => number % 10 == 0 ? Tens[number / 10] : $"{Tens[number / 10]} {Small[number % 10]}",
        _ => Small[number],
    };

    private static string Join(long number, long unit, string name)
    {
        var head = $"{Words(number / unit)} {name}";
        return number % unit == 0 ? head : $"{head} {Words(number % unit)}";
    }
}
