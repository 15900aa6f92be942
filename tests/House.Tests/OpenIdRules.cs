using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace House.Tests;

/// <summary>
/// Each check of OpenID Connect's certification and each rule of RFC 9700 has a test that shows it, and the table that says which is true.
/// <c>PORTAL_WRITE_RULES=1</c> writes the table anew.
/// </summary>
public sealed partial class OpenIdRules
{
    private const string Rules = "tests/House.Tests/OpenIdRules.txt";
    private const string Table = "Portal/Identity/CONFORMANCE.md";

    private static readonly IReadOnlyList<(string Section, string Id, string Text)> All = [.. Read()];

    private static readonly ILookup<string, string> Shown = Repository.Files(".cs")
        .Where(file => file.StartsWith("tests/", StringComparison.Ordinal) && !file.StartsWith("tests/House.Tests/", StringComparison.Ordinal))
        .SelectMany(file => Marks(Repository.Read(file)))
        .ToLookup(mark => mark.Rule, mark => mark.Test, StringComparer.Ordinal);

    [Fact]
    public void Every_rule_is_shown_by_a_test() =>
        Assert.Empty(from rule in All where !Shown.Contains(rule.Id) select $"{rule.Id} has no test: {rule.Text}");

    [Fact]
    public void Every_mark_on_a_test_names_a_rule() =>
        Assert.Empty(from mark in Shown where All.All(rule => rule.Id != mark.Key) select $"{string.Join(", ", mark)} names {mark.Key}, which is no rule");

    [Fact]
    public void The_table_says_which_test_shows_which_rule()
    {
        var file = Path.Combine(Repository.Root, Table);
        if (Environment.GetEnvironmentVariable("PORTAL_WRITE_RULES") == "1") File.WriteAllText(file, Written());
        Assert.True(
            File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == Written(),
            $"{Table} is stale. Write it anew: PORTAL_WRITE_RULES=1 tests/House.Tests/bin/Debug/net10.0/House.Tests -class '*OpenIdRules'");
    }

    private static string Written()
    {
        var page = new StringBuilder()
            .Append("# What shows that provider and relying party keep the rules\n\n")
            .Append(CultureInfo.InvariantCulture, $"Written from `[Shows(…)]` on the tests and [the rules](../../{Rules}); a test fails when it is stale.\n")
            .Append("Every request needs PKCE with S256, so the certification's own runs must send it. ID tokens are signed by ES256\n")
            .Append("alone, where the config plan wants RS256 too. A check of something that is not offered (request objects, the claims\n")
            .Append("parameter, two scopes) shows how it is declined.\n");
        foreach (var section in All.GroupBy(rule => rule.Section))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {section.Key}\n\n| rule | what it asks | shown by |\n| --- | --- | --- |\n");
            foreach (var (_, id, text) in section)
            {
                var tests = string.Join("<br>", Shown[id].Order(StringComparer.Ordinal));
                page.Append(CultureInfo.InvariantCulture, $"| {id} | {text} | {tests} |\n");
            }
        }

        return page.ToString();
    }

    // "# section", then "id: what it asks", one a line
    private static IEnumerable<(string Section, string Id, string Text)> Read()
    {
        var section = "";
        foreach (var line in Repository.Read(Rules).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal)) section = line[2..];
            else if (line.Split(": ", 2) is [var id, var text]) yield return (section, id, text);
        }
    }

    private static IEnumerable<(string Rule, string Test)> Marks(string source)
    {
        foreach (Match mark in Mark().Matches(source))
        {
            var type = Type().Matches(source[..mark.Index]).LastOrDefault()?.Groups[1].Value;
            foreach (Match rule in Quoted().Matches(mark.Groups[1].Value)) yield return (rule.Groups[1].Value, $"{type}.{mark.Groups[2].Value}");
        }
    }

    // the mark, further attributes with their strings, then the method's name
    [GeneratedRegex("""\[Shows\(((?:\s*"[^"]*"\s*,?)+)\)\]\s*(?:\[(?:[^\]"]|"[^"]*")*\]\s*)*public (?:async )?(?:Task|void) (\w+)\(""")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^public (?:sealed |abstract |static |partial )*class (\w+)", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();
}
