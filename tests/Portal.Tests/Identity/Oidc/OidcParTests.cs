using System.Net;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>Requests that are pushed ahead of the browser (RFC 9126).</summary>
public sealed class OidcParTests(OidcHouse house) : IClassFixture<OidcHouse>
{
    private static Dictionary<string, string> Request(params (string Name, string? Value)[] changes)
    {
        var query = OidcHouse.ShopRequest(changes).Split('?')[1];
        return query.Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
    }

    private static string Browse(string uri, string client = OidcHouse.Shop) => $"/oidc/authorize?client_id={client}&request_uri={Uri.EscapeDataString(uri)}";

    [Fact]
    public async Task A_pushed_request_is_answered_once()
    {
        var pushed = (await house.ShopPost("/oidc/par", Request())).Is(HttpStatusCode.Created);
        Assert.StartsWith("urn:ietf:params:oauth:request_uri:", pushed["request_uri"], StringComparison.Ordinal);
        Assert.Equal("60", pushed["expires_in"]);

        var tokens = await house.ShopTokens(Browse(pushed["request_uri"]!));
        tokens.Is(HttpStatusCode.OK);

        var again = await house.Asha.Get(Browse(pushed["request_uri"]!));
        Assert.Equal(HttpStatusCode.BadRequest, again.Status);
        Assert.Contains("answered before", again.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stands_in_the_address_beside_a_pushed_request_does_not_count()
    {
        var uri = (await house.ShopPost("/oidc/par", Request(("prompt", "consent"))))["request_uri"]!;
        var page = await house.Asha.Get(Browse(uri) + "&scope=openid%20api&redirect_uri=https%3A%2F%2Fevil.example");
        Assert.DoesNotContain("orders and deletions", page.Words, StringComparison.Ordinal);
        var back = await house.Asha.Submit(page, "/oidc/consent", ("Answer", "no"));
        Assert.Equal("shop.example", back.Address.Host);
    }

    [Fact]
    public async Task A_pushed_request_is_its_clients_own()
    {
        var uri = (await house.ShopPost("/oidc/par", Request()))["request_uri"]!;
        Assert.Equal(HttpStatusCode.BadRequest, (await house.Asha.Get(Browse(uri, "portal-cli"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await house.Asha.Get(Browse("urn:ietf:params:oauth:request_uri:made-up"))).Status);
    }

    [Theory]
    [InlineData("redirect_uri", "https://evil.example/", "invalid_request")]
    [InlineData("redirect_uri", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("scope", "openid admin", "invalid_scope")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request")]
    public async Task A_wrong_request_is_refused_when_it_is_pushed(string name, string? value, string error) =>
        (await house.ShopPost("/oidc/par", Request((name, value)))).Refuses(error);

    [Fact]
    public async Task A_request_is_pushed_by_nobody_unknown() =>
        (await house.Post("/oidc/par", Request(), OidcHouse.Shop, "guess")).Refuses("invalid_client", HttpStatusCode.Unauthorized);

    [Fact]
    public async Task A_client_that_must_push_is_refused_at_its_address_when_it_does_not()
    {
        using var response = await house.Asha.SendGet(OidcHouse.ShopRequest(
            ("client_id", OidcHouse.Keyed), ("redirect_uri", "https://keyed.example/callback")));
        Assert.Equal("keyed.example", response.Headers.Location!.Host);
        Assert.Equal("invalid_request", CommandLine.Query(response.Headers.Location, "error"));
    }
}
