using System.Reflection;
using Microsoft.Extensions.Options;

namespace Portal.Identity;

/// <summary>The passwords that attackers try first: ours, and those of a file of the operator's, one a line.</summary>
internal sealed class CommonPasswords(IOptions<IdentityOptions> options)
{
    private readonly Lazy<HashSet<string>> all = new(() => [.. Own(), .. Extra(options.Value.CommonPasswordsFile)]);

    /// <param name="word">Lower case.</param>
    public bool Has(string word) => all.Value.Contains(word);

    /// <summary>What is wrong with the file, or null.</summary>
    public static string? Trouble(string file)
    {
        try
        {
            return file.Length == 0 || Extra(file).Any() ? null : "has no line in it";
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read ({trouble.Message})";
        }
    }

    private static IEnumerable<string> Extra(string file) =>
        file.Length == 0 ? [] : File.ReadLines(file).Select(line => line.Trim().ToLowerInvariant()).Where(line => line.Length > 0);

    private static IEnumerable<string> Own()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("common-passwords.txt")!);
        return reader.ReadToEnd().Split((char[])['\n', ' ', '\r'], StringSplitOptions.RemoveEmptyEntries).Append("");
    }
}
