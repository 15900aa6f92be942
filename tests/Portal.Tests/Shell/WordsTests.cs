using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Portal.Shell;
using Xunit;

namespace Portal.Tests.Shell;

public sealed class WordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "₹0.00")]
    [InlineData(5, "₹0.05")]
    [InlineData(99_999, "₹999.99")]
    [InlineData(11_800_000, "₹1,18,000.00")]
    [InlineData(1_234_567_890, "₹1,23,45,678.90")]
    [InlineData(-50, "−₹0.50")]
    [InlineData(long.MinValue, "−₹92,23,37,20,36,85,47,758.08")]
    public void Rupees_are_grouped_as_in_India(long paise, string shown) => Assert.Equal(shown, Rupees.Show(paise));

    [Fact]
    public void Rupees_lose_no_paisa() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<long>(), paise =>
        {
            var digits = new string([.. Rupees.Show(paise).Where(char.IsAsciiDigit)]);
            return Int128.Parse(digits, CultureInfo.InvariantCulture) == Int128.Abs(paise);
        }));

    [Theory]
    [InlineData(-10, "just now")]
    [InlineData(-180, "3 minutes ago")]
    [InlineData(60, "in 1 minute")]
    [InlineData(7200, "in 2 hours")]
    [InlineData(-86_400, "1 day ago")]
    public void Times_are_told_in_words(int seconds, string words) => Assert.Equal(words, Words.Relative(Now.AddSeconds(seconds), Now));

    [Fact]
    public void A_file_for_spreadsheets_holds_no_formula() => Assert.Equal(
        ",'=1+1,\"a,\"\"b\"\"\",-5,2026-11-22T10:00:00Z\r\n", Csv.Line(null, "=1+1", "a,\"b\"", -5, Now));
}
