using System.Globalization;
using System.Net;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>What the certification's basic plan asks of tokens and userinfo, as a confidential client sees it.</summary>
public sealed class OidcCoreTests(PortalWithShops portal) : IClassFixture<PortalWithShops>
{
    private readonly Browser browser = portal.Browser;
    private readonly Shop shop = portal.Shop;

    [Fact]
    [Shows("oidcc-server", "RFC 9700 2.5 client authentication", "oidcc-ensure-request-with-valid-pkce-succeeds")]
    public async Task A_shop_gets_a_code_then_tokens_then_who_it_is()
    {
        var back = await Shop.Answer(browser, Shop.Request());
        Assert.Equal("state of the shop", Shop.Query(back, "state"));
        var (status, answer) = await shop.Redeem(Shop.Query(back, "code")!);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Bearer", Shop.Text(answer, "token_type"), ignoreCase: true);
        Assert.True(answer.GetProperty("expires_in").GetInt32() > 0);

        var token = await shop.Read(Shop.Text(answer, "id_token")!);
        Assert.Equal(shop.Issuer, token.Issuer);
        Assert.Equal([Shop.Id], token.Audiences);
        Assert.Equal("nonce of the shop", token.GetPayloadValue<string>("nonce"));
        Assert.InRange(token.Subject.Length, 1, 255);
        Assert.InRange(token.ValidTo, DateTime.UtcNow, DateTime.UtcNow.AddHours(1));
        Assert.InRange(token.IssuedAt, DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow.AddSeconds(1));

        var (seen, claims) = await shop.UserInfo(HttpMethod.Get, Shop.Text(answer, "access_token"));
        Assert.Equal(HttpStatusCode.OK, seen);
        Assert.Equal(token.Subject, Shop.Text(claims, "sub"));
    }

    [Fact]
    [Shows("oidcc-server-client-secret-post")]
    public async Task The_secret_may_stand_in_the_form()
    {
        var (status, answer) = await shop.Redeem(await Shop.Code(browser), ("client_id", Shop.Id), ("client_secret", Shop.Secret));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotNull(Shop.Text(answer, "id_token"));
    }

    [Fact]
    [Shows("oidcc-idtoken-signature", "oidcc-idtoken-unsigned")]
    public async Task The_ID_token_is_signed_by_a_published_key_that_it_names()
    {
        var token = (await shop.SignIn(browser)).IdToken;
        var keys = (await shop.Json("/oidc/keys")).GetProperty("keys").EnumerateArray().Select(key => Shop.Text(key, "kid"));
        var offered = (await shop.Json("/.well-known/openid-configuration")).GetProperty("id_token_signing_alg_values_supported");

        Assert.Contains(token.Kid, keys);
        Assert.Equal("ES256", token.Alg);
        Assert.DoesNotContain("none", offered.EnumerateArray().Select(one => one.GetString()));
    }

