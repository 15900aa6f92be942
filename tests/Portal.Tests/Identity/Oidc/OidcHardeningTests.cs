using System.Net;
using System.Security.Cryptography;
using System.Text;
using Database;
using Microsoft.Extensions.Options;
using Portal.Identity.Oidc;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>What RFC 9700 asks of the surroundings: clients' addresses, services, proxies, cookies, other origins.</summary>
public sealed class OidcHardeningTests(PortalWithShops portal) : IClassFixture<PortalWithShops>
{
    private readonly Browser browser = portal.Browser;
    private readonly Shop shop = portal.Shop;

    [Theory]
    [InlineData("http://shop.example.in/signed-in", false)]
    [InlineData("https://shop.example.in/signed-in#here", false)]
    [InlineData("https://shop@evil.example/signed-in", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("/signed-in", false)]
    [InlineData("https://shop.example.in/signed-in", true)]
    [InlineData("http://127.0.0.1/signed-in", true)]
    [InlineData("http://localhost:8080/signed-in", true)]
    [InlineData("in.example.shop:/signed-in", true)]
    [Shows("RFC 9700 2.6 https")]
    public async Task A_client_is_answered_where_nobody_on_the_way_can_read(string address, bool accepted)
    {
        string[] settings =
        [
            "Portal:Identity:Clients:0:Id=a", "Portal:Identity:Clients:0:Name=A", $"Portal:Identity:Clients:0:RedirectUris:0={address}",
        ];
        if (accepted)
        {
            await using var started = await PortalUnderTest.Start(settings);
            return;
        }

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => PortalUnderTest.Start(settings));
        Assert.Contains("redirect address", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("oidcc-userinfo-post-body")]
    public async Task A_token_may_be_posted_to_userinfo_but_not_twice_over()
    {
        var tokens = await shop.SignIn(browser);
        var (status, claims) = await shop.UserInfo(HttpMethod.Post, null, body: tokens.AccessToken);
        Assert.Equal((HttpStatusCode.OK, tokens.IdToken.Subject), (status, Shop.Text(claims, "sub")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await shop.UserInfo(HttpMethod.Post, null, body: "another")).Status);
    }

    [Fact]
    [Shows("RFC 9700 2.6 cors")]
    public async Task The_authorization_endpoint_answers_nobody_across_origins()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Shop.Request());
        request.Headers.TryAddWithoutValidation("Origin", "https://shop.example.in");
        using var answer = await browser.Send(request);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));

        using var token = new HttpRequestMessage(HttpMethod.Post, "/oidc/token")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("grant_type", "refresh_token")]),
        };
        token.Headers.TryAddWithoutValidation("Origin", "https://shop.example.in");
        token.Headers.TryAddWithoutValidation("Authorization", Shop.Basic(Shop.Id, Shop.Secret));
        using var refused = await browser.Send(token);
        Assert.False(refused.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    [Shows("RFC 9700 4.13 reverse proxy")]
    public async Task Nobody_names_the_issuer_by_a_header()
    {
        foreach (var (name, value) in (IEnumerable<(string, string)>)
            [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https"), ("Forwarded", "host=evil.example;proto=https"), ("Host", "evil.example")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/openid-configuration");
            request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await browser.Send(request);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain("evil.example", text, StringComparison.Ordinal);
            Assert.Contains($"\"issuer\":\"{shop.Issuer}\"", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Shows("RFC 9700 4.15 client as person")]
    public async Task A_service_is_never_taken_for_a_person()
    {
        var now = DateTimeOffset.UtcNow;
        var (id, secret) = (Id.New<OidcClientId>(now), "a secret");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        await portal.Portal.Db.Write(async tx =>
        {
            await tx.Execute(Sql.Service, new { Id = id, EmailLower = PortalUnderTest.EmailOf("Asha Rao"), Now = now });
            await tx.Execute(Sql.Secret, new { Id = Id.New<OidcSecretId>(now), ClientId = id, SecretHash = hash, Now = now });
        });

        var (status, answer) = await shop.Token([("grant_type", "client_credentials"), ("scope", "api")], Shop.Basic(id.Value, secret));
        Assert.Equal(HttpStatusCode.OK, status);
        var token = new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(Shop.Text(answer, "access_token"));
        Assert.Equal(id.Value, token.Subject);
        Assert.StartsWith("cli_", token.Subject, StringComparison.Ordinal);
        Assert.Null(Shop.Text(answer, "id_token"));
        Assert.NotEqual(HttpStatusCode.OK, (await shop.UserInfo(HttpMethod.Get, Shop.Text(answer, "access_token"))).Status);
        var (wide, refused) = await shop.Token([("grant_type", "client_credentials"), ("scope", "openid")], Shop.Basic(id.Value, secret));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_scope"), (wide, Shop.Text(refused, "error")));
    }

    [Fact]
    [Shows("session fixation")]
    public async Task A_cookie_that_was_planted_before_the_sign_in_is_worth_nothing_after_it()
    {
        using var victim = portal.Portal.NewBrowser();
        var planted = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        victim.Cookies["__Host-portal"] = planted;
        await PortalUnderTest.SignInAsync(victim, PortalUnderTest.EmailOf("Asha Rao"));
        Assert.NotEqual(planted, victim.Cookies["__Host-portal"]);

        using var attacker = portal.Portal.NewBrowser();
        attacker.Cookies["__Host-portal"] = planted;
        Assert.Equal("Sign in", (await attacker.Get("/accounts")).Title);
    }

    [Fact]
    [Shows("RFC 9700 2.5 client authentication")]
    public async Task A_shop_that_does_not_show_its_secret_gets_nothing()
    {
        foreach (var basic in (string[])[Shop.Basic(Shop.Id, "another"), Shop.Basic(Shop.Id, ""), Shop.Basic("nobody", Shop.Secret), "Basic ???", "Bearer x"])
        {
            var (status, answer) = await shop.Token([("grant_type", "authorization_code"), ("code", await Shop.Code(browser))], basic);
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (status, Shop.Text(answer, "error")));
        }

        // two ways at once, and the public way
        var (both, _) = await shop.Token([("grant_type", "refresh_token"), ("client_secret", Shop.Secret)]);
        var (none, _) = await shop.Token([("grant_type", "refresh_token"), ("client_id", Shop.Id)]);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (both, none));
    }

    private static class Sql
    {
        public const string Service = """
            -- all accounts: that of the person with the address
            insert into OidcClient (Id, Kind, AccountId, ServicePersonId, Name, AuthMethod, Scopes, GrantTypes, Permissions, RequirePar, DpopBound,
                IsResourceServer, CreatedBy, CreatedAt)
            select @Id, 'service', m.AccountId, m.PersonId, 'A service', 'secret', 'api', 'client_credentials', 'servers.read', 0, 0,
                0, m.PersonId, @Now
            from AccountMember m
                join Person p on p.Id = m.PersonId
            where p.EmailLower = @EmailLower
            """;

        public const string Secret = """
            insert into OidcClientSecret (Id, ClientId, SecretHash, Hint, CreatedAt)
            values (@Id, @ClientId, @SecretHash, '', @Now)
            """;
    }
}
