using System.Net;
using Microsoft.AspNetCore.Http;
using Portal.Identity.SignIn;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.RelyingParty;

/// <summary>An issuer that a customer names is fetched from the internet and from nowhere else.</summary>
public sealed class OidcPrivateNetworkTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:7f00:1::")]
    [InlineData("fd00::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public void An_address_inside_is_refused(string address) => Assert.False(new PublicNetwork("").Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1111")]
    public void An_address_outside_is_fine(string address) => Assert.True(new PublicNetwork("").Allows(IPAddress.Parse(address)));

    [Fact]
    public void An_operator_may_open_one_network()
    {
        var network = new PublicNetwork("10.20.0.0/16, fd12::/16");
        Assert.True(network.Allows(IPAddress.Parse("10.20.1.1")));
        Assert.True(network.Allows(IPAddress.Parse("fd12::1")));
        Assert.False(network.Allows(IPAddress.Parse("10.21.1.1")));
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}")]
    [InlineData("http://localhost:{0}")]
    [InlineData("https://[::ffff:127.0.0.1]:{0}")]
    [InlineData("https://0x7f.1:{0}")]
    [Shows("private networks")]
    public async Task The_portal_does_not_fetch_from_its_own_machine_for_a_customer(string issuer)
    {
        await using var house = await CompanyHouse.Start("Portal:Identity:Companies:AllowedNetworks=192.0.2.0/24");
        var reached = false;
        house.Issuer.Interrupt = _ =>
        {
            reached = true;
            return Task.FromResult(false);
        };
        await CompanyHouse.Save(house.Owner, string.Format(null, issuer, new Uri(house.Issuer.Address).Port));

        var page = await house.Owner.Submit(await house.Owner.Get(CompanyHouse.Manage), CompanyHouse.Manage + "?handler=Try");

        Assert.Contains("inside a private network", page.Words, StringComparison.Ordinal);
        Assert.False(reached);
    }

    [Fact]
    [Shows("private networks")]
    public async Task A_redirect_is_not_followed_and_a_flood_is_not_read()
    {
        await using var house = await CompanyHouse.Start();
        await using var elsewhere = await ScriptedIssuer.Start();
        var followed = false;
        elsewhere.Interrupt = _ =>
        {
            followed = true;
            return Task.FromResult(false);
        };
        house.Issuer.Interrupt = context =>
        {
            context.Response.Redirect(elsewhere.Address + context.Request.Path);
            return Task.FromResult(true);
        };
        await house.Save();
        var page = await house.Owner.Submit(await house.Owner.Get(CompanyHouse.Manage), CompanyHouse.Manage + "?handler=Try");
        Assert.Contains("with status 302", page.Words, StringComparison.Ordinal);
        Assert.False(followed);

        house.Issuer.Interrupt = async context =>
        {
            await context.Response.WriteAsync(new string(' ', 300 * 1024));
            return true;
        };
        page = await house.Owner.Submit(await house.Owner.Get(CompanyHouse.Manage), CompanyHouse.Manage + "?handler=Try");
        Assert.Contains("A sign-in would fail", page.Words, StringComparison.Ordinal);
    }
}