    [Fact]
    [Shows("oidcc-userinfo-get", "oidcc-userinfo-post-header")]
    public async Task Userinfo_is_read_by_GET_and_by_POST()
    {
        var tokens = await shop.SignIn(browser);
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            var (status, claims) = await shop.UserInfo(method, tokens.AccessToken);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(tokens.IdToken.Subject, Shop.Text(claims, "sub"));
        }
    }

    [Fact]
    [Shows("oidcc-ensure-request-without-nonce-succeeds-for-code-flow")]
    public async Task A_request_without_a_nonce_gets_an_ID_token_without_one()
    {
        var token = (await shop.SignIn(browser, ("nonce", null))).IdToken;
        Assert.False(token.TryGetPayloadValue<string>("nonce", out _));
    }

    [Fact]
    [Shows("oidcc-scope-profile", "oidcc-scope-email", "oidcc-scope-all", "oidcc-ensure-other-scope-order-succeeds", "RFC 9700 2.3 privilege")]
    public async Task The_scope_decides_what_a_shop_learns()
    {
        var (email, name) = (PortalUnderTest.EmailOf("Asha Rao"), "Asha Rao");
        Assert.Equal((null, null), await Learns("openid"));
        Assert.Equal((name, null), await Learns("openid profile"));
        Assert.Equal((null, email), await Learns("openid email"));
        Assert.Equal((name, email), await Learns("email offline_access profile openid"));

        async Task<(string? Name, string? Email)> Learns(string scope)
        {
            var tokens = await shop.SignIn(browser, ("scope", scope));
            var (_, claims) = await shop.UserInfo(HttpMethod.Get, tokens.AccessToken);
            Assert.Equal(Shop.Text(claims, "email") is not null, claims.TryGetProperty("email_verified", out _));
            return (Shop.Text(claims, "name"), Shop.Text(claims, "email"));
        }
    }

    [Theory]
    [InlineData("openid address")]
    [InlineData("openid phone")]
    [InlineData("profile admin openid")]
    [Shows("oidcc-scope-address", "oidcc-scope-phone")]
    public async Task A_scope_that_is_not_offered_is_refused(string scope)
    {
        var offered = (await shop.Json("/.well-known/openid-configuration")).GetProperty("scopes_supported").EnumerateArray().Select(one => one.GetString());
        Assert.Contains(scope.Split(' '), one => !offered.Contains(one));

        Assert.Equal("invalid_scope", Shop.Query(await Shop.Answer(browser, Shop.Request(("scope", scope))), "error"));
    }

    [Theory]
    [InlineData("display", "page")]
    [InlineData("display", "popup")]
    [InlineData("ui_locales", "hi-IN mr")]
    [InlineData("claims_locales", "hi")]
    [InlineData("acr_values", "urn:of-nobody:high")]
    [InlineData("a_parameter", "that nobody knows")]
    [InlineData("claims", """{"userinfo":{"name":{"essential":true}}}""")]
    [Shows(
        "oidcc-display-page", "oidcc-display-popup", "oidcc-ui-locales", "oidcc-claims-locales", "oidcc-ensure-request-with-acr-values-succeeds",
        "oidcc-ensure-request-with-unknown-parameter-succeeds", "oidcc-claims-essential")]
    public async Task A_wish_that_changes_nothing_stops_nobody(string name, string value)
    {
        var tokens = await shop.SignIn(browser, (name, value));
        Assert.NotEmpty(tokens.IdToken.Subject);
        if (name == "acr_values") Assert.NotEqual(value, tokens.IdToken.TryGetPayloadValue<string>("acr", out var acr) ? acr : null);
    }

    [Theory]
    [InlineData("request", "eyJhbGciOiJub25lIn0.eyJyZWRpcmVjdF91cmkiOiJodHRwczovL2V2aWwuZXhhbXBsZS8ifQ.", "request_not_supported")]
    [InlineData("request_uri", "https://shop.example.in/request", "request_uri_not_supported")]
    [Shows(
        "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
        "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", "oidcc-ensure-request-object-with-redirect-uri")]
    public async Task A_request_object_is_refused_at_the_registered_address(string name, string value, string error)
    {
        var back = await Shop.Answer(browser, Shop.Request((name, value)));
        Assert.StartsWith(Shop.Callback, back.ToString(), StringComparison.Ordinal);
        Assert.Equal(error, Shop.Query(back, "error"));
    }

    [Fact]
    [Shows("oidcc-response-type-missing", "RFC 9700 2.1.2 no implicit")]
    public async Task Only_the_code_flow_exists()
    {
        Assert.Equal("invalid_request", Shop.Query(await Shop.Answer(browser, Shop.Request(("response_type", null))), "error"));
        foreach (var type in (string[])["token", "id_token", "id_token token", "code token", "code id_token", "none"])
        {
            var back = await Shop.Answer(browser, Shop.Request(("response_type", type)));
            Assert.Equal("unsupported_response_type", Shop.Query(back, "error"));
            Assert.Equal("", back.Fragment);
        }
    }

    [Fact]
    [Shows("oidcc-refresh-token", "RFC 9700 4.14 refresh bound")]
    public async Task A_refresh_token_gives_tokens_for_the_same_person_to_its_client_alone()
    {
        var tokens = await shop.SignIn(browser, ("scope", "openid email offline_access"));
        var (asRival, refused) = await shop.Token(
            [("grant_type", "refresh_token"), ("refresh_token", tokens.RefreshToken)], Shop.Basic("rival", Shop.Secret));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (asRival, Shop.Text(refused, "error")));
        var (asWider, wider) = await shop.Refresh(tokens.RefreshToken, ("scope", "openid email profile"));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_scope"), (asWider, Shop.Text(wider, "error")));

        tokens = await shop.SignIn(browser, ("scope", "openid email offline_access"));
        var (status, answer) = await shop.Refresh(tokens.RefreshToken, ("scope", "openid"));
        Assert.Equal(HttpStatusCode.OK, status);
        var (_, claims) = await shop.UserInfo(HttpMethod.Get, Shop.Text(answer, "access_token"));
        Assert.Equal(tokens.IdToken.Subject, Shop.Text(claims, "sub"));
        Assert.Null(Shop.Text(claims, "email"));
    }

    [Fact]
    [Shows("oidcc-discovery-endpoint-verification", "RFC 9700 2.1.1 metadata", "RFC 9700 2.6 metadata")]
    public async Task The_metadata_is_complete_and_true()
    {
        var metadata = await shop.Json("/.well-known/openid-configuration");
        Assert.Equal(shop.Issuer, Shop.Text(metadata, "issuer"));
        foreach (var name in (string[])["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"])
            Assert.StartsWith(shop.Issuer + "/", Shop.Text(metadata, name), StringComparison.Ordinal);
        Assert.Equal(["code"], Words("response_types_supported"));
        Assert.Equal(["S256"], Words("code_challenge_methods_supported"));
        Assert.Equal(["public"], Words("subject_types_supported"));
        Assert.Contains("openid", Words("scopes_supported"));
        Assert.Contains("sub", Words("claims_supported"));
        Assert.DoesNotContain("implicit", Words("grant_types_supported"));
        Assert.Contains("client_secret_basic", Words("token_endpoint_auth_methods_supported"));
        Assert.False(metadata.GetProperty("claims_parameter_supported").GetBoolean());
        Assert.False(metadata.GetProperty("request_parameter_supported").GetBoolean());
        Assert.False(metadata.GetProperty("request_uri_parameter_supported").GetBoolean());

        var keys = (await shop.Json(new Uri(Shop.Text(metadata, "jwks_uri")!).AbsolutePath)).GetProperty("keys").EnumerateArray().ToList();
        Assert.Equal(keys.Count, keys.Select(key => Shop.Text(key, "kid")).Distinct().Count());
        Assert.All(keys, key => Assert.False(key.TryGetProperty("d", out _)));

        List<string> Words(string name) => [.. metadata.GetProperty(name).EnumerateArray().Select(one => one.GetString()!)];
    }

    [Fact]
    [Shows("oidcc-max-age-10000")]
    public async Task A_recent_sign_in_is_not_asked_for_again()
    {
        var first = await shop.SignIn(browser);
        var seconds = 10_000.ToString(CultureInfo.InvariantCulture);
        var (again, requested) = (await shop.SignIn(browser, ("max_age", seconds)), await shop.SignIn(browser, ("max_age", seconds)));
        Assert.Equal(first.AuthTime, again.AuthTime);
        Assert.Equal(first.AuthTime, requested.AuthTime);
        Assert.Equal(first.IdToken.Subject, again.IdToken.Subject);
    }
}
