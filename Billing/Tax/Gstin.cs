using System.Text.RegularExpressions;

namespace Billing.Tax;

/// <summary>What kind of registration a GSTIN names.</summary>
public enum GstinKind
{
    /// <summary>Ordinary, composition, SEZ unit or developer, input service distributor. SEZ cannot be seen in the number.</summary>
    Ordinary,

    /// <summary>A government department's id.</summary>
    Government,

    /// <summary>A tax deductor (CGST s.51).</summary>
    TaxDeductor,

    /// <summary>A tax collector, an e-commerce operator (CGST s.52).</summary>
    TaxCollector,

    /// <summary>A unique identification number: UN bodies, embassies. Not a registered person.</summary>
    Uin,

    /// <summary>A non-resident taxable person.</summary>
    NonResident,

    /// <summary>A foreign supplier of online services.</summary>
    Oidar,
}

/// <summary>How the check of a GSTIN ended.</summary>
public abstract record GstinCheck
{
    private GstinCheck()
    {
    }

    /// <summary>Well formed, its State exists, its last character is right.</summary>
    public sealed record Good(Gstin Gstin) : GstinCheck;

    /// <summary>Not a GSTIN.</summary>
    /// <param name="Code">Stable, e.g. <c>billing.tax.gstin_check_digit</c>.</param>
    /// <param name="Message">For the person who typed it.</param>
    public sealed record Refused(string Code, string Message) : GstinCheck;
}

