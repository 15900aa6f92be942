using AngleSharp.Dom;
using Xunit;

namespace Portal.Tests.Identity.Factors;

public sealed class OidcPasskeyTests
{
    private const string Asha = "Asha Rao";
    private const string AddPath = "/accounts/security/passkey";

    [Fact]
    public async Task A_passkey_signs_in_without_a_name_or_a_password_and_counts_as_two_factors()
    {
        await using var portal = await PortalUnderTest.Start();
        using var own = await portal.SignUpAsync(Asha);
        using var key = new SoftPasskey(portal.Address);
        var added = await Add(own, key, "Laptop");
        Assert.Equal("Keep these codes", added.Title);
        Assert.Contains("Laptop", (await own.Get("/accounts/security")).Words, StringComparison.Ordinal);
        Assert.Contains("passkey was added", await portal.MailTo(PortalUnderTest.EmailOf(Asha)), StringComparison.Ordinal);

        using var browser = portal.NewBrowser();
        var landed = await SignIn(browser, key);
        Assert.Equal("/accounts", landed.Address.AbsolutePath);
        Assert.Equal("mfa hwk user", await portal.Db.One<string>(Sql.NewestAmr));
    }

    [Fact]
    public async Task After_the_password_the_passkey_is_the_second_factor()
    {
        await using var portal = await PortalUnderTest.Start();
        using var own = await portal.SignUpAsync(Asha);
        using var key = new SoftPasskey(portal.Address);
        await Add(own, key, "Laptop");

        using var browser = portal.NewBrowser();
        var asked = await PortalUnderTest.SignInAsync(browser, PortalUnderTest.EmailOf(Asha));
        Assert.Equal("One more step", asked.Title);
        var landed = await Answer(browser, asked, key);

        Assert.Equal("/accounts", landed.Address.AbsolutePath);
        Assert.Equal("mfa pwd hwk user", await portal.Db.One<string>(Sql.NewestAmr));
    }

    [Fact]
    public async Task An_answer_that_was_sent_before_is_refused()
    {
        await using var portal = await PortalUnderTest.Start();
        using var own = await portal.SignUpAsync(Asha);
        using var key = new SoftPasskey(portal.Address);
        await Add(own, key, "Laptop");
        using var browser = portal.NewBrowser();
        var page = await browser.Get("/sign-in?returnTo=%2Faccounts");
        var answer = key.Get(Options(page));
        await browser.Submit(page, Action(page), ("Answer", answer));

        using var thief = portal.NewBrowser();
        var other = await thief.Get("/sign-in?returnTo=%2Faccounts");
        var refused = await thief.Submit(other, Action(other), ("Question", page.ValueOf("Question")!), ("Answer", answer));

        Assert.Contains("This passkey was not accepted", refused.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("__Host-portal", thief.Cookies.Keys);
    }

    [Fact]
    public async Task A_device_that_did_not_verify_its_user_is_refused()
    {
        await using var portal = await PortalUnderTest.Start();
        using var own = await portal.SignUpAsync(Asha);
        using var key = new SoftPasskey(portal.Address);
        await Add(own, key, "Laptop");
        key.VerifiesUser = false;

        using var browser = portal.NewBrowser();
        Assert.Contains("This passkey was not accepted", (await SignIn(browser, key)).Words, StringComparison.Ordinal);
        using var careless = new SoftPasskey(portal.Address) { VerifiesUser = false };
        Assert.Contains("The passkey was not accepted", (await Add(own, careless, "Careless")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_was_asked_on_another_site_is_refused()
    {
        await using var portal = await PortalUnderTest.Start();
        using var own = await portal.SignUpAsync(Asha);
        using var key = new SoftPasskey(portal.Address);
        await Add(own, key, "Laptop");
        key.Origin = "https://portal.example.evil";

        using var browser = portal.NewBrowser();
        Assert.Contains("This passkey was not accepted", (await SignIn(browser, key)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_shows_the_passkey_of_somebody_else_as_their_second_factor()
    {
        await using var portal = await PortalUnderTest.Start();
        using var asha = await portal.SignUpAsync(Asha);
        using var ravi = await portal.SignUpAsync("Ravi Iyer");
        using var hers = new SoftPasskey(portal.Address);
        using var his = new SoftPasskey(portal.Address);
        await Add(asha, hers, "Hers");
        await Add(ravi, his, "His");

        using var browser = portal.NewBrowser();
        var asked = await PortalUnderTest.SignInAsync(browser, PortalUnderTest.EmailOf(Asha));
        var refused = await Answer(browser, asked, his);

        Assert.Contains("This passkey was not accepted", refused.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_passkey_is_renamed_and_removed_and_then_signs_nobody_in()
    {
        await using var portal = await PortalUnderTest.Start();
        using var own = await portal.SignUpAsync(Asha);
        using var ravi = await portal.SignUpAsync("Ravi Iyer");
        using var key = new SoftPasskey(portal.Address);
        await Add(own, key, "Laptop");
        var list = await own.Get("/accounts/security");
        var id = list.ValueOf("id")!;

        using var foreign = Browser.Fill(await ravi.Get("/accounts/security"), "/accounts/security?handler=Password", ("id", id));
        foreign.RequestUri = new Uri(portal.Address, "/accounts/security?handler=RemovePasskey");
        using var ignored = await ravi.Send(foreign);
        var named = await own.Submit(list, "/accounts/security?handler=RenamePasskey", ("name", "Asha's laptop"));
        Assert.Contains("Asha's laptop", named.Words, StringComparison.Ordinal);
        await own.Submit(named, "/accounts/security?handler=RemovePasskey");

        using var browser = portal.NewBrowser();
        Assert.Contains("This passkey was not accepted", (await SignIn(browser, key)).Words, StringComparison.Ordinal);
        Assert.Equal("/accounts", (await PortalUnderTest.SignInAsync(browser, PortalUnderTest.EmailOf(Asha))).Address.AbsolutePath);
    }

    private static async Task<Page> Add(Browser browser, SoftPasskey key, string name)
    {
        var page = await browser.Get(AddPath);
        return await browser.Submit(page, AddPath, ("Name", name), ("Answer", key.Create(Options(page))));
    }

    private static async Task<Page> SignIn(Browser browser, SoftPasskey key) => await Answer(browser, await browser.Get("/sign-in?returnTo=%2Faccounts"), key);

    private static Task<Page> Answer(Browser browser, Page page, SoftPasskey key) => browser.Submit(page, Action(page), ("Answer", key.Get(Options(page))));

    private static string Options(Page page) => Form(page).GetAttribute("data-options")!;

    private static string Action(Page page) => Form(page).GetAttribute("action")!;

    private static IElement Form(Page page) => page.Html.QuerySelector("form[data-passkey]")!;

    private static class Sql
    {
        public const string NewestAmr = "select Amr from PortalSession where CreatedAt = (select max(CreatedAt) from PortalSession)";
    }
}
