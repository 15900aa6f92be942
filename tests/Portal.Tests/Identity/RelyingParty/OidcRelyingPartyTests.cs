using System.Net;
using System.Security.Cryptography;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.RelyingParty;

/// <summary>The whole portal signs in at another provider, which may lie.</summary>
public sealed class OidcRelyingPartyTests
{
    private const string Cookie = "__Host-portal";

    private static readonly Dictionary<string, Action<ScriptedIssuer>> Bad = new()
    {
        ["another audience"] = issuer => issuer.ChangeClaims = claims => claims["aud"] = "another-client",
        ["another issuer"] = issuer => issuer.ChangeClaims = claims => claims["iss"] = "https://other.example",
        ["another nonce"] = issuer => issuer.ChangeClaims = claims => claims["nonce"] = "another",
        ["no nonce"] = issuer => issuer.ChangeClaims = claims => claims.Remove("nonce"),
        ["no time of issue"] = issuer => issuer.ChangeClaims = claims => claims.Remove("iat"),
        ["no audience"] = issuer => issuer.ChangeClaims = claims => claims.Remove("aud"),
        ["no issuer"] = issuer => issuer.ChangeClaims = claims => claims.Remove("iss"),
        ["no subject"] = issuer => issuer.ChangeClaims = claims => claims.Remove("sub"),
        ["an endless subject"] = issuer => issuer.ChangeClaims = claims => claims["sub"] = new string('s', 256),
        ["expired"] = issuer => issuer.ChangeClaims = claims => claims["exp"] = DateTimeOffset.UtcNow.AddSeconds(-90).ToUnixTimeSeconds(),
        ["no expiry"] = issuer => issuer.ChangeClaims = claims => claims.Remove("exp"),
        ["not good yet"] = issuer => issuer.ChangeClaims = claims => claims["nbf"] = DateTimeOffset.UtcNow.AddSeconds(90).ToUnixTimeSeconds(),
        ["made for another azp"] = issuer => issuer.ChangeClaims = claims => claims["azp"] = "another-client",
        ["many audiences without azp"] = issuer => issuer.ChangeClaims = claims => claims["aud"] = (string[])["portal", "another"],
        ["no signature"] = issuer => issuer.SignAs = ScriptedIssuer.WithoutSignature,
        ["the client secret as key"] = issuer => issuer.SignAs = ScriptedIssuer.Hmac,
        ["a foreign key under the right name"] = issuer => issuer.SignAs = claims =>
            ScriptedIssuer.Sign(claims, ECDsa.Create(ECCurve.NamedCurves.nistP256), issuer.KeyId, "JWT"),
        ["a key nobody publishes"] = issuer => issuer.SignAs = claims =>
            ScriptedIssuer.Sign(claims, ECDsa.Create(ECCurve.NamedCurves.nistP256), "unknown", "JWT"),
        ["an access token"] = issuer => issuer.SignAs = claims => issuer.Sign(claims, "at+jwt"),
        ["a logout token"] = issuer => issuer.SignAs = claims => issuer.Sign(claims, "logout+jwt"),
        ["no token at all"] = issuer => issuer.SignAs = _ => "",
        ["no JWT"] = issuer => issuer.SignAs = _ => "not.a.token",
        ["an unverified address"] = issuer => issuer.EmailVerified = false,
        ["an address that nobody speaks of"] = issuer => issuer.EmailVerified = null,
        ["userinfo of somebody else"] = issuer =>
        {
            issuer.ChangeClaims = claims => claims.Remove("email");
            issuer.UserInfo = new() { ["sub"] = "somebody-else", ["email"] = "victim@company.example", ["email_verified"] = true };
        },
    };

    public static TheoryData<string> Lies { get; } = new(Bad.Keys);

