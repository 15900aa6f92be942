using System.Net;
using Portal.Tests.Api;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.RelyingParty;

/// <summary>Whoever came in through another issuer shows there again who they are, and it counts only if the issuer says when it asked.</summary>
public sealed class OidcForeignStepUpTests
{
    private const string Billing = "/accounts/billing";

    private static readonly Dictionary<string, (Action<Dictionary<string, object>, long> Change, string Words)> Stale = new()
    {
        ["does not say when"] = ((claims, _) => claims.Remove("auth_time"), "does not say when you signed in there"),
        ["says nothing sensible"] = ((claims, _) => claims["auth_time"] = 0, "does not say when you signed in there"),
        ["speaks of the future"] = ((claims, now) => claims["auth_time"] = now + 3600, "does not say when you signed in there"),
        ["did not ask again"] = ((claims, now) => claims["auth_time"] = now - 3600, "did not ask you"),
    };

    public static TheoryData<string> Kinds { get; } = new(Stale.Keys);

    [Fact]
    public async Task The_company_asks_again_and_nothing_typed_is_lost()
    {
        var clock = new MovableClock();
        await using var house = await CompanyHouse.StartOpen(clock, ("Input.DefaultRole", "billing"));
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);
        clock.Pass(TimeSpan.FromMinutes(11));

        var asked = await PortalUnderTest.EnterBillingAsync(browser, "Asha Textiles");
        Assert.Equal(new Uri(house.Issuer.Address).Authority, asked.Address.Authority);
        Assert.Equal("600", CommandLine.Query(asked.Address, "max_age"));
        Assert.Equal("login", CommandLine.Query(asked.Address, "prompt"));
        Assert.Equal("asha@company.example", CommandLine.Query(asked.Address, "login_hint"));
        var kept = await browser.Get((await ScriptedIssuer.Visit(asked.Address)).PathAndQuery);

        Assert.Contains("You are about to change the billing details", kept.Words, StringComparison.Ordinal);
        Assert.Contains("Saved", (await browser.Submit(kept, Billing)).Words, StringComparison.Ordinal);
        // the same session, which is still the company's
        Assert.Equal(1, await house.Portal.Db.One<int>(Sql.ByCompany));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    [Shows("max_age at a foreign issuer")]
    public async Task A_proof_that_is_not_fresh_carries_nothing_out_and_ends_nothing(string kind)
    {
        var clock = new MovableClock();
        await using var house = await CompanyHouse.StartOpen(clock, ("Input.DefaultRole", "billing"));
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);
        clock.Pass(TimeSpan.FromMinutes(11));
        house.Issuer.ChangeClaims = claims => Stale[kind].Change(claims, clock.GetUtcNow().ToUnixTimeSeconds());

        var asked = await PortalUnderTest.EnterBillingAsync(browser, "Asha Textiles");
        var page = await browser.Get((await ScriptedIssuer.Visit(asked.Address)).PathAndQuery);

        Assert.Equal("You were not asked who you are", page.Title);
        Assert.Contains(Stale[kind].Words, page.Words, StringComparison.Ordinal);
        Assert.Equal(0, await house.Portal.Db.One<int>(Sql.Profiles));
        Assert.Equal(HttpStatusCode.OK, (await browser.Get("/accounts")).Status);
    }

    [Fact]
    public async Task A_token_of_another_issuer_moves_money_and_the_like_only_if_it_says_when_the_person_was_there()
    {
        await using var issuer = await ScriptedIssuer.Start();
        await using var portal = await PortalUnderTest.Start(
            $"Portal:Identity:Issuer={issuer.Address}", $"Portal:Identity:ClientSecret={ScriptedIssuer.Secret}");
        using var browser = portal.NewBrowser();
        using var start = await browser.SendGet("/sign-in?returnTo=/accounts");
        await browser.Get((await ScriptedIssuer.Visit(start.Headers.Location!)).PathAndQuery);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = issuer.Address,
            ["aud"] = "portal-api",
            ["sub"] = issuer.Sub,
            ["client_id"] = "a-program",
            ["scope"] = "api",
            ["iat"] = now,
            ["exp"] = now + 600,
            ["jti"] = "one",
        };
        foreach (var silent in (Action[])[() => { }, () => claims["auth_time"] = now - 3600, () => claims["auth_time"] = now + 3600])
        {
            silent();
            using var old = Customer.With(portal, issuer.Sign(claims, "at+jwt"));
            (await old.Send(HttpMethod.Put, "/account/billing", ApiOrders.Billing()))
                .Refuses(HttpStatusCode.Unauthorized, "portal.identity.insufficient_user_authentication");
        }

        claims["auth_time"] = now;
        using var fresh = Customer.With(portal, issuer.Sign(claims, "at+jwt"));
        (await fresh.Send(HttpMethod.Put, "/account/billing", ApiOrders.Billing())).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_sign_in_whose_time_is_not_told_counts_as_one_of_long_ago()
    {
        await using var house = await CompanyHouse.StartOpen(("Input.DefaultRole", "billing"));
        house.Issuer.ChangeClaims = claims => claims.Remove("auth_time");
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);
        Assert.Equal("2592000", house.Issuer.Asked[0]["max_age"]);

        var asked = await PortalUnderTest.EnterBillingAsync(browser, "Asha Textiles");

        Assert.Equal(new Uri(house.Issuer.Address).Authority, asked.Address.Authority);
        Assert.Equal(0, await house.Portal.Db.One<int>(Sql.Profiles));
    }

    [Fact]
    [Shows("acr at a foreign issuer")]
    public async Task Where_two_factors_are_wanted_the_issuers_word_for_one_is_not_enough()
    {
        await using var issuer = await ScriptedIssuer.Start();
        await using var portal = await PortalUnderTest.Start(
            $"Portal:Identity:Issuer={issuer.Address}", $"Portal:Identity:ClientSecret={ScriptedIssuer.Secret}", "Portal:Identity:SecondFactorAcr:0=urn:login:two");
        using var browser = portal.NewBrowser();
        issuer.ChangeClaims = claims => claims["acr"] = "urn:login:one";
        using var start = await browser.SendGet("/sign-in?returnTo=/accounts");
        await browser.Get((await ScriptedIssuer.Visit(start.Headers.Location!)).PathAndQuery);

        var asked = await PortalUnderTest.EnterBillingAsync(browser, "Asha Textiles");
        Assert.Equal("urn:login:two", CommandLine.Query(asked.Address, "acr_values"));
        var refused = await browser.Get((await ScriptedIssuer.Visit(asked.Address)).PathAndQuery);
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Equal("You were not asked who you are", refused.Title);

        issuer.ChangeClaims = claims => claims["acr"] = "urn:login:two";
        using var again = await browser.SendGet(CompanyHouse.LinkTo(refused, "/sign-in?"));
        var kept = await browser.Get((await ScriptedIssuer.Visit(again.Headers.Location!)).PathAndQuery);
        Assert.Contains("Saved", (await browser.Submit(kept, Billing)).Words, StringComparison.Ordinal);
    }

    private static class Sql
    {
        public const string Profiles = "select count(*) from BillingProfile";

        public const string ByCompany = """
            select count(*)
            from PortalSession s
                join SessionOrigin o on o.SessionId = s.Id
            where s.RevokedAt is null
                and o.IssuerKey <> 'portal'
            """;
    }
}
