using System.Net;

namespace Portal.Servers;

/// <summary>A host's name as RFC 1123 section 2.1 and RFC 1035 section 2.3.4 allow it, in lower case.</summary>
internal static class Hostname
{
    private const int Longest = 253;
    private const int LongestLabel = 63;

    /// <summary>The name in its stored form, or why it is none.</summary>
    public static (string? Name, string? Problem) Read(string? text)
    {
        var name = (text ?? "").Trim().ToLowerInvariant();
        if (name.Length == 0) return (null, "Enter a hostname, for example web-1.");
        if (name.Length > Longest) return (null, $"A hostname has at most {Longest} characters; this one has {name.Length}.");
        if (IPAddress.TryParse(name, out _)) return (null, "This is an address. Enter a name, for example web-1.");
        foreach (var label in name.Split('.'))
            if (Problem(label) is { } problem) return (null, problem);
        if (name.Split('.')[^1].All(char.IsAsciiDigit)) return (null, "The last part of a hostname is not a number. Try web-1.");
        return (name, null);
    }

    private static string? Problem(string label)
    {
        if (label.Length == 0) return "A hostname has no dot at its start or end and no two dots in a row.";
        if (label.Length > LongestLabel)
            return $"Each part between dots has at most {LongestLabel} characters; '{label[..12]}…' has {label.Length}.";
        if (label.FirstOrDefault(character => !IsAllowed(character)) is var wrong and not '\0')
        {
            return wrong switch
            {
                '_' => "A hostname has no underscore. Use a hyphen.",
                ' ' => "A hostname has no blank. Use a hyphen.",
                > '\x7f' => "A hostname has only the letters a to z, digits and hyphens. Write other scripts in their xn-- form.",
                _ => $"'{wrong}' is not allowed in a hostname. Use letters, digits and hyphens.",
            };
        }

        return label[0] == '-' || label[^1] == '-' ? $"'{label}' starts or ends with a hyphen; a hostname's parts do not." : null;
    }

    private static bool IsAllowed(char character) =>
        char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-';
}
