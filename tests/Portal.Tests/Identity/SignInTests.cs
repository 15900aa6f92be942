using System.Net;
using Microsoft.Extensions.Options;
using Testing;
using Xunit;

namespace Portal.Tests.Identity;

public sealed class SignInTests
{
    [Fact]
    public async Task A_page_asks_to_sign_in_and_comes_back_to_itself()
    {
        await using var portal = await PortalUnderTest.Start();
        (await portal.SignUpAsync("Asha Rao")).Dispose();
        using var browser = portal.NewBrowser();

        var asked = await browser.Get("/accounts/sessions?from=mail");
        Assert.Equal("Sign in", asked.Title);
        var back = await browser.Submit(asked, ("Email", PortalUnderTest.EmailOf("Asha Rao")), ("Password", PortalUnderTest.Password));

        Assert.Equal("/accounts/sessions?from=mail", back.Address.PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, back.Status);
    }

    [Fact]
    [Shows("RFC 9700 2.1 no open redirector", "RFC 9700 4.11 open redirection")]
    public async Task The_way_back_never_leads_elsewhere()
    {
        await using var portal = await PortalUnderTest.Start();
        (await portal.SignUpAsync("Asha Rao")).Dispose();
        foreach (var path in (string[])["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
        {
            using var browser = portal.NewBrowser();
            var landed = await PortalUnderTest.SignInAsync(browser, PortalUnderTest.EmailOf("Asha Rao"), returnTo: path);
            Assert.Equal(portal.Address.Authority, landed.Address.Authority);
            Assert.Equal("/servers", landed.Address.AbsolutePath);
        }
    }

    [Fact]
    public async Task A_wrong_password_keeps_the_address_and_forgets_the_password()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();

        var page = await PortalUnderTest.SignInAsync(browser, "asha@customers.example.in", "wrong password here");

        Assert.Contains("don't belong together", page.Words, StringComparison.Ordinal);
        Assert.Equal("asha@customers.example.in", page.ValueOf("Email"));
        Assert.Equal("", page.ValueOf("Password"));
    }

    [Fact]
    [Shows("RFC 9700 2.1 csrf", "RFC 9700 4.7 csrf")]
    public async Task An_answer_with_another_state_is_refused()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();
        using var start = await browser.SendGet("/sign-in");
        var state = CommandLine.Query(start.Headers.Location!, "state")!;

        var wrong = await browser.Get("/sign-in/callback?code=abc&state=" + state[..^1] + (state[^1] == 'A' ? 'B' : 'A'));
        var none = await browser.Get("/sign-in/callback?code=abc");

        Assert.Equal("You are not signed in", wrong.Title);
        Assert.Equal("You are not signed in", none.Title);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
    }

    [Fact]
    [Shows("login csrf", "RFC 9700 2.1 csrf")]
    public async Task An_answer_that_another_browser_asked_for_is_refused()
    {
        await using var portal = await PortalUnderTest.Start();
        (await portal.SignUpAsync("Attacker")).Dispose();
        using var attacker = portal.NewBrowser();
        var form = await attacker.Get("/sign-in");
        using var answer = await attacker.Send(Browser.Fill(form, null, ("Email", PortalUnderTest.EmailOf("Attacker")), ("Password", PortalUnderTest.Password)));
        Assert.Equal("/sign-in/callback", answer.Headers.Location!.AbsolutePath);

        using var victim = portal.NewBrowser();
        var page = await victim.Get(answer.Headers.Location.PathAndQuery);

        Assert.Equal("You are not signed in", page.Title);
        Assert.DoesNotContain("__Host-portal", victim.Cookies.Keys);
    }

    [Fact]
    [Shows("RFC 9700 4.5 code injection", "RFC 9700 4.6 access token injection")]
    public async Task An_ID_token_for_another_nonce_is_refused()
    {
        await using var portal = await PortalUnderTest.Start();
        (await portal.SignUpAsync("Asha Rao")).Dispose();
        using var browser = portal.NewBrowser();
        using var start = await browser.SendGet("/sign-in");
        var nonce = CommandLine.Query(start.Headers.Location!, "nonce")!;

        var form = await browser.Get(start.Headers.Location!.PathAndQuery.Replace(nonce, "another-nonce", StringComparison.Ordinal));
        var page = await browser.Submit(form, ("Email", PortalUnderTest.EmailOf("Asha Rao")), ("Password", PortalUnderTest.Password));

        Assert.Equal("You are not signed in", page.Title);
        Assert.DoesNotContain("__Host-portal", browser.Cookies.Keys);
    }

    [Fact]
    [Shows("RFC 9700 2.1 mix-up", "RFC 9700 4.4 mix-up", "wrong audience or issuer")]
    public async Task An_answer_of_another_issuer_is_refused()
    {
        await using var portal = await PortalUnderTest.Start();
        (await portal.SignUpAsync("Asha Rao")).Dispose();
        using var browser = portal.NewBrowser();
        var form = await browser.Get("/sign-in");
        using var answer = await browser.Send(Browser.Fill(form, null, ("Email", PortalUnderTest.EmailOf("Asha Rao")), ("Password", PortalUnderTest.Password)));
        var iss = CommandLine.Query(answer.Headers.Location!, "iss")!;

        var page = await browser.Get(answer.Headers.Location!.PathAndQuery.Replace(
            Uri.EscapeDataString(iss), Uri.EscapeDataString("https://other.example"), StringComparison.OrdinalIgnoreCase));

        Assert.Equal("You are not signed in", page.Title);
    }

