using FsCheck;
using FsCheck.Fluent;
using Portal.Servers;
using Xunit;

namespace Portal.Tests.Servers;

public sealed class HostnameTests
{
    [Theory]
    [InlineData("web-1", "web-1")]
    [InlineData(" WEB-1.Example.IN ", "web-1.example.in")]
    [InlineData("3com", "3com")]
    [InlineData("xn--11b4d3a.example", "xn--11b4d3a.example")]
    [InlineData("a", "a")]
    public void A_name_of_rfc_1123_is_kept_in_lower_case(string typed, string kept) => Assert.Equal((kept, null), Hostname.Read(typed));

    [Theory]
    [InlineData("", "Enter a hostname")]
    [InlineData("web_1", "A hostname has no underscore")]
    [InlineData("web 1", "A hostname has no blank")]
    [InlineData("-web", "'-web' starts or ends with a hyphen")]
    [InlineData("web-.example", "'web-' starts or ends with a hyphen")]
    [InlineData("web..example", "A hostname has no dot at its start or end")]
    [InlineData("web.", "A hostname has no dot at its start or end")]
    [InlineData("सर्वर", "A hostname has only the letters a to z")]
    [InlineData("web!1", "'!' is not allowed")]
    [InlineData("10.0.0.1", "This is an address")]
    [InlineData("::1", "This is an address")]
    [InlineData("web.123", "The last part of a hostname is not a number")]
    public void Any_other_is_refused_with_the_reason(string typed, string reason)
    {
        var (name, problem) = Hostname.Read(typed);
        Assert.Null(name);
        Assert.StartsWith(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lengths_of_rfc_1035_hold()
    {
        Assert.NotNull(Hostname.Read(new string('a', 63)).Name);
        Assert.Null(Hostname.Read(new string('a', 64)).Name);
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 62), 4));
        Assert.NotNull(Hostname.Read(longest).Name);
        Assert.Null(Hostname.Read($"{longest}aaa").Name);
    }

    [Fact]
    public void Whatever_is_typed_is_a_name_or_a_reason() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            var (name, problem) = Hostname.Read(text);
            return name is null != problem is null && (name is null || Hostname.Read(name).Name == name);
        }));
}