/// <summary>A checked GST identification number.</summary>
public sealed partial record Gstin
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const int Characters = 15;

    private Gstin(string value, GstinKind kind) => (Value, Kind) = (value, kind);

    /// <summary>15 characters, capitals.</summary>
    public string Value { get; }

    /// <summary>The kind of registration.</summary>
    public GstinKind Kind { get; }

    /// <summary>The first two characters: the State of the registration.</summary>
    public string StateCode => Value[..2];

    /// <summary>The PAN inside, when there is one.</summary>
    public string? Pan => Kind switch
    {
        GstinKind.Ordinary or GstinKind.TaxCollector => Inside,
        GstinKind.TaxDeductor when !char.IsAsciiDigit(Inside[4]) => Inside,
        _ => null,
    };

    /// <summary>The TAN inside, when there is one (many tax deductors, government departments).</summary>
    public string? Tan => Kind is GstinKind.TaxDeductor or GstinKind.Government && char.IsAsciiDigit(Inside[4]) ? Inside : null;

    /// <summary>Something odd that is allowed; null when there is nothing.</summary>
    public string? Doubt => this switch
    {
        { Kind: GstinKind.Ordinary } when Value[13] != 'Z' =>
            $"The 14th character of a GSTIN is nearly always Z, here it is {Value[13]}. Please compare it with the certificate.",
        _ when States.Find(StateCode) is { Kind: StateKind.Retired } state =>
            $"The State code {StateCode} ({state.Name}) is no longer issued. Please compare it with the certificate.",
        _ => null,
    };

    private string Inside => Value.Substring(2, 10);

    /// <summary>Without blanks, in capitals. Does not judge.</summary>
    public static string Normalise(string? text) =>
        string.Concat((text ?? "").Where(character => !char.IsWhiteSpace(character))).ToUpperInvariant();

    /// <summary>Checks a number as a person typed it: blanks and small letters are forgiven.</summary>
    /// <param name="text">The number.</param>
    /// <param name="governmentSandbox">True only against the e-invoice sandbox, whose own numbers fail these checks.</param>
    public static GstinCheck Check(string? text, bool governmentSandbox = false)
    {
        var value = Normalise(text);
        if (value.Length == 0) return Refuse("missing", "Enter the GSTIN, or choose \"unregistered\".");
        if (value.FirstOrDefault(character => !Alphabet.Contains(character, StringComparison.Ordinal)) is var odd and not '\0')
            return Refuse("characters", $"A GSTIN has only the letters A-Z and digits; \"{odd}\" is neither.");
        if (value.Length != Characters) return Refuse("length", $"A GSTIN has 15 characters; this one has {value.Length}.");
        if (States.Find(value[..2]) is null or { Code: States.OutsideIndia })
            return Refuse("state", $"A GSTIN begins with a State code; there is no State {value[..2]}.");
        if (governmentSandbox) return new GstinCheck.Good(new Gstin(value, KindOf(value) ?? GstinKind.Ordinary));
        if (KindOf(value) is not { } kind) return Refuse("form", WhyNotWellFormed(value));
        if (value[..2] == "99" && kind is not (GstinKind.Oidar or GstinKind.Uin))
            return Refuse("state", "State code 99 belongs to foreign suppliers and UN bodies; this number is of another kind.");
        var expected = CheckCharacter(value);
        if (value[^1] != expected)
        {
            return Refuse(
                "check_digit",
                $"The last character does not fit the other 14: it is {value[^1]}, expected {expected}. "
                + "Check the number for a typing mistake.");
        }

        return new GstinCheck.Good(new Gstin(value, kind));
    }

    /// <summary>The 15th character that the first 14 call for: weights 1 and 2 in turn, base 36.</summary>
    public static char CheckCharacter(string first14)
    {
        var sum = 0;
        for (var i = 0; i < Characters - 1; i++)
        {
            var product = Alphabet.IndexOf(first14[i], StringComparison.Ordinal) * ((i % 2) + 1);
            sum += (product / Alphabet.Length) + (product % Alphabet.Length);
        }

        return Alphabet[(Alphabet.Length - (sum % Alphabet.Length)) % Alphabet.Length];
    }

    private static GstinKind? KindOf(string value) => value switch
    {
        _ when UinForm().IsMatch(value) => GstinKind.Uin,
        _ when NonResidentForm().IsMatch(value) => GstinKind.NonResident,
        _ when OidarForm().IsMatch(value) => GstinKind.Oidar,
        _ when TaxDeductorForm().IsMatch(value) => GstinKind.TaxDeductor,
        _ when TaxCollectorForm().IsMatch(value) => GstinKind.TaxCollector,
        _ when OrdinaryForm().IsMatch(value) => GstinKind.Ordinary,
        _ when GovernmentForm().IsMatch(value) => GstinKind.Government,
        _ => null,
    };

    private static string WhyNotWellFormed(string value)
    {
        if (!PanShape().IsMatch(value.AsSpan(2, 10)))
        {
            return "Characters 3 to 12 of a GSTIN are the holder's PAN (five letters, four digits, a letter); "
                + $"here they are {value[2..12]}.";
        }

        return value[12] == '0'
            ? "The 13th character of a GSTIN counts the registrations from 1; it is never 0."
            : $"The 14th character of a GSTIN is Z; {value[13]} does not occur.";
    }

    private static GstinCheck.Refused Refuse(string reason, string message) => new($"billing.tax.gstin_{reason}", message);

    [GeneratedRegex("^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][Z1-9ABD-J][0-9A-Z]$")]
    private static partial Regex OrdinaryForm();

    [GeneratedRegex("^[0-9]{2}[A-Z]{4}[0-9]{5}[A-Z][0-9]Z[0-9]$")]
    private static partial Regex GovernmentForm();

    [GeneratedRegex("^[0-9]{2}[A-Z]{4}[A-Z0-9][0-9]{4}[A-Z][1-9A-Z]D[0-9A-Z]$")]
    private static partial Regex TaxDeductorForm();

    [GeneratedRegex("^[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]C[0-9A-Z]$")]
    private static partial Regex TaxCollectorForm();

    [GeneratedRegex("^[0-9]{4}[A-Z]{3}[0-9]{5}[UO]N[A-Z0-9]$")]
    private static partial Regex UinForm();

    [GeneratedRegex("^[0-9]{4}[A-Z]{3}[0-9]{5}NR[0-9A-Z]$")]
    private static partial Regex NonResidentForm();

    [GeneratedRegex("^99[0-9]{2}[A-Z]{3}[0-9]{5}OS[0-9A-Z]$")]
    private static partial Regex OidarForm();

    [GeneratedRegex("^[A-Z]{5}[0-9]{4}[A-Z]$")]
    private static partial Regex PanShape();
}
