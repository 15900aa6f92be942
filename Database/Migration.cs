using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Database;

/// <summary>One numbered file of the schema's history: statements end with a semicolon at the end of a line.</summary>
public sealed partial record Migration(int Number, string Name, string Text)
{
    /// <summary>Every migration in the order of its number.</summary>
    public static IReadOnlyList<Migration> All { get; } = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith("Migrations/", StringComparison.Ordinal))
        .Select(Read)
        .OrderBy(migration => migration.Number)];

    /// <summary>SHA-256 of the text, lower-case hex: a released file never changes.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

    /// <summary>The one room that writes these tables, e.g. <c>Billing/Invoices</c>.</summary>
    public string Room => RoomLine().Match(Text).Groups[1].Value;

    /// <summary>Tables whose rows never change once written.</summary>
    public IReadOnlyList<string> ImmutableTables =>
        ImmutableLine().Match(Text).Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The statements without comments.</summary>
    public IEnumerable<string> Statements => StatementsOf(Text);

    internal static IEnumerable<string> StatementsOf(string text) =>
        EndOfStatement().Split(Comment().Replace(text, "")).Select(statement => statement.Trim()).Where(statement => statement.Length > 0);

    private static Migration Read(string resource)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        var file = resource["Migrations/".Length..];
        var parts = FileName().Match(file);
        if (!parts.Success) throw new InvalidOperationException($"The migration {file} is not named NNNN_what.sql.");
        return new Migration(int.Parse(parts.Groups[1].Value, null), parts.Groups[2].Value, reader.ReadToEnd().ReplaceLineEndings("\n"));
    }

    [GeneratedRegex(@"^(\d{4})_(\w+)\.sql$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^-- room: (\S+)\s*$", RegexOptions.Multiline)]
    private static partial Regex RoomLine();

    [GeneratedRegex(@"^-- immutable: (.+)$", RegexOptions.Multiline)]
    private static partial Regex ImmutableLine();

    [GeneratedRegex(@"--[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@";[ \t]*(?:\n|$)")]
    private static partial Regex EndOfStatement();
}
