using System.Text.RegularExpressions;
using Xunit;

namespace House.Tests;

/// <summary>What a reader meets: files of one thought, no leftovers, no words about anything but the product.</summary>
public sealed partial class Sizes
{
    private const int Most = 400;

    [Fact]
    public void A_file_over_400_lines_holds_a_second_thing() =>
        Assert.Empty(
            from file in Repository.Files(".cs", ".cshtml", ".css", ".js", ".mjs")
            let lines = File.ReadLines(Path.Combine(Repository.Root, file)).Count()
            where lines > Most
            select $"{file} has {lines} lines: which second thing is in here?");

    [Fact]
    public void Nothing_is_left_undone_in_the_code() =>
        Assert.Empty(
            from file in Repository.Files(".cs", ".cshtml")
            where !file.EndsWith("Sizes.cs", StringComparison.Ordinal)
            from line in File.ReadLines(Path.Combine(Repository.Root, file)).Select((text, index) => (text, number: index + 1))
            where Leftover().IsMatch(line.text)
            select $"{file}:{line.number}: {line.text.Trim()}");

    [Fact]
    public void Tests_wait_for_conditions_and_never_for_time() =>
        Assert.Empty(
            from file in Repository.Files(".cs")
            where file.StartsWith("tests/", StringComparison.Ordinal) && !file.EndsWith("Sizes.cs", StringComparison.Ordinal)
            from line in File.ReadLines(Path.Combine(Repository.Root, file)).Select((text, index) => (text, number: index + 1))
            where Sleep().IsMatch(line.text)
            select $"{file}:{line.number}: {line.text.Trim()}");

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b|\[(Fact|Theory)\([^)]*Skip *=|Assert\.True\(true\)|catch *\{ *\}|catch *\(Exception\) *\{ *\}|/work/")]
    private static partial Regex Leftover();

    [GeneratedRegex(@"Thread\.Sleep|Task\.Delay\([0-9]{3,}|Task\.Delay\(TimeSpan\.From(Seconds|Minutes)")]
    private static partial Regex Sleep();
}
