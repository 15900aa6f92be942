using System.Net;
using Microsoft.Extensions.Options;
using Xunit;

namespace Portal.Tests.Shell;

/// <summary>Whose word is taken for where a request comes from. The test's own machine, 127.0.0.1, stands in for the proxy.</summary>
public sealed class TrustedProxiesTests
{
    private const string Trusting = "Portal:Shell:TrustedProxies:0=127.0.0.0/8";

    [Fact]
    public async Task A_trusted_proxy_tells_the_address_of_the_browser()
    {
        await using var portal = await PortalUnderTest.Start(Trusting);
        Assert.Equal("203.0.113.7", await AddressOfSignUp(portal, "203.0.113.7"));
    }

    [Fact]
    public async Task Without_a_list_nobodys_word_is_taken()
    {
        await using var portal = await PortalUnderTest.Start();
        Assert.Equal("127.0.0.1", await AddressOfSignUp(portal, "203.0.113.7"));
    }

    [Fact]
    public async Task What_a_browser_claims_before_an_untrusted_peer_is_not_read()
    {
        await using var portal = await PortalUnderTest.Start("Portal:Shell:TrustedProxies:0=192.0.2.10", "Portal:Shell:TrustedProxies:1=2001:db8::/64");
        Assert.Equal("127.0.0.1", await AddressOfSignUp(portal, "203.0.113.7"));
    }

    [Theory]
    [InlineData("10.9.9.9, 203.0.113.7", "203.0.113.7")]                       // the browser made up the first one
    [InlineData("203.0.113.7, 192.0.2.10", "203.0.113.7")]                      // a second proxy of ours
    [InlineData("10.9.9.9, 203.0.113.7, 192.0.2.10", "203.0.113.7")]
    [InlineData("127.0.0.1, 203.0.113.7", "203.0.113.7")]                       // pretending to be the proxy itself
    [InlineData("nonsense", "127.0.0.1")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    public async Task The_chain_is_read_from_the_right_as_far_as_it_is_ours(string claimed, string address)
    {
        await using var portal = await PortalUnderTest.Start(Trusting, "Portal:Shell:TrustedProxies:1=192.0.2.10");
        Assert.Equal(address, await AddressOfSignUp(portal, claimed));
    }

    [Fact]
    public async Task One_browser_behind_the_proxy_is_locked_and_its_neighbour_is_not()
    {
        await using var portal = await PortalUnderTest.Start(Trusting, "Portal:Identity:FailuresPerIp=2");
        using var guesser = portal.NewBrowser();
        using var neighbour = portal.NewBrowser();
        guesser.Headers["X-Forwarded-For"] = "203.0.113.7";
        neighbour.Headers["X-Forwarded-For"] = "203.0.113.8";
        for (var i = 0; i < 2; i++) await PortalUnderTest.SignInAsync(guesser, portal.NewEmail(), "wrong password");

        Assert.Equal(HttpStatusCode.TooManyRequests, (await PortalUnderTest.SignInAsync(guesser, portal.NewEmail(), "wrong password")).Status);
        Assert.NotEqual(HttpStatusCode.TooManyRequests, (await PortalUnderTest.SignInAsync(neighbour, portal.NewEmail(), "wrong password")).Status);
        // another address claimed in front of the proxy's word does not help
        guesser.Headers["X-Forwarded-For"] = "198.51.100.1, 203.0.113.7";
        Assert.Equal(HttpStatusCode.TooManyRequests, (await PortalUnderTest.SignInAsync(guesser, portal.NewEmail(), "wrong password")).Status);
    }

    [Fact]
    public async Task A_host_that_a_proxy_names_leads_nowhere()
    {
        await using var portal = await PortalUnderTest.Start(Trusting);
        using var browser = portal.NewBrowser();
        browser.Headers["X-Forwarded-Host"] = "evil.example";
        browser.Headers["X-Forwarded-Proto"] = "https";
        await SignUp(browser, "asha@customers.example.in");
        Assert.StartsWith(portal.Address.ToString(), await portal.LinkTo("asha@customers.example.in"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Portal:Shell:TrustedProxies:0=proxy.example", "no address and no network")]
    [InlineData("Portal:Shell:TrustedProxies:0=10.0.0.0/33", "no address and no network")]
    [InlineData("Portal:Shell:TrustedProxies:0=0.0.0.0/0", "everybody")]
    [InlineData("Portal:Shell:TrustedProxies:0=::/0", "everybody")]
    [InlineData("FORWARDEDHEADERS_ENABLED=true", "Portal:Shell:TrustedProxies")]
    public async Task A_list_that_cannot_be_meant_stops_the_start_and_says_how_to_mend_it(string setting, string mend)
    {
        var trouble = await Assert.ThrowsAsync<OptionsValidationException>(() => PortalUnderTest.Start(setting));
        Assert.Contains(mend, trouble.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> AddressOfSignUp(PortalUnderTest portal, string claimed)
    {
        using var browser = portal.NewBrowser();
        browser.Headers["X-Forwarded-For"] = claimed;
        await SignUp(browser, "asha@customers.example.in");
        return await portal.Db.One<string>(Sql.Ip);
    }

    private static async Task SignUp(Browser browser, string email) => await browser.Submit(
        await browser.Get("/sign-up"), ("FullName", "Asha Rao"), ("Email", email), ("Password", PortalUnderTest.Password), ("IsAdult", "true"));

    private static class Sql
    {
        public const string Ip = "select Ip from EmailConfirmation";
    }
}
