using Billing.Prices;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Billing.Tests.Prices;

public sealed class MoneyHolds
{
    [Theory]
    [InlineData(0, "₹0.00")]
    [InlineData(5, "₹0.05")]
    [InlineData(99_999, "₹999.99")]
    [InlineData(1_00_000, "₹1,000.00")]
    [InlineData(1_18_000_00, "₹1,18,000.00")]
    [InlineData(12_34_56_789_00, "₹12,34,56,789.00")]
    [InlineData(-1_18_000_00, "−₹1,18,000.00")]
    [InlineData(long.MinValue, "−₹92,23,37,20,36,85,47,758.08")]
    public void It_is_shown_in_Indian_grouping(long paise, string shown) => Assert.Equal(shown, new Money(paise).Show());

    [Fact]
    public void Another_currency_is_shown_with_its_code() => Assert.Equal("USD 1,234,567.00", new Money(123_456_700, "USD").Show());

    [Fact]
    public void Overflow_and_mixed_currencies_throw()
    {
        Assert.Throws<OverflowException>(() => new Money(long.MaxValue) + new Money(1));
        Assert.Throws<InvalidOperationException>(() => new Money(1) + new Money(1, "USD"));
        Assert.Equal("USD", (Money.Zero + new Money(1, "USD")).Currency);
    }

    [Fact]
    public void Halves_go_up_and_negatives_mirror() => Check.QuickThrowOnFailure(Prop.ForAll<long, int>((paise, rate) =>
    {
        var (amount, bps) = (paise % 1_000_000_000_000, Math.Abs(rate % 10_001));
        var part = Rounding.BasisPoints(amount, bps);
        return part == -Rounding.BasisPoints(-amount, bps) && Int128.Abs(((Int128)part * 10_000) - ((Int128)amount * bps)) <= 5_000;
    }));

    [Fact]
    public void Parts_add_up_to_the_total() => Check.QuickThrowOnFailure(Prop.ForAll<int, NonEmptyArray<PositiveInt>>((total, weights) =>
        Rounding.Spread(Math.Abs((long)total), [.. weights.Get.Select(weight => (long)weight.Get)]).Sum() == Math.Abs((long)total)));
}
