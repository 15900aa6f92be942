using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Portal.Accounts;
using Portal.Identity;
using Xunit;

namespace Portal.Tests.Identity;

public sealed class SessionTests
{
    [Fact]
    public async Task P21_after_sign_out_the_cookie_is_worth_nothing()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = await portal.SignUpAsync("Asha Rao");
        var kept = browser.Cookies["__Host-portal"];

        var page = await browser.Submit(await browser.Get("/sign-out"), "/sign-out");

        Assert.Equal("You are signed out", page.Title);
        Assert.DoesNotContain("__Host-portal", browser.Cookies.Keys);
        browser.Cookies["__Host-portal"] = kept;
        Assert.Equal("Sign in", (await browser.Get("/accounts")).Title);
    }

    [Fact]
    public async Task A_session_ended_from_another_browser_is_refused_at_its_next_request()
    {
        await using var portal = await PortalUnderTest.Start();
        using var lost = await portal.SignUpAsync("Asha Rao");
        using var own = portal.NewBrowser();
        own.UserAgent = "The browser at hand";
        await PortalUnderTest.SignInAsync(own, PortalUnderTest.EmailOf("Asha Rao"));

        var list = await own.Get("/accounts/sessions");
        Assert.Contains("The browser at hand", list.Words, StringComparison.Ordinal);
        await own.Submit(list, "/accounts/sessions");

        Assert.Equal("Sign in", (await lost.Get("/accounts")).Title);
        Assert.Equal("/accounts", (await own.Get("/accounts")).Address.AbsolutePath);
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_somebody_else()
    {
        await using var portal = await PortalUnderTest.Start();
        using var asha = await portal.SignUpAsync("Asha Rao");
        using var ravi = await portal.SignUpAsync("Ravi Iyer");
        using var second = portal.NewBrowser();
        await PortalUnderTest.SignInAsync(second, PortalUnderTest.EmailOf("Ravi Iyer"));
        var id = await portal.Db.One<string>(Sql.SessionOf, new { EmailLower = PortalUnderTest.EmailOf("Asha Rao") });

        await ravi.Submit(await ravi.Get("/accounts/sessions"), "/accounts/sessions", ("id", id!));

        Assert.Equal("/accounts", (await asha.Get("/accounts")).Address.AbsolutePath);
    }

    [Fact]
    public async Task An_unused_session_ends()
    {
        await using var portal = await PortalUnderTest.Start("Portal:Identity:SessionIdle=02:00:00");
        using var browser = await portal.SignUpAsync("Idle Person");

        await portal.Db.Write(tx => tx.Execute(Sql.LastSeen, new { SeenAt = DateTimeOffset.UtcNow.AddHours(-1) }));
        Assert.NotEqual("Sign in", (await browser.Get("/accounts")).Title);
        await portal.Db.Write(tx => tx.Execute(Sql.LastSeen, new { SeenAt = DateTimeOffset.UtcNow.AddHours(-2) }));
        Assert.Equal("Sign in", (await browser.Get("/accounts")).Title);
    }

    [Fact]
    public async Task P43_P51_cookies_last_until_the_browser_closes_and_hold_nothing_about_anybody()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = await portal.SignUpAsync("Asha Rao");

        Assert.All(browser.CookiesSet.Where(line => !line.Contains("1970", StringComparison.Ordinal)), line =>
        {
            Assert.DoesNotContain("expires", line, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("max-age", line, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("httponly", line, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("samesite", line, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("asha", Uri.UnescapeDataString(line), StringComparison.OrdinalIgnoreCase);
        });
        Assert.Equal(43, browser.Cookies["__Host-portal"].Length);
        Assert.Equal(0, await portal.Db.One<int>(Sql.SessionsByToken, new { Token = browser.Cookies["__Host-portal"] }));
        Assert.DoesNotContain(browser.Cookies.Keys, name => name.StartsWith("__Host-portal-signin", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Somebody_with_two_accounts_moves_between_them_and_nobody_moves_into_a_foreign_one()
    {
        await using var portal = await PortalUnderTest.Start();
        using var asha = await portal.SignUpAsync("Asha Rao");
        using var ravi = await portal.SignUpAsync("Ravi Iyer");
        var now = DateTimeOffset.UtcNow;
        var owner = PersonId.From((await portal.Db.One<string>(Sql.PersonOf, new { EmailLower = PortalUnderTest.EmailOf("Asha Rao") }))!);
        var second = await portal.Db.Write(tx => CreateAccount.Run(tx, "Second Company", owner, now));

        await asha.Submit(await asha.Get("/accounts"), "/accounts?handler=Switch", ("account", second.Value));
        Assert.Contains("Shown now", (await asha.Get("/accounts")).Words, StringComparison.Ordinal);
        Assert.Equal(second.Value, await portal.Db.One<string>(Sql.AccountShown, new { EmailLower = PortalUnderTest.EmailOf("Asha Rao") }));

        var form = await asha.Get("/accounts");
        using var foreign = Browser.Fill(form, "/accounts?handler=Switch", ("account", (await portal.Db.One<string>(Sql.AccountShown, new { EmailLower = PortalUnderTest.EmailOf("Ravi Iyer") }))!));
        using var refused = await asha.Send(foreign);
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }

    [Fact]
    public async Task Two_portals_on_one_database_know_one_anothers_secrets()
    {
        await using var portal = await PortalUnderTest.Start();
        var text = portal.Get<IDataProtectionProvider>().CreateProtector("test").Protect("told by one");
        var xml = await portal.Db.Query<string>(Sql.Keys);
        Assert.NotEmpty(xml);
        Assert.All(xml, key => Assert.Contains("<masterSecret", key, StringComparison.Ordinal));

        await using var other = await portal.StartAnother();
        Assert.Equal("told by one", other.Services.GetService(typeof(IDataProtectionProvider)) is IDataProtectionProvider provider
            ? provider.CreateProtector("test").Unprotect(text)
            : null);
    }

    private static class Sql
    {
        public const string LastSeen = "update PortalSession set SeenAt = @SeenAt";

        public const string SessionOf = """
            select s.Id
            from PortalSession s
                join Person p on p.Id = s.PersonId
            where p.EmailLower = @EmailLower
            """;

        public const string SessionsByToken = "select count(*) from PortalSession where TokenHash = @Token or Id = @Token";

        public const string PersonOf = "select Id from Person where EmailLower = @EmailLower";

        public const string AccountShown = """
            select s.AccountId
            from PortalSession s
                join Person p on p.Id = s.PersonId
            where p.EmailLower = @EmailLower
            """;

        public const string Keys = "select Xml from DataProtectionKey";
    }
}
