using System.Net;
using Portal.Identity.Oidc;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>Tokens bound to a key (RFC 9449).</summary>
public sealed class OidcDpopTests(OidcHouse house) : IClassFixture<OidcHouse>
{
    private readonly Microsoft.IdentityModel.Tokens.JsonWebKey key = OidcHouse.NewKey();

    private async Task<Reply> Bound() => (await house.ShopTokens(
        OidcHouse.ShopRequest(("scope", "openid email api")), house.Proof(key, "POST", "/oidc/token"))).Is(HttpStatusCode.OK);

    [Fact]
    [Shows("RFC 9700 2.2.1 sender-constrained")]
    public async Task A_bound_token_works_with_a_proof_at_the_user_info_and_at_the_API()
    {
        var tokens = await Bound();
        Assert.Equal("DPoP", tokens["token_type"]);
        var access = tokens["access_token"]!;
        (await house.Get("/oidc/userinfo", "DPoP", access, house.Proof(key, "GET", "/oidc/userinfo", access))).Is(HttpStatusCode.OK);
        (await house.Get("/api/v1/account", "DPoP", access, house.Proof(key, "GET", "/api/v1/account", access))).Is(HttpStatusCode.OK);
    }

    [Fact]
    [Shows("RFC 9700 4.10 stolen token")]
    public async Task A_stolen_bound_token_is_worth_nothing()
    {
        var access = (await Bound())["access_token"]!;
        var thief = OidcHouse.NewKey();
        (await house.Get("/oidc/userinfo", "Bearer", access)).Is(HttpStatusCode.Unauthorized);
        (await house.Get("/api/v1/account", "Bearer", access)).Is(HttpStatusCode.Unauthorized);
        var other = await house.Get("/api/v1/account", "DPoP", access, house.Proof(thief, "GET", "/api/v1/account", access));
        other.Is(HttpStatusCode.Unauthorized);
        Assert.Contains("DPoP", other.Challenge, StringComparison.Ordinal);
        Assert.Contains("algs=", other.Challenge, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("htm", "POST")]
    [InlineData("htu", "https://another.example/api/v1/account")]
    [InlineData("iat", -600L)]
    [InlineData("iat", 600L)]
    [InlineData("iat", null)]
    [InlineData("jti", null)]
    [InlineData("ath", "another")]
    [InlineData("ath", null)]
    public async Task A_proof_for_something_else_is_refused(string claim, object? value)
    {
        var access = (await Bound())["access_token"]!;
        var said = value is long seconds ? DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds : value;
        (await house.Get("/api/v1/account", "DPoP", access, house.Proof(key, "GET", "/api/v1/account", access, (claim, said))))
            .Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_proof_is_good_once()
    {
        var access = (await Bound())["access_token"]!;
        var proof = house.Proof(key, "GET", "/api/v1/account", access);
        (await house.Get("/api/v1/account", "DPoP", access, proof)).Is(HttpStatusCode.OK);
        (await house.Get("/api/v1/account", "DPoP", access, proof)).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_without_a_key_is_no_bound_token()
    {
        var access = (await house.ShopTokens(OidcHouse.ShopRequest(("scope", "openid api"))))["access_token"]!;
        (await house.Get("/api/v1/account", "DPoP", access, house.Proof(key, "GET", "/api/v1/account", access))).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_code_asked_for_with_a_key_is_good_for_that_key_only()
    {
        var thumbprint = System.Buffers.Text.Base64Url.EncodeToString(key.ComputeJwkThumbprint());
        (await house.ShopTokens(OidcHouse.ShopRequest(("dpop_jkt", thumbprint)))).Refuses("invalid_grant");
        (await house.ShopTokens(OidcHouse.ShopRequest(("dpop_jkt", thumbprint)), house.Proof(OidcHouse.NewKey(), "POST", "/oidc/token"))).Refuses("invalid_grant");
        (await house.ShopTokens(OidcHouse.ShopRequest(("dpop_jkt", thumbprint)), house.Proof(key, "POST", "/oidc/token"))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_wrong_proof_at_the_token_endpoint_has_an_error_of_its_own()
    {
        (await house.ShopTokens(dpop: "no proof")).Refuses("invalid_dpop_proof");
        (await house.ShopTokens(dpop: house.Proof(key, "GET", "/oidc/token"))).Refuses("invalid_dpop_proof");
        (await house.ShopTokens(dpop: OidcHouse.Sign(key, "JWT", new() { ["htm"] = "POST" }, new { kty = "EC", crv = "P-256", x = key.X, y = key.Y })))
            .Refuses("invalid_dpop_proof");
    }

    [Fact]
    public async Task A_public_clients_refresh_token_is_bound_to_its_key()
    {
        var code = await CommandLine.Code(house.Asha);
        var form = OidcHouse.CodeForm(code, CommandLine.Callback);
        form["client_id"] = Clients.CommandLine;
        var tokens = (await house.Post("/oidc/token", form, dpop: house.Proof(key, "POST", "/oidc/token"))).Is(HttpStatusCode.OK);
        Dictionary<string, string> Refresh(string token) =>
            new() { ["grant_type"] = "refresh_token", ["refresh_token"] = token, ["client_id"] = Clients.CommandLine };

        (await house.Post("/oidc/token", Refresh(tokens["refresh_token"]!))).Refuses("invalid_grant");
        (await house.Post("/oidc/token", Refresh(tokens["refresh_token"]!), dpop: house.Proof(OidcHouse.NewKey(), "POST", "/oidc/token"))).Refuses("invalid_grant");
        (await house.Post("/oidc/token", Refresh(tokens["refresh_token"]!), dpop: house.Proof(key, "POST", "/oidc/token"))).Is(HttpStatusCode.OK);
    }
}
