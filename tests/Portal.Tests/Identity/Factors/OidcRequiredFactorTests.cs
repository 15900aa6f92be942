using System.Net;
using System.Net.Http.Headers;
using Xunit;

namespace Portal.Tests.Identity.Factors;

public sealed class OidcRequiredFactorTests
{
    private const string Asha = "Asha Rao";
    private const string Require = "/accounts/security?handler=Require";

    [Fact]
    public async Task P35_where_the_account_asks_for_a_second_factor_nothing_else_comes_first()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var owner = await portal.SignUpAsync(Asha);
        var led = await owner.Submit(await owner.Get("/accounts/security"), Require);
        Assert.Contains("Everybody in this account needs a second factor", led.Words, StringComparison.Ordinal);

        var stopped = await owner.Get("/servers");
        Assert.Equal("A second factor is needed", stopped.Title);
        var form = await owner.Get(stopped.Html.QuerySelector("main a[href^='/accounts/security/app']")!.GetAttribute("href")!);
        var app = new AuthenticatorApp(form.Html.QuerySelector("code.key")!.TextContent, clock);
        var codes = await owner.Submit(form, "/accounts/security/app", ("Code", app.Code()));
        Assert.Equal("/servers", codes.Html.QuerySelector("a.button[href]")!.GetAttribute("href"));
        Assert.Equal("/servers", (await owner.Get("/servers")).Address.AbsolutePath);
    }

    [Fact]
    public async Task A_session_from_before_the_rule_shows_the_factor_its_person_has()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var old = await portal.SignUpAsync(Asha);
        using var owner = portal.NewBrowser();
        await PortalUnderTest.SignInAsync(owner, PortalUnderTest.EmailOf(Asha));
        var (app, _) = await AuthenticatorApp.SetUp(owner, clock);
        await owner.Submit(await owner.Get("/accounts/security"), Require);
        clock.Pass(TimeSpan.FromMinutes(1));

        var asked = await old.Get("/invoices");
        Assert.Equal("Confirm that it is you", asked.Title);
        Assert.Equal("/invoices", (await old.Submit(asked, "/oidc/second-factor", ("Code", app.Code()))).Address.AbsolutePath);
    }

    [Fact]
    public async Task A_token_without_a_second_factor_is_refused_too()
    {
        await using var portal = await PortalUnderTest.Start();
        using var owner = await portal.SignUpAsync(Asha);
        var token = await PortalUnderTest.AccessTokenAsync(owner);
        await owner.Submit(await owner.Get("/accounts/security"), Require);

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(portal.Address, "/api/v1/servers"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var api = portal.NewBrowser();
        using var answer = await api.Send(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("acr_values=\"urn:portal:acr:2\"", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staff_need_a_second_factor_where_the_operator_says_so()
    {
        await using var portal = await PortalUnderTest.Start("Portal:Identity:StaffNeedSecondFactor=true");
        using var browser = await portal.SignUpAsync("Sita Staff");
        await portal.Db.Write(tx => tx.Execute(Sql.MakeStaff, new { EmailLower = PortalUnderTest.EmailOf("Sita Staff") }));

        Assert.Equal("A second factor is needed", (await browser.Get("/operations")).Title);
        Assert.Equal("Sign-in and security", (await browser.Get("/accounts/security")).Title);
    }

    private static class Sql
    {
        public const string MakeStaff = "update Person set StaffRole = 'operator' where EmailLower = @EmailLower";
    }
}
