using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Portal.Tests.Identity.Factors;

public sealed class OidcStepUpTests
{
    private const string Asha = "Asha Rao";
    private const string Billing = "/accounts/billing";

    [Fact]
    public async Task Somebody_who_has_just_signed_in_is_not_asked_again()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = await portal.SignUpAsync(Asha);

        Assert.Equal(Billing, (await PortalUnderTest.EnterBillingAsync(browser, Asha)).Address.AbsolutePath);
    }

    [Fact]
    public async Task After_ten_minutes_the_password_is_asked_for_and_nothing_typed_is_lost()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var browser = await portal.SignUpAsync(Asha);
        var before = browser.Cookies["__Host-portal"];
        clock.Pass(TimeSpan.FromMinutes(11));

        var asked = await PortalUnderTest.EnterBillingAsync(browser, "Asha Textiles");
        Assert.Equal("Confirm that it is you", asked.Title);
        Assert.Equal(PortalUnderTest.EmailOf(Asha), asked.ValueOf("Email"));
        Assert.Equal(0, await portal.Db.One<int>(Sql.Profiles));

        var kept = await browser.Submit(asked, ("Password", PortalUnderTest.Password));
        Assert.Contains("You are about to change the billing details. Nothing has been done yet", kept.Words, StringComparison.Ordinal);
        var saved = await browser.Submit(kept, Billing);

        Assert.Contains("Saved", saved.Words, StringComparison.Ordinal);
        Assert.Equal("Asha Textiles", saved.ValueOf("Input.LegalName"));
        Assert.NotEqual(before, browser.Cookies["__Host-portal"]);
        // one session, under a new secret
        Assert.Equal(1, await portal.Db.One<int>(Sql.Sessions));
    }

    [Fact]
    public async Task Who_has_an_app_is_asked_for_its_code_and_not_for_the_password()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var browser = await portal.SignUpAsync(Asha);
        var (app, _) = await AuthenticatorApp.SetUp(browser, clock);
        clock.Pass(TimeSpan.FromMinutes(11));

        var asked = await PortalUnderTest.EnterBillingAsync(browser, Asha);
        Assert.Equal("Confirm that it is you", asked.Title);
        Assert.Null(asked.Html.QuerySelector("[name=Password]"));
        var kept = await browser.Submit(asked, "/oidc/second-factor", ("Code", app.Code()));

        Assert.Contains("Saved", (await browser.Submit(kept, Billing)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kept_form_is_for_its_own_session_and_not_for_long()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var asha = await portal.SignUpAsync(Asha);
        (await portal.SignUpAsync("Ravi Iyer")).Dispose();
        clock.Pass(TimeSpan.FromMinutes(11));
        var kept = await asha.Submit(await PortalUnderTest.EnterBillingAsync(asha, Asha), ("Password", PortalUnderTest.Password));
        Assert.Equal("/accounts/go-on", kept.Address.AbsolutePath);

        using var other = portal.NewBrowser();
        await PortalUnderTest.SignInAsync(other, PortalUnderTest.EmailOf("Ravi Iyer"));
        Assert.Equal(HttpStatusCode.Gone, (await other.Get(kept.Address.PathAndQuery)).Status);
        Assert.Equal(HttpStatusCode.OK, (await asha.Get(kept.Address.PathAndQuery)).Status);
        Assert.DoesNotContain("Asha", await portal.Db.One<string>(Sql.Parked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_else_who_signs_in_instead_gets_their_own_session_and_not_the_form()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var browser = await portal.SignUpAsync(Asha);
        (await portal.SignUpAsync("Ravi Iyer")).Dispose();
        clock.Pass(TimeSpan.FromMinutes(11));
        var before = browser.Cookies["__Host-portal"];

        var asked = await PortalUnderTest.EnterBillingAsync(browser, Asha);
        var landed = await browser.Submit(asked, ("Email", PortalUnderTest.EmailOf("Ravi Iyer")), ("Password", PortalUnderTest.Password));

        Assert.Equal(HttpStatusCode.Gone, landed.Status);
        browser.Cookies["__Host-portal"] = before;
        Assert.Equal("Sign in", (await browser.Get("/accounts")).Title);
    }

    [Fact]
    public async Task A_page_that_adds_a_factor_asks_first_and_then_opens()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var browser = await portal.SignUpAsync(Asha);
        clock.Pass(TimeSpan.FromMinutes(11));

        var asked = await browser.Get("/accounts/security/app");
        Assert.Equal("Confirm that it is you", asked.Title);
        var opened = await browser.Submit(asked, ("Password", PortalUnderTest.Password));

        Assert.Equal("Set up an authenticator app", opened.Title);
    }

    [Fact]
    public async Task The_API_asks_for_a_newer_sign_in_as_RFC_9470_says()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var browser = await portal.SignUpAsync(Asha);
        clock.Pass(TimeSpan.FromMinutes(9));
        var token = await PortalUnderTest.AccessTokenAsync(browser);
        clock.Pass(TimeSpan.FromMinutes(2));

        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(portal.Address, "/api/v1/account/billing"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var api = portal.NewBrowser();
        using var answer = await api.Send(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        var challenge = answer.Headers.WwwAuthenticate.ToString();
        Assert.Contains("error=\"insufficient_user_authentication\"", challenge, StringComparison.Ordinal);
        Assert.Contains("max_age=\"600\"", challenge, StringComparison.Ordinal);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("portal.identity.insufficient_user_authentication", problem.RootElement.GetProperty("code").GetString());
    }

    private static class Sql
    {
        public const string Profiles = "select count(*) from BillingProfile";

        public const string Sessions = "select count(*) from PortalSession";

        public const string Parked = "select min(ProtectedForm) from ParkedForm";
    }
}
