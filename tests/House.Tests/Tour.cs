using System.Text.RegularExpressions;
using Xunit;

namespace House.Tests;

/// <summary>The README's tour "order a server" leads through files that exist.</summary>
public sealed partial class Tour
{
    [Fact]
    public void The_seven_files_of_the_tour_exist()
    {
        var readme = Path.Combine(Repository.Root, "README.md");
        Assert.True(File.Exists(readme), "README.md is missing");
        var tour = File.ReadLines(readme).FirstOrDefault(line => line.Contains('→') && line.Contains("Servers/", StringComparison.Ordinal));
        Assert.NotNull(tour);
        var files = Quoted().Matches(tour).Select(found => found.Groups[1].Value).ToList();
        Assert.Equal(7, files.Count);
        Assert.Empty(files.Where(file => !File.Exists(Path.Combine(Repository.Root, file))));
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
