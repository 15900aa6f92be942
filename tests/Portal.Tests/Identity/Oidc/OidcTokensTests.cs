using System.Net;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>Tokens taken back, asked about, and what the metadata promises.</summary>
public sealed class OidcTokensTests(OidcHouse house) : IClassFixture<OidcHouse>
{
    private Task<Reply> Tokens() => house.ShopTokens(OidcHouse.ShopRequest(("scope", "openid api offline_access")));

    private Task<Reply> Introspect(string token, string client = OidcHouse.Shop) =>
        house.Post("/oidc/introspect", new() { ["token"] = token }, client, OidcHouse.ShopSecret);

    [Fact]
    public async Task A_client_gives_its_refresh_token_back_and_all_of_the_grant_ends()
    {
        var tokens = await Tokens();
        (await house.ShopPost("/oidc/revoke", new() { ["token"] = tokens["refresh_token"]!, ["token_type_hint"] = "access_token" })).Is(HttpStatusCode.OK);
        (await house.Get("/api/v1/account", "Bearer", tokens["access_token"]!)).Is(HttpStatusCode.Unauthorized);
        (await house.ShopPost("/oidc/token", new() { ["grant_type"] = "refresh_token", ["refresh_token"] = tokens["refresh_token"]! })).Refuses("invalid_grant");
        (await house.ShopPost("/oidc/revoke", new() { ["token"] = tokens["refresh_token"]! })).Is(HttpStatusCode.OK);
        (await house.ShopPost("/oidc/revoke", new() { ["token"] = "unknown" })).Is(HttpStatusCode.OK);
        (await house.ShopPost("/oidc/revoke", [])).Refuses("invalid_request");
    }

    [Fact]
    [Shows("RFC 9700 4.10 stolen token")]
    public async Task An_access_token_given_back_ends_alone()
    {
        var tokens = await Tokens();
        (await house.ShopPost("/oidc/revoke", new() { ["token"] = tokens["access_token"]! })).Is(HttpStatusCode.OK);
        (await house.Get("/api/v1/account", "Bearer", tokens["access_token"]!)).Is(HttpStatusCode.Unauthorized);
        (await house.ShopPost("/oidc/token", new() { ["grant_type"] = "refresh_token", ["refresh_token"] = tokens["refresh_token"]! })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nobody_gives_back_what_another_client_holds()
    {
        var tokens = await Tokens();
        foreach (var token in (string[])[tokens["access_token"]!, tokens["refresh_token"]!])
            (await house.Post("/oidc/revoke", new() { ["token"] = token }, OidcHouse.Reader, OidcHouse.ShopSecret)).Is(HttpStatusCode.OK);
        (await house.Get("/api/v1/account", "Bearer", tokens["access_token"]!)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_client_asks_about_its_own_tokens_and_a_resource_server_about_all()
    {
        var tokens = await Tokens();
        var own = await Introspect(tokens["access_token"]!);
        Assert.Equal("true", own["active"]);
        Assert.Equal(OidcHouse.Shop, own["client_id"]);
        Assert.Equal("openid api offline_access", own["scope"]);
        Assert.Equal("true", (await Introspect(tokens["refresh_token"]!))["active"]);
        Assert.Equal("true", (await Introspect(tokens["access_token"]!, OidcHouse.Reader))["active"]);
        Assert.Equal("{\"active\":false}", (await Introspect(tokens["refresh_token"]!, OidcHouse.Reader)).Text);

        var cli = await CommandLine.SignIn(house.Asha);
        Assert.Equal("{\"active\":false}", (await Introspect(cli.AccessToken)).Text);
        Assert.Equal("{\"active\":false}", (await Introspect(tokens["id_token"]!)).Text);
        Assert.Equal("{\"active\":false}", (await Introspect("made-up")).Text);
        (await house.Post("/oidc/introspect", new() { ["token"] = cli.AccessToken, ["client_id"] = "portal-cli" })).Refuses("unauthorized_client");
    }

    [Fact]
    [Shows("RFC 9700 4.14 refresh replay")]
    public async Task Many_uses_of_one_refresh_token_at_once_leave_nobody_with_a_good_one()
    {
        var tokens = await Tokens();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => house.ShopPost(
            "/oidc/token", new() { ["grant_type"] = "refresh_token", ["refresh_token"] = tokens["refresh_token"]! })));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        var winner = answers.Single(answer => answer.Status == HttpStatusCode.OK);
        (await house.ShopPost("/oidc/token", new() { ["grant_type"] = "refresh_token", ["refresh_token"] = winner["refresh_token"]! })).Refuses("invalid_grant");
        (await house.Get("/api/v1/account", "Bearer", winner["access_token"]!)).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_refresh_with_a_wider_scope_is_refused_and_costs_nothing()
    {
        var tokens = await Tokens();
        Task<Reply> Refresh(string scope) => house.ShopPost(
            "/oidc/token", new() { ["grant_type"] = "refresh_token", ["refresh_token"] = tokens["refresh_token"]!, ["scope"] = scope });
        (await Refresh("openid api email")).Refuses("invalid_scope");
        Assert.Equal("openid", (await Refresh("openid"))["scope"]);
    }

    [Fact]
    public async Task With_another_issuer_the_providers_pages_and_endpoints_are_gone()
    {
        await using var portal = await PortalUnderTest.Start(
            "Portal:Identity:Issuer=https://issuer.example", "Portal:Identity:ClientSecret=a secret of the portal");
        using var browser = portal.NewBrowser();
        foreach (var path in (string[])["/oidc/authorize", "/oidc/sign-in", "/oidc/sign-out/confirm", "/oidc/userinfo", "/.well-known/openid-configuration"])
            Assert.Equal(HttpStatusCode.NotFound, (await browser.SendGet(path)).StatusCode);
    }

    [Fact]
    public async Task The_metadata_tells_of_every_endpoint_and_each_is_there()
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var metadata = await Reply.Of(await http.GetAsync(new Uri(house.Portal.Address, "/.well-known/openid-configuration")));
        foreach (var name in metadata.Json.EnumerateObject().Where(pair => pair.Name.EndsWith("_endpoint", StringComparison.Ordinal) || pair.Name == "jwks_uri"))
        {
            using var form = new FormUrlEncodedContent([]);
            var isThere = (await http.GetAsync(name.Value.GetString())).StatusCode != HttpStatusCode.NotFound
                || (await http.PostAsync(name.Value.GetString(), form)).StatusCode != HttpStatusCode.NotFound;
            Assert.True(isThere, $"{name.Name}: {name.Value}");
        }

        Assert.Equal("true", metadata["backchannel_logout_supported"]);
        Assert.Contains("private_key_jwt", metadata["token_endpoint_auth_methods_supported"], StringComparison.Ordinal);
        Assert.Contains("urn:ietf:params:oauth:grant-type:device_code", metadata["grant_types_supported"], StringComparison.Ordinal);
        Assert.DoesNotContain("password", metadata["grant_types_supported"], StringComparison.Ordinal);
        Assert.DoesNotContain("implicit", metadata["grant_types_supported"], StringComparison.Ordinal);
    }
}