    [Fact]
    [Shows("oidcc-client-test", "oidcc-client-test-client-secret-basic")]
    public async Task Somebody_whom_the_issuer_vouches_for_gets_an_account_and_finds_it_again()
    {
        await using var house = await House.Start();
        using var browser = house.Portal.NewBrowser();
        var page = await house.SignIn(browser);

        Assert.Equal("/accounts", page.Address.AbsolutePath);
        Assert.Contains("asha@company.example", page.Words, StringComparison.Ordinal);
        using var later = house.Portal.NewBrowser();
        await house.SignIn(later);
        Assert.Equal(1, await house.Portal.Db.One<int>(Sql.People));
        Assert.Equal("S256", house.Issuer.Asked[0]["code_challenge_method"]);
        Assert.DoesNotContain("asha", string.Join(';', browser.CookiesSet), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    [Shows("oidcc-client-test-nonce-invalid", "oidcc-client-test-invalid-iss", "oidcc-client-test-invalid-aud",
        "oidcc-client-test-missing-aud", "oidcc-client-test-missing-iat", "oidcc-client-test-missing-sub",
        "oidcc-client-test-invalid-signature", "oidcc-client-test-idtoken-sig-none",
        "oidcc-client-test-userinfo-invalid-sub", "alg none", "wrong audience or issuer", "clock skew",
        "RFC 9700 4.6 access token injection")]
    public async Task A_token_that_is_not_good_signs_nobody_in(string lie)
    {
        await using var house = await House.Start();
        Bad[lie](house.Issuer);
        using var browser = house.Portal.NewBrowser();

        var page = await house.SignIn(browser);

        Assert.Equal("You are not signed in", page.Title);
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.DoesNotContain(Cookie, browser.Cookies.Keys);
        Assert.Equal(0, await house.Portal.Db.One<int>(Sql.Sessions));
        Assert.Equal(0, await house.Portal.Db.One<int>(Sql.People));
    }

    [Fact]
    [Shows("clock skew")]
    public async Task Clocks_may_differ_by_half_a_minute_and_several_audiences_with_azp_are_fine()
    {
        await using var house = await House.Start();
        house.Issuer.ChangeClaims = claims =>
        {
            claims["exp"] = DateTimeOffset.UtcNow.AddSeconds(-30).ToUnixTimeSeconds();
            claims["nbf"] = DateTimeOffset.UtcNow.AddSeconds(30).ToUnixTimeSeconds();
            claims["aud"] = (string[])["portal", "another"];
            claims["azp"] = "portal";
        };
        using var browser = house.Portal.NewBrowser();

        Assert.Equal("/accounts", (await house.SignIn(browser)).Address.AbsolutePath);
    }

    [Fact]
    [Shows("oidcc-client-test-scope-userinfo-claims")]
    public async Task What_the_token_leaves_out_the_userinfo_endpoint_tells()
    {
        await using var house = await House.Start();
        house.Issuer.ChangeClaims = claims => claims.Remove("email");
        house.Issuer.UserInfo = new() { ["sub"] = "subject-1", ["email"] = "told@company.example", ["email_verified"] = "true" };
        using var browser = house.Portal.NewBrowser();

        Assert.Contains("told@company.example", (await house.SignIn(browser)).Words, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("oidcc-client-test-signing-key-rotation")]
    public async Task A_new_key_is_fetched_when_a_token_names_it()
    {
        await using var house = await House.Start();
        using var before = house.Portal.NewBrowser();
        await house.SignIn(before);
        house.Issuer.Rotate();
        using var after = house.Portal.NewBrowser();

        Assert.Equal("/accounts", (await house.SignIn(after)).Address.AbsolutePath);
    }

    [Fact]
    [Shows("oidcc-client-test-kid-absent-single-jwks")]
    public async Task A_token_that_names_no_key_is_good_where_there_is_one_key()
    {
        await using var house = await House.Start();
        house.Issuer.SignAs = claims => ScriptedIssuer.Sign(claims, house.Issuer.Key, null, "JWT");
        using var browser = house.Portal.NewBrowser();

        Assert.Equal("/accounts", (await house.SignIn(browser)).Address.AbsolutePath);
    }

    [Theory]
    [InlineData("iss", "https://other.example")]
    [InlineData("iss", null)]
    [InlineData("code", null)]
    [InlineData("state", null)]
    [InlineData("state", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [Shows("RFC 9700 2.1 mix-up", "RFC 9700 4.4 mix-up", "RFC 9700 4.7 csrf")]
    public async Task An_answer_that_is_mixed_up_is_refused_before_the_code_goes_anywhere(string name, string? value)
    {
        await using var house = await House.Start();
        house.Issuer.Answer[name] = value;
        using var browser = house.Portal.NewBrowser();

        var page = await house.SignIn(browser);

        Assert.Equal("You are not signed in", page.Title);
        Assert.Empty(house.Issuer.Redeemed);
    }

    [Fact]
    [Shows("login csrf", "RFC 9700 4.5 code injection")]
    public async Task An_answer_counts_once_and_in_its_own_browser_only()
    {
        await using var house = await House.Start();
        using var browser = house.Portal.NewBrowser();
        using var start = await browser.SendGet("/sign-in?returnTo=/accounts");
        var answer = await ScriptedIssuer.Visit(start.Headers.Location!);

        using var victim = house.Portal.NewBrowser();
        Assert.Equal("You are not signed in", (await victim.Get(answer.PathAndQuery)).Title);
        Assert.Equal("You are not signed in", (await victim.Get(answer.PathAndQuery + "&code=second")).Title);
        Assert.Equal("/accounts", (await browser.Get(answer.PathAndQuery)).Address.AbsolutePath);
        await browser.Get(answer.PathAndQuery);
        Assert.Single(house.Issuer.Redeemed);
    }

    [Fact]
    [Shows("duplicate parameters")]
    public async Task A_doubled_parameter_is_refused()
    {
        await using var house = await House.Start();
        using var browser = house.Portal.NewBrowser();
        using var start = await browser.SendGet("/sign-in");
        var answer = await ScriptedIssuer.Visit(start.Headers.Location!);

        Assert.Equal("You are not signed in", (await browser.Get(answer.PathAndQuery + "&code=injected")).Title);
        Assert.Empty(house.Issuer.Redeemed);
    }

    [Theory]
    [InlineData("access_denied", "cancelled")]
    [InlineData("login_required", "sign in there first")]
    [InlineData("temporarily_unavailable", "Try again in a minute")]
    [InlineData("<script>alert(1)</script>", "refused the sign-in")]
    public async Task The_issuers_refusal_is_told_in_our_words(string error, string words)
    {
        await using var house = await House.Start();
        house.Issuer.Answer["code"] = null;
        house.Issuer.Answer["error"] = error;
        house.Issuer.Answer["error_description"] = "words of the issuer";
        using var browser = house.Portal.NewBrowser();

        var page = await house.SignIn(browser);

        Assert.Contains(words, page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("words of the issuer", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("session fixation")]
    public async Task A_planted_session_is_not_the_one_that_is_signed_in()
    {
        await using var house = await House.Start();
        using var attacker = house.Portal.NewBrowser();
        await house.SignIn(attacker);
        using var victim = house.Portal.NewBrowser();
        victim.Cookies[Cookie] = attacker.Cookies[Cookie];
        house.Issuer.Sub = "subject-2";
        house.Issuer.Email = "victim@company.example";

        var page = await house.SignIn(victim);

        Assert.NotEqual(attacker.Cookies[Cookie], victim.Cookies[Cookie]);
        Assert.Contains("victim@company.example", page.Words, StringComparison.Ordinal);
        // whoever planted the session holds nothing of the victim, nor the session that lay in the victim's browser
        using var planted = await attacker.SendGet("/accounts");
        Assert.Equal(HttpStatusCode.SeeOther, planted.StatusCode);
    }

    [Fact]
    public async Task Another_subject_with_a_known_address_gets_nothing_of_its_owner()
    {
        await using var house = await House.Start();
        using var owner = house.Portal.NewBrowser();
        await house.SignIn(owner);
        house.Issuer.Sub = "subject-2";
        using var other = house.Portal.NewBrowser();

        var page = await house.SignIn(other);

        Assert.Contains("already belongs to somebody", page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(Cookie, other.Cookies.Keys);
    }

    [Fact]
    public async Task Sign_out_goes_on_to_the_issuer_with_the_token_that_lay_here_encrypted()
    {
        await using var house = await House.Start();
        using var browser = house.Portal.NewBrowser();
        await house.SignIn(browser);
        var kept = browser.Cookies[Cookie];
        var stored = await house.Portal.Db.One<string>(Sql.IdToken);
        Assert.DoesNotContain("eyJ", stored!, StringComparison.Ordinal);

        var page = await browser.Submit(await browser.Get("/sign-out"), "/sign-out");

        Assert.Equal(new Uri(house.Issuer.Address).Authority, page.Address.Authority);
        Assert.StartsWith("eyJ", CommandLine.Query(page.Address, "id_token_hint"), StringComparison.Ordinal);
        Assert.Equal(new Uri(house.Portal.Address, "/signed-out").ToString(), CommandLine.Query(page.Address, "post_logout_redirect_uri"));
        browser.Cookies[Cookie] = kept;
        using var after = await browser.SendGet("/accounts");
        Assert.Equal(HttpStatusCode.SeeOther, after.StatusCode);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "issuer")]
    [InlineData("http://issuer.example/authorize", "authorization_endpoint")]
    [InlineData("javascript:alert(1)", "authorization_endpoint")]
    [InlineData("http://issuer.example/token", "token_endpoint")]
    [InlineData("http://issuer.example/jwks", "jwks_uri")]
    [Shows("oidcc-client-test-discovery-issuer-mismatch", "RFC 9700 2.6 https")]
    public async Task Metadata_that_cannot_be_is_not_followed(string value, string name)
    {
        await using var house = await House.Start();
        house.Issuer.ChangeMetadata = document => document[name] = value;
        using var browser = house.Portal.NewBrowser();

        var page = await browser.Get("/sign-in");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
    }

    /// <summary>A portal and its issuer.</summary>
    private sealed class House(PortalUnderTest portal, ScriptedIssuer issuer) : IAsyncDisposable
    {
        public PortalUnderTest Portal { get; } = portal;

        public ScriptedIssuer Issuer { get; } = issuer;

        public static async Task<House> Start()
        {
            var issuer = await ScriptedIssuer.Start();
            var portal = await PortalUnderTest.Start(
                $"Portal:Identity:Issuer={issuer.Address}", $"Portal:Identity:ClientSecret={ScriptedIssuer.Secret}");
            return new House(portal, issuer);
        }

        public async Task<Page> SignIn(Browser browser)
        {
            using var start = await browser.SendGet("/sign-in?returnTo=/accounts");
            return await browser.Get((await ScriptedIssuer.Visit(start.Headers.Location!)).PathAndQuery);
        }

        public async ValueTask DisposeAsync()
        {
            await Portal.DisposeAsync();
            await Issuer.DisposeAsync();
        }
    }

    private static class Sql
    {
        public const string People = "select count(*) from Person";

        public const string Sessions = "select count(*) from PortalSession";

        public const string IdToken = "select IdToken from PortalSession where IdToken is not null";
    }
}
