using Xunit;

namespace Database.Tests;

public sealed class IstTests
{
    [Fact]
    public void The_financial_year_turns_at_midnight_in_India()
    {
        var lastSecond = new DateTimeOffset(2027, 3, 31, 18, 29, 59, TimeSpan.Zero);
        Assert.Equal("2026-27", Ist.FinancialYear(Ist.Date(lastSecond)));
        Assert.Equal("2027-28", Ist.FinancialYear(Ist.Date(lastSecond.AddSeconds(1))));
        Assert.Equal(lastSecond.AddSeconds(1), Ist.StartOf(new DateOnly(2027, 4, 1)));
    }

    [Fact]
    public void The_turn_of_the_century_keeps_two_digits() => Assert.Equal("2099-00", Ist.FinancialYear(new DateOnly(2099, 4, 1)));

    [Fact]
    public void People_see_the_wall_time_of_India() =>
        Assert.Equal("1 Apr 2026, 00:15 IST", Ist.Show(new DateTimeOffset(2026, 3, 31, 18, 45, 0, TimeSpan.Zero)));
}
