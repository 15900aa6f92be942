using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Billing.Tax;

/// <summary>A permanent account number. Its last letter is a check letter whose method is not public.</summary>
public static partial class Pan
{
    private static readonly FrozenDictionary<char, string> Holders = new Dictionary<char, string>
    {
        ['A'] = "association of persons",
        ['B'] = "body of individuals",
        ['C'] = "company",
        ['F'] = "firm or LLP",
        ['G'] = "government",
        ['H'] = "Hindu undivided family",
        ['J'] = "artificial juridical person",
        ['L'] = "local authority",
        ['P'] = "individual",
        ['T'] = "trust",
    }.ToFrozenDictionary();

    /// <summary>Without blanks, in capitals. Does not judge.</summary>
    public static string Normalise(string? text) => Gstin.Normalise(text);

    /// <summary>What is wrong with a normalised PAN, for the person who typed it; null when nothing is.</summary>
    public static string? Fault(string pan)
    {
        if (pan.Length != 10) return $"A PAN has 10 characters; this one has {pan.Length}.";
        if (Masked().IsMatch(pan)) return "This PAN is masked, as printed on certificates; enter all of it.";
        if (!Shape().IsMatch(pan))
        {
            return Tan.IsWellFormed(pan)
                ? "This is the form of a TAN; a PAN is five letters, four digits and a letter."
                : "A PAN is five letters, four digits and a letter, e.g. AAKFD7113K.";
        }

        if (pan[5..9] == "0000") return "The digits of a PAN count from 0001; 0000 is not issued.";
        return Holders.ContainsKey(pan[3]) || IsDoubtful(pan)
            ? null
            : $"The fourth letter of a PAN names the kind of holder (A, B, C, F, G, H, J, L, P or T); {pan[3]} is none.";
    }

    /// <summary>E and K occur as fourth letter in old lists only: accepted with a warning.</summary>
    public static bool IsDoubtful(string pan) => pan is { Length: 10 } && pan[3] is 'E' or 'K';

    /// <summary>The kind of holder by the fourth letter; null when it is unknown.</summary>
    public static string? Holder(string pan) => Holders.GetValueOrDefault(pan[3]);

    /// <summary>As certificates print it: the first five, XXXX, the last.</summary>
    public static string Mask(string pan) => $"{pan[..5]}XXXX{pan[^1]}";

    [GeneratedRegex("^[A-Z]{5}[0-9]{4}[A-Z]$")]
    private static partial Regex Shape();

    [GeneratedRegex("^[A-Z]{5}XXXX[A-Z]$")]
    private static partial Regex Masked();
}

/// <summary>A tax deduction account number: no public check letter.</summary>
public static partial class Tan
{
    /// <summary>Four letters, five digits, a letter.</summary>
    public static bool IsWellFormed(string tan) => Shape().IsMatch(tan);

    [GeneratedRegex("^[A-Z]{4}[0-9]{5}[A-Z]$")]
    private static partial Regex Shape();
}

/// <summary>The code of a bank's branch.</summary>
public static partial class Ifsc
{
    /// <summary>Four letters of the bank, the digit 0, six of the branch. Says nothing about whether the branch exists.</summary>
    public static bool IsWellFormed(string ifsc) => Shape().IsMatch(ifsc);

    /// <summary>What is wrong with a normalised code, for the person who typed it; null when nothing is.</summary>
    public static string? Fault(string ifsc) => ifsc switch
    {
        { Length: not 11 } => $"An IFSC has 11 characters; this one has {ifsc.Length}.",
        _ when ifsc[4] == 'O' => "The fifth character of an IFSC is the digit 0, not the letter O.",
        _ when !IsWellFormed(ifsc) => "An IFSC is four letters of the bank, the digit 0, and six letters or digits of the branch.",
        _ => null,
    };

    [GeneratedRegex("^[A-Z]{4}0[A-Z0-9]{6}$")]
    private static partial Regex Shape();
}
