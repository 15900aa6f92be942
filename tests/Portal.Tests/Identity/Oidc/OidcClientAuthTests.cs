using System.Net;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>How clients show who they are: secrets and signed statements.</summary>
public sealed class OidcClientAuthTests(OidcHouse house) : IClassFixture<OidcHouse>
{
    private const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    // any endpoint that clients speak to would do
    private Task<Reply> Ask(params (string Name, string? Value)[] form) => house.Post(
        "/oidc/introspect",
        form.Append(("token", "x")).Where(pair => pair.Item2 is not null).ToDictionary(pair => pair.Item1, pair => pair.Item2!));

    [Fact]
    public async Task A_secret_is_taken_from_the_header_or_the_form_but_not_from_both()
    {
        (await house.ShopPost("/oidc/introspect", new() { ["token"] = "x" })).Is(HttpStatusCode.OK);
        (await Ask(("client_id", OidcHouse.Shop), ("client_secret", OidcHouse.ShopSecret))).Is(HttpStatusCode.OK);
        (await house.ShopPost("/oidc/introspect", new() { ["token"] = "x", ["client_secret"] = OidcHouse.ShopSecret }))
            .Refuses("invalid_client", HttpStatusCode.Unauthorized);
        (await house.ShopPost("/oidc/introspect", new() { ["token"] = "x", ["client_id"] = "portal-cli" }))
            .Refuses("invalid_client", HttpStatusCode.Unauthorized);
        var wrong = await house.Post("/oidc/introspect", new() { ["token"] = "x" }, OidcHouse.Shop, "guess");
        wrong.Refuses("invalid_client", HttpStatusCode.Unauthorized);
        Assert.StartsWith("Basic", wrong.Challenge, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("RFC 9700 2.5 client authentication")]
    public async Task A_signed_statement_is_good_once()
    {
        var assertion = house.Assertion(OidcHouse.Key);
        (await Ask(("client_assertion_type", Type), ("client_assertion", assertion))).Is(HttpStatusCode.OK);
        (await Ask(("client_assertion_type", Type), ("client_assertion", assertion))).Refuses("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("aud", "https://another.example")]
    [InlineData("aud", null)]
    [InlineData("jti", null)]
    [InlineData("exp", null)]
    [InlineData("exp", -600L)]
    [InlineData("exp", 3600L)]
    [InlineData("sub", "shop")]
    [InlineData("iss", "shop")]
    [InlineData("nbf", 600L)]
    public async Task A_signed_statement_that_says_something_else_is_refused(string claim, object? value)
    {
        var said = value is long seconds ? DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds : value;
        (await Ask(("client_assertion_type", Type), ("client_assertion", house.Assertion(OidcHouse.Key, (claim, said)))))
            .Refuses("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_statement_signed_by_nobody_or_by_another_key_is_refused()
    {
        (await Ask(("client_assertion_type", Type), ("client_assertion", house.Assertion(OidcHouse.NewKey())))).Refuses("invalid_client", HttpStatusCode.Unauthorized);
        var parts = house.Assertion(OidcHouse.Key).Split('.');
        var none = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode("{\"alg\":\"none\",\"typ\":\"JWT\"}");
        (await Ask(("client_assertion_type", Type), ("client_assertion", $"{none}.{parts[1]}."))).Refuses("invalid_client", HttpStatusCode.Unauthorized);
        (await Ask(("client_assertion_type", "other"), ("client_assertion", house.Assertion(OidcHouse.Key)))).Refuses("invalid_client", HttpStatusCode.Unauthorized);
        (await Ask(("client_assertion_type", Type), ("client_assertion", "not.a.jwt"))).Refuses("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_client_with_keys_has_no_secret_and_one_with_a_secret_no_keys()
    {
        (await house.Post("/oidc/introspect", new() { ["token"] = "x" }, OidcHouse.Keyed, "")).Refuses("invalid_client", HttpStatusCode.Unauthorized);
        (await Ask(("client_assertion_type", Type), ("client_assertion", house.Assertion(OidcHouse.Key, ("iss", "shop"), ("sub", "shop")))))
            .Refuses("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Parameters_that_come_twice_are_too_long_or_stand_in_the_address_are_refused()
    {
        using var http = new HttpClient();
        async Task<Reply> Raw(string path, string body, string type = "application/x-www-form-urlencoded") => await Reply.Of(
            await http.PostAsync(new Uri(house.Portal.Address, path), new StringContent(body, System.Text.Encoding.UTF8, type)));

        (await Raw("/oidc/token", "grant_type=a&grant_type=b")).Refuses("invalid_request");
        (await Raw("/oidc/token", "grant_type=" + new string('a', 9000))).Refuses("invalid_request");
        (await Raw("/oidc/token", "code=" + new string('a', 70_000))).Refuses("invalid_request");
        (await Raw("/oidc/token?client_id=shop", "grant_type=a")).Refuses("invalid_request");
        (await Raw("/oidc/token", "{}", "application/json")).Refuses("invalid_request");
    }
}
