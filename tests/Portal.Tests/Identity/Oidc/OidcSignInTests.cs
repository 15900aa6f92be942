using System.Net;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>When the provider asks a person and when it does not: prompt, max_age, hints, and codes that come late.</summary>
public sealed class OidcSignInTests(PortalWithShops portal) : IClassFixture<PortalWithShops>
{
    private readonly Browser browser = portal.Browser;
    private readonly Shop shop = portal.Shop;

    [Fact]
    [Shows("oidcc-prompt-login")]
    public async Task Prompt_login_asks_for_the_password_again()
    {
        var first = await shop.SignIn(browser);
        portal.Clock.Ahead += TimeSpan.FromSeconds(2);

        var page = await browser.Get(Shop.Request(("prompt", "login")));
        Assert.Equal("/oidc/sign-in", page.Address.AbsolutePath);
        var again = await shop.SignIn(browser, ("prompt", "login"));

        Assert.Equal(first.IdToken.Subject, again.IdToken.Subject);
        Assert.True(again.AuthTime > first.AuthTime, $"{again.AuthTime} is not after {first.AuthTime}");
    }

    [Fact]
    [Shows("oidcc-prompt-none-not-logged-in")]
    public async Task Prompt_none_without_a_session_is_refused_at_the_shop()
    {
        using var nobody = portal.Portal.NewBrowser();
        var back = await Shop.Answer(nobody, Shop.Request(("prompt", "none")));
        Assert.Equal("login_required", Shop.Query(back, "error"));
        Assert.Equal("state of the shop", Shop.Query(back, "state"));
        Assert.Null(Shop.Query(back, "code"));
    }

    [Fact]
    [Shows("oidcc-prompt-none-logged-in")]
    public async Task Prompt_none_with_a_session_and_a_remembered_yes_shows_no_page()
    {
        var first = await shop.SignIn(browser);
        var page = await browser.Get(Shop.Request(("prompt", "none")));
        Assert.StartsWith(Shop.Callback, page.Address.ToString(), StringComparison.Ordinal);

        var again = await shop.SignIn(browser, ("prompt", "none"));
        Assert.Equal(first.IdToken.Subject, again.IdToken.Subject);
        Assert.Equal(first.AuthTime, again.AuthTime);
    }

    [Fact]
    [Shows("oidcc-max-age-1")]
    public async Task A_sign_in_that_is_older_than_max_age_is_asked_for_again()
    {
        var first = await shop.SignIn(browser);
        portal.Clock.Ahead += TimeSpan.FromSeconds(2);

        Assert.Equal("login_required", Shop.Query(await Shop.Answer(browser, Shop.Request(("max_age", "1"), ("prompt", "none"))), "error"));
        var again = await shop.SignIn(browser, ("max_age", "1"));

        Assert.True(again.AuthTime > first.AuthTime, $"{again.AuthTime} is not after {first.AuthTime}");
        Assert.InRange(again.IdToken.IssuedAt - DateTimeOffset.FromUnixTimeSeconds(again.AuthTime).UtcDateTime, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Fact]
    [Shows("oidcc-id-token-hint")]
    public async Task A_hint_at_the_person_who_is_signed_in_is_good_and_at_another_it_is_not()
    {
        var first = await shop.SignIn(browser);
        var same = await shop.SignIn(browser, ("prompt", "none"), ("id_token_hint", first.IdToken.EncodedToken));
        Assert.Equal(first.IdToken.Subject, same.IdToken.Subject);

        using var bharat = await portal.Portal.SignUpAsync("Bharat Singh");
        await Shop.Answer(bharat, Shop.Request());
        var back = await Shop.Answer(bharat, Shop.Request(("prompt", "none"), ("id_token_hint", first.IdToken.EncodedToken)));
        Assert.Equal("login_required", Shop.Query(back, "error"));
    }

    [Fact]
    [Shows("oidcc-login-hint")]
    public async Task A_login_hint_is_filled_in()
    {
        using var nobody = portal.Portal.NewBrowser();
        var page = await nobody.Get(Shop.Request(("login_hint", "asha.rao@customers.example.in")));
        Assert.Equal("asha.rao@customers.example.in", page.ValueOf("Email"));
    }

    [Fact]
    [Shows("oidcc-codereuse", "RFC 9700 4.2 one use")]
    public async Task A_code_is_good_once()
    {
        var code = await Shop.Code(browser);
        Assert.Equal(HttpStatusCode.OK, (await shop.Redeem(code)).Status);
        var (status, answer) = await shop.Redeem(code);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (status, Shop.Text(answer, "error")));
    }

    [Fact]
    [Shows("oidcc-codereuse-30seconds")]
    public async Task A_code_that_comes_again_half_a_minute_later_ends_what_it_gave()
    {
        var code = await Shop.Code(browser);
        var (_, given) = await shop.Redeem(code);
        portal.Clock.Ahead += TimeSpan.FromSeconds(30);
        Assert.Equal(HttpStatusCode.OK, (await shop.UserInfo(HttpMethod.Get, Shop.Text(given, "access_token"))).Status);

        var (status, answer) = await shop.Redeem(code);

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (status, Shop.Text(answer, "error")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await shop.UserInfo(HttpMethod.Get, Shop.Text(given, "access_token"))).Status);
    }

    [Fact]
    [Shows("clock skew")]
    public async Task A_code_and_a_token_end_in_time()
    {
        var (late, used) = (await Shop.Code(browser), await shop.SignIn(browser));
        portal.Clock.Ahead += TimeSpan.FromSeconds(61);
        Assert.Equal("invalid_grant", Shop.Text((await shop.Redeem(late)).Answer, "error"));

        var life = TimeSpan.FromSeconds(used.Answer.GetProperty("expires_in").GetInt32());
        portal.Clock.Ahead += life - TimeSpan.FromSeconds(31);   // half a minute over, which clocks may differ by
        Assert.Equal(HttpStatusCode.OK, (await shop.UserInfo(HttpMethod.Get, used.AccessToken)).Status);
        portal.Clock.Ahead += TimeSpan.FromSeconds(60);
        Assert.Equal(HttpStatusCode.Unauthorized, (await shop.UserInfo(HttpMethod.Get, used.AccessToken)).Status);
    }

    [Fact]
    [Shows("oidcc-ensure-registered-redirect-uri")]
    public async Task An_address_that_is_not_registered_is_answered_nowhere()
    {
        using var response = await browser.SendGet(Shop.Request(("redirect_uri", "https://shop.example.in/elsewhere")));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(response.Headers.Location);
    }

    [Fact]
    [Shows("oidcc-ensure-post-request-succeeds")]
    public async Task A_request_may_be_posted()
    {
        var fields = Shop.Request().Split('?')[1].Split('&').Select(pair => pair.Split('='))
            .Select(pair => KeyValuePair.Create(pair[0], Uri.UnescapeDataString(pair[1])));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oidc/authorize") { Content = new FormUrlEncodedContent(fields) };
        using var response = await browser.Send(request);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);

        var code = Shop.Query(await Shop.Answer(browser, response.Headers.Location!.ToString()), "code");
        Assert.Equal(HttpStatusCode.OK, (await shop.Redeem(code!)).Status);
    }
}
