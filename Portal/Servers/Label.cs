namespace Portal.Servers;

/// <summary>What a customer calls a server.</summary>
internal static class Label
{
    public const int Longest = 80;

    /// <summary>The name in its stored form, or why it is none.</summary>
    public static (string? Name, string? Problem) Read(string? text)
    {
        var name = (text ?? "").Trim();
        return name switch
        {
            "" => (null, "Enter a name."),
            { Length: > Longest } => (null, $"A name has at most {Longest} characters; this one has {name.Length}."),
            _ when name.Any(char.IsControl) || !IsWhole(name) =>
                (null, "The name holds characters that cannot be shown. Type it again."),
            _ => (name, null),
        };
    }

    // half of a surrogate pair is no character, and a database on the other engine would refuse it
    private static bool IsWhole(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i++)) return false;
        }

        return true;
    }
}
