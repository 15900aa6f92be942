using System.Net;
using Xunit;

namespace Portal.Tests.Identity.Factors;

public sealed class OidcSecondFactorTests
{
    private const string Asha = "Asha Rao";

    [Fact]
    public async Task With_an_app_the_password_alone_signs_nobody_in()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var own = await portal.SignUpAsync(Asha);
        var (app, codes) = await AuthenticatorApp.SetUp(own, clock);
        Assert.Equal(10, codes.Distinct().Count());
        Assert.Contains("authenticator app was added", await portal.MailTo(PortalUnderTest.EmailOf(Asha)), StringComparison.Ordinal);

        clock.Pass(TimeSpan.FromMinutes(1));
        using var browser = portal.NewBrowser();
        var asked = await PortalUnderTest.SignInAsync(browser, PortalUnderTest.EmailOf(Asha));
        Assert.Equal("One more step", asked.Title);
        Assert.DoesNotContain("__Host-portal", browser.Cookies.Keys);
        Assert.Equal("Sign in", (await browser.Get("/accounts")).Title);

        var wrong = await browser.Submit(asked, "/oidc/second-factor", ("Code", app.Code() == "000000" ? "000001" : "000000"));
        Assert.Contains("This code is not right", wrong.ErrorAt("Code"), StringComparison.Ordinal);
        var landed = await browser.Submit(wrong, "/oidc/second-factor", ("Code", app.Code()));
        Assert.Equal("/accounts", landed.Address.AbsolutePath);
        Assert.DoesNotContain("__Host-portal-factor", browser.Cookies.Keys);
        Assert.Equal("mfa pwd otp", await portal.Db.One<string>(Sql.NewestAmr));
    }

    [Fact]
    public async Task A_code_is_good_once()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var own = await portal.SignUpAsync(Asha);
        var (app, _) = await AuthenticatorApp.SetUp(own, clock);
        clock.Pass(TimeSpan.FromMinutes(1));
        var code = app.Code();
        using var first = portal.NewBrowser();
        await first.Submit(await PortalUnderTest.SignInAsync(first, PortalUnderTest.EmailOf(Asha)), "/oidc/second-factor", ("Code", code));

        using var second = portal.NewBrowser();
        var refused = await second.Submit(
            await PortalUnderTest.SignInAsync(second, PortalUnderTest.EmailOf(Asha)), "/oidc/second-factor", ("Code", code));

        Assert.Contains("used before", refused.ErrorAt("Code"), StringComparison.Ordinal);
        Assert.DoesNotContain("__Host-portal", second.Cookies.Keys);
    }

    [Fact]
    public async Task A_recovery_code_lets_in_once_and_its_use_is_mailed()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var own = await portal.SignUpAsync(Asha);
        var (_, codes) = await AuthenticatorApp.SetUp(own, clock);

        using var browser = portal.NewBrowser();
        var asked = await PortalUnderTest.SignInAsync(browser, PortalUnderTest.EmailOf(Asha));
        var landed = await browser.Submit(asked, asked.Recovery(), ("RecoveryCode", $" {codes[3].ToUpperInvariant()} "));
        Assert.Equal("/accounts", landed.Address.AbsolutePath);
        Assert.Contains("You have 9 left", await portal.MailTo(PortalUnderTest.EmailOf(Asha)), StringComparison.Ordinal);
        Assert.Contains("9 of 10 are left", (await browser.Get("/accounts/security")).Words, StringComparison.Ordinal);

        using var again = portal.NewBrowser();
        var second = await PortalUnderTest.SignInAsync(again, PortalUnderTest.EmailOf(Asha));
        var refused = await again.Submit(second, second.Recovery(), ("RecoveryCode", codes[3]));
        Assert.Contains("This code is not right", refused.ErrorAt("RecoveryCode"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_recovery_codes_end_the_old_ones()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var own = await portal.SignUpAsync(Asha);
        var (_, codes) = await AuthenticatorApp.SetUp(own, clock);

        var shown = await own.Submit(await own.Get("/accounts/security/codes"), "/accounts/security/codes");
        var fresh = shown.Html.QuerySelectorAll(".codes code").Select(code => code.TextContent).ToList();
        Assert.Equal(10, fresh.Except(codes).Count());

        using var browser = portal.NewBrowser();
        var asked = await PortalUnderTest.SignInAsync(browser, PortalUnderTest.EmailOf(Asha));
        var refused = await browser.Submit(asked, asked.Recovery(), ("RecoveryCode", codes[0]));
        Assert.NotNull(refused.ErrorAt("RecoveryCode"));
        Assert.Equal("/accounts", (await browser.Submit(refused, refused.Recovery(), ("RecoveryCode", fresh[0]))).Address.AbsolutePath);
    }

    [Fact]
    public async Task Guessing_codes_locks_the_factor_and_the_mailed_link_takes_the_lock_off()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock, "Portal:Identity:FailuresPerFactor=3");
        using var own = await portal.SignUpAsync(Asha);
        var (app, codes) = await AuthenticatorApp.SetUp(own, clock);
        clock.Pass(TimeSpan.FromMinutes(1));
        using var browser = portal.NewBrowser();
        var asked = await PortalUnderTest.SignInAsync(browser, PortalUnderTest.EmailOf(Asha));
        // all at once, and by both kinds of code
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => i % 2 == 0
            ? browser.Submit(asked, "/oidc/second-factor", ("Code", "00000" + i))
            : browser.Submit(asked, asked.Recovery(), ("RecoveryCode", $"aaaa-bbbb-cccc-ddd{i}"))));

        var locked = await browser.Submit(asked, "/oidc/second-factor", ("Code", app.Code()));
        Assert.Equal(HttpStatusCode.TooManyRequests, locked.Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await browser.Submit(asked, asked.Recovery(), ("RecoveryCode", codes[0]))).Status);

        using var mail = portal.NewBrowser();
        await mail.Submit(await mail.Get(await portal.LinkTo(PortalUnderTest.EmailOf(Asha))), "/sign-up/unlock");
        Assert.Equal("/accounts", (await browser.Submit(locked, "/oidc/second-factor", ("Code", app.Code()))).Address.AbsolutePath);
        var used = await mail.Get(await portal.LinkTo(PortalUnderTest.EmailOf(Asha)));
        Assert.Equal(HttpStatusCode.Gone, used.Status);
    }

    [Fact]
    public async Task A_locked_address_tells_its_owner_by_mail_and_an_unknown_one_looks_the_same()
    {
        await using var portal = await PortalUnderTest.Start("Portal:Identity:FailuresPerAddress=2");
        (await portal.SignUpAsync(Asha)).Dispose();
        var pages = new List<string>();
        foreach (var email in (string[])[PortalUnderTest.EmailOf(Asha), "nobody@customers.example.in"])
        {
            using var browser = portal.NewBrowser();
            for (var i = 0; i < 3; i++) pages.Add((await PortalUnderTest.SignInAsync(browser, email, "wrong password")).Words.Replace(email, "", StringComparison.Ordinal));
        }

        Assert.Equal(pages[2], pages[5]);
        using var asha = portal.NewBrowser();
        await asha.Submit(await asha.Get(await portal.LinkTo(PortalUnderTest.EmailOf(Asha))), "/sign-up/unlock");
        Assert.Equal("/accounts", (await PortalUnderTest.SignInAsync(asha, PortalUnderTest.EmailOf(Asha))).Address.AbsolutePath);
    }

    [Fact]
    public async Task A_new_password_by_mail_still_asks_for_the_second_factor()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var own = await portal.SignUpAsync(Asha);
        var (app, _) = await AuthenticatorApp.SetUp(own, clock);
        using var browser = portal.NewBrowser();
        await browser.Submit(await browser.Get("/sign-up/password"), ("Email", PortalUnderTest.EmailOf(Asha)));
        await browser.Submit(await browser.Get(await portal.LinkTo(PortalUnderTest.EmailOf(Asha))), ("Password", "orange-lantern-river"));
        clock.Pass(TimeSpan.FromMinutes(1));

        var asked = await PortalUnderTest.SignInAsync(browser, PortalUnderTest.EmailOf(Asha), "orange-lantern-river");
        Assert.Equal("One more step", asked.Title);
        Assert.Equal("/accounts", (await browser.Submit(asked, "/oidc/second-factor", ("Code", app.Code()))).Address.AbsolutePath);
    }

    [Fact]
    public async Task The_half_done_sign_in_is_good_for_its_own_request_and_not_for_long()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var own = await portal.SignUpAsync(Asha);
        var (app, _) = await AuthenticatorApp.SetUp(own, clock);
        using var browser = portal.NewBrowser();
        var asked = await PortalUnderTest.SignInAsync(browser, PortalUnderTest.EmailOf(Asha));

        var other = await browser.Get(asked.Address.PathAndQuery.Replace("nonce=", "nonce=x", StringComparison.Ordinal));
        Assert.Equal("Sign in", other.Title);
        clock.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal("Sign in", (await browser.Submit(asked, "/oidc/second-factor", ("Code", app.Code()))).Title);
    }

    [Fact]
    public async Task P58_a_sign_in_from_a_new_browser_is_mailed_and_one_from_a_known_one_is_not()
    {
        await using var portal = await PortalUnderTest.Start();
        using var own = await portal.SignUpAsync(Asha);
        using var known = portal.NewBrowser();
        await PortalUnderTest.SignInAsync(known, PortalUnderTest.EmailOf(Asha));
        Assert.DoesNotContain("somewhere new", await portal.MailTo(PortalUnderTest.EmailOf(Asha)), StringComparison.Ordinal);

        using var foreign = portal.NewBrowser();
        foreign.UserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        await PortalUnderTest.SignInAsync(foreign, PortalUnderTest.EmailOf(Asha));

        var mail = await portal.MailTo(PortalUnderTest.EmailOf(Asha));
        Assert.Contains("browser or network that we have not seen", mail, StringComparison.Ordinal);
        Assert.Contains("Edge on Windows", mail, StringComparison.Ordinal);
        Assert.DoesNotContain(foreign.CookiesSet, line => line.Contains("device", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task P06_a_person_reads_their_own_sign_ins_and_failed_tries()
    {
        await using var portal = await PortalUnderTest.Start();
        using var own = await portal.SignUpAsync(Asha);
        using var thief = portal.NewBrowser();
        thief.UserAgent = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0";
        await PortalUnderTest.SignInAsync(thief, PortalUnderTest.EmailOf(Asha), "guessed-password-1");

        var page = await own.Get("/accounts/security");
        Assert.Contains("Wrong password Firefox on Windows", page.Words, StringComparison.Ordinal);
        Assert.Contains("Password accepted", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changing_the_password_signs_every_other_browser_out_and_is_mailed()
    {
        await using var portal = await PortalUnderTest.Start();
        using var own = await portal.SignUpAsync(Asha);
        using var other = portal.NewBrowser();
        await PortalUnderTest.SignInAsync(other, PortalUnderTest.EmailOf(Asha));
        var form = await own.Get("/accounts/security");

        var wrong = await own.Submit(form, "/accounts/security?handler=Password", ("CurrentPassword", "not my password"), ("NewPassword", "orange-lantern-river"));
        Assert.Equal("This is not your password.", wrong.ErrorAt("CurrentPassword"));
        var weak = await own.Submit(form, "/accounts/security?handler=Password", ("CurrentPassword", PortalUnderTest.Password), ("NewPassword", "password2026"));
        Assert.NotNull(weak.ErrorAt("NewPassword"));
        var done = await own.Submit(form, "/accounts/security?handler=Password", ("CurrentPassword", PortalUnderTest.Password), ("NewPassword", "orange-lantern-river"));

        Assert.Contains("Your password is changed", done.Words, StringComparison.Ordinal);
        Assert.Equal("Sign in", (await other.Get("/accounts")).Title);
        Assert.Equal("/accounts", (await own.Get("/accounts")).Address.AbsolutePath);
        Assert.Contains("your password was changed", await portal.MailTo(PortalUnderTest.EmailOf(Asha)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operators_list_of_common_passwords_is_asked_too()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "kaveri\nchennai super kings\n", TestContext.Current.CancellationToken);
        try
        {
            await using var portal = await PortalUnderTest.Start($"Portal:Identity:CommonPasswordsFile={file}");
            using var browser = portal.NewBrowser();
            var page = await browser.Submit(
                await browser.Get("/sign-up"), ("FullName", Asha), ("Email", "asha@customers.example.in"), ("Password", "K@veri2026!!"), ("IsAdult", "true"));
            Assert.Contains("among the first that attackers try", page.ErrorAt("Password"), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static class Sql
    {
        public const string NewestAmr = "select Amr from PortalSession where CreatedAt = (select max(CreatedAt) from PortalSession)";
    }
}

internal static class SecondFactorPages
{
    /// <summary>The action of the form that takes a recovery code.</summary>
    public static string Recovery(this Page page) => page.Html.QuerySelector("form[action*='handler=Recovery']")!.GetAttribute("action")!;
}
