using System.Net;
using System.Text;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>What RFC 9700 warns of, tried against the built-in provider.</summary>
public sealed class OidcAttackTests(PortalWithShops portal) : IClassFixture<PortalWithShops>
{
    private readonly Browser browser = portal.Browser;
    private readonly Shop shop = portal.Shop;

    [Theory]
    [InlineData("https://shop.example.in/signed-in/")]
    [InlineData("https://shop.example.in/signed-in?next=https://evil.example")]
    [InlineData("https://shop.example.in/signed-in#fragment")]
    [InlineData("https://shop.example.in/signed-in/../open?to=https://evil.example")]
    [InlineData("https://shop.example.in/SIGNED-IN")]
    [InlineData("http://shop.example.in/signed-in")]
    [InlineData("https://shop.example.in:8443/signed-in")]
    [InlineData("https://evil.example/https://shop.example.in/signed-in")]
    [InlineData("https://shop.example.in@evil.example/signed-in")]
    [InlineData("https://shop.example.in.evil.example/signed-in")]
    [InlineData("https://rival.example.in/signed-in")]
    [InlineData("javascript:alert(1)")]
    [Shows("RFC 9700 2.1 exact redirect", "RFC 9700 4.1 redirect validation", "RFC 9700 4.11 open redirection", "RFC 9700 2.1 no open redirector")]
    public async Task Nothing_is_sent_to_an_address_that_only_looks_registered(string address)
    {
        foreach (var wrong in ((string, string?)[][])[[("redirect_uri", address)], [("redirect_uri", address), ("scope", "admin")]])
        {
            using var response = await browser.SendGet(Shop.Request(wrong));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Null(response.Headers.Location);
            Assert.False(response.Headers.Contains("Refresh"));
            Assert.DoesNotContain("evil.example", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("code_challenge", null)]
    [InlineData("code_challenge_method", "plain")]
    [InlineData("code_challenge_method", null)]
    [Shows("RFC 9700 2.1.1 pkce required", "RFC 9700 2.1.1 S256 only", "RFC 9700 4.8 pkce downgrade")]
    public async Task A_request_whose_challenge_was_taken_out_gets_no_code(string name, string? value)
    {
        var back = await Shop.Answer(browser, Shop.Request((name, value)));
        Assert.Equal("invalid_request", Shop.Query(back, "error"));
        Assert.Null(Shop.Query(back, "code"));
    }

    [Fact]
    [Shows("RFC 9700 2.1.1 verifier enforced", "RFC 9700 4.5 code injection")]
    public async Task A_stolen_code_is_worth_nothing_to_another_session_client_or_address()
    {
        await Refused(code => shop.Redeem(code, ("code_verifier", null)));
        await Refused(code => shop.Redeem(code, ("code_verifier", new string('v', 64))));
        await Refused(code => shop.Redeem(code, ("code_verifier", CommandLine.Challenge)));
        await Refused(code => shop.Redeem(code, ("redirect_uri", "https://rival.example.in/signed-in")));
        await Refused(code => shop.Token(
            [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Shop.Callback),
                ("code_verifier", CommandLine.Verifier),
            ],
            Shop.Basic("rival", Shop.Secret)));

        async Task Refused(Func<string, Task<(HttpStatusCode Status, System.Text.Json.JsonElement Answer)>> redeem)
        {
            var code = await Shop.Code(browser);
            var (status, answer) = await redeem(code);
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (status, Shop.Text(answer, "error")));
            // and the try has spent it
            Assert.Equal(HttpStatusCode.BadRequest, (await shop.Redeem(code)).Status);
        }
    }

    [Fact]
    [Shows("RFC 9700 2.4 no password grant")]
    public async Task A_password_is_no_grant()
    {
        var (status, answer) = await shop.Token(
            [("grant_type", "password"), ("username", PortalUnderTest.EmailOf("Asha Rao")), ("password", PortalUnderTest.Password)]);
        Assert.Equal((HttpStatusCode.BadRequest, "unsupported_grant_type"), (status, Shop.Text(answer, "error")));
    }