    [Fact]
    public async Task Ten_wrong_passwords_lock_the_address_known_or_not_and_the_right_one_does_not_help()
    {
        await using var portal = await PortalUnderTest.Start("Portal:Identity:FailuresPerAddress=3");
        (await portal.SignUpAsync("Asha Rao")).Dispose();
        foreach (var email in (string[])[PortalUnderTest.EmailOf("Asha Rao"), "nobody@customers.example.in"])
        {
            using var browser = portal.NewBrowser();
            var form = await browser.Get("/sign-in");
            // all at once: each counts
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => browser.Submit(form, ("Email", email), ("Password", "wrong password"))));

            var locked = await PortalUnderTest.SignInAsync(browser, email);
            Assert.Equal(HttpStatusCode.TooManyRequests, locked.Status);
            Assert.Contains("Too many tries", locked.Words, StringComparison.Ordinal);
        }

        Assert.Equal(6, await portal.Db.One<int>(Sql.Failed));
    }

    [Fact]
    public async Task Wrong_passwords_from_one_network_lock_it_whatever_the_address()
    {
        await using var portal = await PortalUnderTest.Start("Portal:Identity:FailuresPerIp=2");
        using var browser = portal.NewBrowser();
        for (var i = 0; i < 2; i++) await PortalUnderTest.SignInAsync(browser, portal.NewEmail(), "wrong password");

        Assert.Equal(HttpStatusCode.TooManyRequests, (await PortalUnderTest.SignInAsync(browser, portal.NewEmail(), "wrong password")).Status);
    }

    [Fact]
    public async Task Sign_in_works_where_the_public_name_does_not_resolve()
    {
        await using var portal = await PortalUnderTest.Start("Portal:Identity:PublicUrl=https://portal.unresolvable.invalid");
        using var browser = new Browser(portal.Address) { PublicName = new Uri("https://portal.unresolvable.invalid") };
        await browser.Submit(
            await browser.Get("/sign-up"), ("FullName", "Far Away"), ("Email", "far@customers.example.in"), ("Password", PortalUnderTest.Password), ("IsAdult", "true"));
        var link = new Uri(await portal.LinkTo("far@customers.example.in"));
        Assert.Equal("portal.unresolvable.invalid", link.Host);
        await browser.Submit(await browser.Get(link.PathAndQuery), "/sign-up/confirm");

        var landed = await PortalUnderTest.SignInAsync(browser, "far@customers.example.in");

        Assert.Equal("/accounts", landed.Address.AbsolutePath);
        Assert.Equal(HttpStatusCode.OK, landed.Status);
    }

    [Fact]
    public async Task An_issuer_that_does_not_answer_gives_a_page_that_says_so_and_the_portal_runs_on()
    {
        await using var portal = await PortalUnderTest.Start(
            "Portal:Identity:Issuer=https://issuer.unresolvable.invalid", "Portal:Identity:ClientSecret=a-secret",
            $"Portal:Identity:Backchannel=http://127.0.0.1:{FreePort.Find()}");
        using var browser = portal.NewBrowser();

        var page = await browser.Get("/sign-in");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
        Assert.Contains("does not answer right now", page.Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.SendGet("/.well-known/openid-configuration")).StatusCode);
    }

    [Theory]
    [InlineData("Portal:Identity:MasterSecret=short", "openssl rand")]
    [InlineData("Portal:Identity:PublicUrl=http://portal.example.in", "https address")]
    [InlineData("Portal:Identity:Issuer=https://login.example.in", "ClientSecret")]
    [InlineData("Portal:Identity:SigningKeyLength=1.00:00:00", "15 days")]
    [InlineData("Portal:Mail:Kind=pigeon", "'smtp' nor 'folder'")]
    [InlineData("Portal:Mail:From=nobody", "Portal:Mail:From")]
    [InlineData("Portal:Mail:Port=465", "587")]
    public async Task A_wrong_setting_stops_the_start_and_says_how_to_mend_it(string setting, string mend)
    {
        var trouble = await Assert.ThrowsAsync<OptionsValidationException>(() => PortalUnderTest.Start(setting));
        Assert.Contains(mend, trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Production_refuses_the_development_secret_and_the_mail_folder()
    {
        var trouble = await Assert.ThrowsAsync<OptionsValidationException>(() => PortalUnderTest.Start(
            "environment=Production", "Portal:Identity:MasterSecret=development-only master secret, never used in production"));
        Assert.Contains("MasterSecret is the development default", trouble.Message, StringComparison.Ordinal);
    }

    private static class Sql
    {
        public const string Failed = "select count(*) from SignInAttempt where State = 'failed'";
    }
}
