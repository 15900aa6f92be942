using System.Net;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.RelyingParty;

/// <summary>An issuer ends the sessions that it began (OpenID Connect Back-Channel Logout 1.0 section 2.6).</summary>
public sealed class OidcBackChannelLogoutTests
{
    private const string Path = "/sign-in/back-channel-logout";
    private const string ClientId = "portal-at-company";

    private static readonly Dictionary<string, Func<ScriptedIssuer, string>> Bad = new()
    {
        ["another audience"] = issuer => issuer.LogoutToken("another-client"),
        ["another issuer"] = issuer => issuer.LogoutToken(ClientId, ("iss", "https://other.example")),
        ["expired"] = issuer => issuer.LogoutToken(ClientId, ("exp", DateTimeOffset.UtcNow.AddSeconds(-90).ToUnixTimeSeconds())),
        ["old"] = issuer => issuer.LogoutToken(ClientId, ("iat", DateTimeOffset.UtcNow.AddMinutes(-20).ToUnixTimeSeconds())),
        ["without time"] = issuer => issuer.LogoutToken(ClientId, ("iat", null)),
        ["about nobody"] = issuer => issuer.LogoutToken(ClientId, ("sub", null)),
        ["without event"] = issuer => issuer.LogoutToken(ClientId, ("events", null)),
        ["with another event"] = issuer => issuer.LogoutToken(ClientId, ("events", new Dictionary<string, object> { ["x"] = new Dictionary<string, object>() })),
        ["with a nonce"] = issuer => issuer.LogoutToken(ClientId, ("nonce", "n")),
        ["without an id"] = issuer => issuer.LogoutToken(ClientId, ("jti", null)),
        ["unsigned"] = issuer => ScriptedIssuer.WithoutSignature(new() { ["iss"] = issuer.Address, ["aud"] = ClientId, ["sub"] = issuer.Sub }),
        ["no token"] = _ => "nonsense",
        ["empty"] = _ => "",
    };

    public static TheoryData<string> Lies { get; } = new(Bad.Keys);

    [Theory]
    [InlineData(null)]
    [InlineData("session-1")]
    [Shows("back-channel logout 2.7")]
    public async Task What_the_issuer_ends_is_over_with_the_next_request(string? sid)
    {
        await using var house = await CompanyHouse.StartOpen();
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);

        var status = await Send(house, sid is null ? house.Issuer.LogoutToken(ClientId) : house.Issuer.LogoutToken(ClientId, ("sub", null), ("sid", sid)));

        Assert.Equal(HttpStatusCode.OK, status);
        using var next = await browser.SendGet("/accounts");
        Assert.Equal(HttpStatusCode.SeeOther, next.StatusCode);
        // nobody else is signed out
        using var owner = await house.Owner.SendGet("/accounts");
        Assert.Equal(HttpStatusCode.OK, owner.StatusCode);
    }

    [Fact]
    public async Task Another_session_at_the_issuer_stays()
    {
        await using var house = await CompanyHouse.StartOpen();
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);

        Assert.Equal(HttpStatusCode.OK, await Send(house, house.Issuer.LogoutToken(ClientId, ("sid", "session-2"))));
        using var next = await browser.SendGet("/accounts");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    [Shows("back-channel logout 2.6 replay")]
    public async Task A_logout_token_counts_once()
    {
        await using var house = await CompanyHouse.StartOpen();
        var token = house.Issuer.LogoutToken(ClientId);

        Assert.Equal(HttpStatusCode.OK, await Send(house, token));
        Assert.Equal(HttpStatusCode.BadRequest, await Send(house, token));
    }

    [Theory]
    [MemberData(nameof(Lies))]
    [Shows("back-channel logout 2.6")]
    public async Task A_token_that_is_not_good_ends_nothing(string lie)
    {
        await using var house = await CompanyHouse.StartOpen();
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);

        Assert.Equal(HttpStatusCode.BadRequest, await Send(house, Bad[lie](house.Issuer)));
        using var next = await browser.SendGet("/accounts");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    private static async Task<HttpStatusCode> Send(CompanyHouse house, string token)
    {
        using var issuer = house.Portal.NewBrowser();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Path, UriKind.Relative))
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("logout_token", token)]),
        };
        using var response = await issuer.Send(request);
        Assert.True(response.Headers.CacheControl?.NoStore);
        return response.StatusCode;
    }
}