    [Fact]
    [Shows("RFC 9700 4.2 referrer", "RFC 9700 4.16 clickjacking", "RFC 9700 4.17 in-browser communication")]
    public async Task A_page_of_the_provider_is_framed_by_nobody_and_tells_nobody_where_it_was()
    {
        using var nobody = portal.Portal.NewBrowser();
        using var stranger = await portal.Portal.SignUpAsync("Chitra Nair");
        var pages = new[]
        {
            await nobody.Get(Shop.Request()), await stranger.Get(Shop.Request(("prompt", "consent"))),
            await nobody.Get(Shop.Request(("redirect_uri", "https://evil.example"))), await browser.Get("/oidc/sign-out"),
        };
        Assert.Equal(["/oidc/sign-in", "/oidc/consent", "/oidc/authorize"], pages.Take(3).Select(page => page.Address.AbsolutePath));
        Assert.All(pages, page =>
        {
            var headers = page.Response.Headers;
            var policy = headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("DENY", headers.GetValues("X-Frame-Options").Single());
            // to other origins no address at all is named, so no code and no state
            Assert.Contains(headers.GetValues("Referrer-Policy").Single(), (string[])["no-referrer", "same-origin"]);
            Assert.True(headers.CacheControl!.NoStore);
            foreach (var loaded in page.Html.QuerySelectorAll("script[src], link[rel=stylesheet], img, iframe"))
                Assert.StartsWith("/", loaded.GetAttribute("src") ?? loaded.GetAttribute("href") ?? "", StringComparison.Ordinal);
            Assert.DoesNotContain("postMessage", page.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    [Shows("RFC 9700 4.3 browser history", "RFC 9700 4.6 access token injection")]
    public async Task No_token_stands_in_an_address_and_none_is_taken_from_one()
    {
        var back = await Shop.Answer(browser, Shop.Request());
        Assert.Equal(["code", "iss", "state"], System.Web.HttpUtility.ParseQueryString(back.Query).AllKeys.Order());
        var tokens = await shop.SignIn(browser);
        Assert.Equal(HttpStatusCode.Unauthorized, (await shop.UserInfo(HttpMethod.Get, null, query: $"?access_token={tokens.AccessToken}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await shop.UserInfo(HttpMethod.Post, null, query: $"?access_token={tokens.AccessToken}")).Status);
        using var api = await browser.SendGet($"/api/v1/servers?access_token={tokens.AccessToken}");
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
        var (status, _) = await shop.Token([("grant_type", "authorization_code")], path: $"/oidc/token?code={await Shop.Code(browser)}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    [Shows("RFC 9700 4.4 mix-up")]
    public async Task Every_answer_names_its_issuer()
    {
        Assert.Equal(shop.Issuer, Shop.Query(await Shop.Answer(browser, Shop.Request()), "iss"));
        Assert.Equal(shop.Issuer, Shop.Query(await Shop.Answer(browser, Shop.Request(("response_type", "token"))), "iss"));
        Assert.True((await shop.Json("/.well-known/openid-configuration")).GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
    }

    [Fact]
    [Shows("RFC 9700 2.3 privilege", "RFC 9700 4.9 counterfeit resource server")]
    public async Task A_token_for_the_shop_opens_nothing_else()
    {
        var tokens = await shop.SignIn(browser);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/servers");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {tokens.AccessToken}");
        using var answer = await browser.Send(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    [Shows("RFC 9700 4.12 307")]
    public async Task What_was_posted_here_is_never_posted_on()
    {
        using var person = portal.Portal.NewBrowser();
        var form = await person.Get(Shop.Request());
        using var signedIn = await person.Send(Browser.Fill(form, null, ("Email", PortalUnderTest.EmailOf("Asha Rao")), ("Password", PortalUnderTest.Password)));
        var consent = await browser.Get(Shop.Request(("prompt", "consent")));
        using var agreed = await browser.Send(Browser.Fill(consent, "/oidc/consent", ("Answer", "yes")));
        using var posted = await browser.Send(new HttpRequestMessage(HttpMethod.Post, "/oidc/authorize") { Content = new FormUrlEncodedContent([]) });

        Assert.Equal(
            [HttpStatusCode.SeeOther, HttpStatusCode.SeeOther, HttpStatusCode.SeeOther],
            [signedIn.StatusCode, agreed.StatusCode, posted.StatusCode]);
    }

    [Fact]
    [Shows("RFC 9700 2.2.2 refresh rotation", "RFC 9700 4.14 refresh replay")]
    public async Task A_refresh_token_that_comes_twice_ends_the_family()
    {
        var first = await shop.SignIn(browser, ("scope", "openid offline_access"));
        var (_, second) = await shop.Refresh(first.RefreshToken);
        var (replayed, refused) = await shop.Refresh(first.RefreshToken);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (replayed, Shop.Text(refused, "error")));
        Assert.Equal("invalid_grant", Shop.Text((await shop.Refresh(Shop.Text(second, "refresh_token"))).Answer, "error"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await shop.UserInfo(HttpMethod.Get, Shop.Text(second, "access_token"))).Status);
    }

    [Fact]
    [Shows("alg none", "wrong audience or issuer", "RFC 9700 4.10 stolen token")]
    public async Task A_token_that_was_changed_is_no_token()
    {
        var tokens = await shop.SignIn(browser);
        var (head, body) = (tokens.AccessToken.Split('.')[0], tokens.AccessToken.Split('.')[1]);
        var none = Part("""{"alg":"none","typ":"at+jwt"}""");
        var hmac = Part("""{"alg":"HS256","typ":"at+jwt"}""");
        string[] forgeries =
        [
            $"{none}.{body}.", $"{none}.{body}", $"{hmac}.{body}.{Part("a signature")}",
            $"{head}.{Part("{}")}.{tokens.AccessToken.Split('.')[2]}", "x", tokens.IdToken.EncodedToken,
        ];
        foreach (var forged in forgeries)
            Assert.Equal(HttpStatusCode.Unauthorized, (await shop.UserInfo(HttpMethod.Get, forged)).Status);
        using var other = portal.Portal.NewBrowser();
        Assert.Equal(HttpStatusCode.Unauthorized, await CommandLine.UserInfo(other, new string('a', 9000)));

        static string Part(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    [Theory]
    [InlineData("scope")]
    [InlineData("state")]
    [InlineData("nonce")]
    [InlineData("prompt")]
    [Shows("duplicate parameters", "oversized parameters")]
    public async Task A_parameter_that_comes_twice_or_too_long_is_refused_by_its_code(string name)
    {
        var twice = await Shop.Answer(browser, Shop.Request() + $"&{name}=openid" + (name == "prompt" ? "&prompt=login" : ""));
        Assert.Equal("invalid_request", Shop.Query(twice, "error"));
        var large = await Shop.Answer(browser, Shop.Request((name, new string('x', 3000))));
        Assert.Contains(Shop.Query(large, "error"), (string[])["invalid_request", "invalid_scope"]);

        using var form = new StringContent("grant_type=authorization_code&code=a&code=b", Encoding.ASCII, "application/x-www-form-urlencoded");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oidc/token") { Content = form };
        using var answer = await browser.Send(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
