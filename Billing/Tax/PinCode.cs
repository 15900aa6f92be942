using System.Globalization;

namespace Billing.Tax;

/// <summary>Postal index numbers. The first three digits name candidate States: they warn, they do not decide.</summary>
public static class PinCode
{
    /// <summary>Stands for an address outside India.</summary>
    public const string OutsideIndia = "999999";

    /// <summary>Without blanks: people write <c>560 001</c>.</summary>
    public static string Normalise(string? text) => string.Concat((text ?? "").Where(character => !char.IsWhiteSpace(character)));

    /// <summary>Six digits, the first not zero.</summary>
    public static bool IsWellFormed(string? pin) => pin is { Length: 6 } && pin[0] != '0' && pin.All(char.IsAsciiDigit);

    /// <summary>The codes of the States that the PIN may lie in, in order; none for 999999 and unknown ranges.</summary>
    public static IReadOnlyList<string> Candidates(string pin)
    {
        if (!IsWellFormed(pin) || pin == OutsideIndia) return [];
        var first3 = int.Parse(pin.AsSpan(0, 3), CultureInfo.InvariantCulture);
        return
        [
            .. from state in States.All
               where state.Pins.Any(range => first3 >= range.First && first3 <= range.Last)
               select state.Code,
        ];
    }

    /// <summary>Whether PIN and State contradict each other as far as anyone can tell.</summary>
    public static bool Contradicts(string pin, string stateCode) =>
        Candidates(pin) is { Count: > 0 } codes && !codes.Contains(stateCode);
}
