using System.Text;
using Portal.Identity.Factors;
using Xunit;

namespace Portal.Tests.Identity.Factors;

public sealed class OidcTotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238 appendix B, the last six of its eight digits
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void The_codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(code, Totp.CodeAt(Secret, DateTimeOffset.FromUnixTimeSeconds(seconds)));

    [Fact]
    public void A_code_is_good_a_step_early_and_a_step_late_and_no_longer()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_015);
        var code = Totp.CodeAt(Secret, now);
        Assert.All((int[])[-30, 0, 30], late => Assert.Equal(60_000_000, Totp.StepOf(Secret, code, now.AddSeconds(late))));
        Assert.All((int[])[-60, 60], late => Assert.Null(Totp.StepOf(Secret, code, now.AddSeconds(late))));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("abcdef")]
    [InlineData("१२३४५६")]
    public void What_is_no_code_is_no_code(string? typed) => Assert.Null(Totp.StepOf(Secret, typed, DateTimeOffset.UnixEpoch));

    [Fact]
    public void Blanks_in_a_code_do_not_matter()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(59);
        Assert.NotNull(Totp.StepOf(Secret, " 287 082 ", now));
    }

    // RFC 4648 section 10
    [Theory]
    [InlineData("f", "MY")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void The_key_is_written_as_apps_read_it(string bytes, string text) => Assert.Equal(text, Totp.Base32(Encoding.ASCII.GetBytes(bytes)));
}
