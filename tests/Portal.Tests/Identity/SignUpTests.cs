using System.Net;
using Xunit;

namespace Portal.Tests.Identity;

public sealed class SignUpTests
{
    [Fact]
    public async Task A_visitor_signs_up_confirms_by_mail_signs_in_and_is_asked_for_billing_details()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();

        var sent = await browser.Submit(
            await browser.Get("/sign-up"), ("FullName", "Asha Rao"), ("Email", "asha@customers.example.in"),
            ("Password", PortalUnderTest.Password), ("IsAdult", "true"));
        Assert.Equal("/sign-up/sent", sent.Address.AbsolutePath);

        var confirm = await browser.Get(await portal.LinkTo("asha@customers.example.in"));
        Assert.Contains("asha@customers.example.in", confirm.Words, StringComparison.Ordinal);
        var signIn = await browser.Submit(confirm, "/sign-up/confirm");
        Assert.Equal("Sign in", signIn.Title);
        var landed = await browser.Submit(signIn, ("Email", "Asha@Customers.example.in"), ("Password", PortalUnderTest.Password));

        Assert.Equal(HttpStatusCode.OK, landed.Status);
        Assert.Equal("/accounts/billing", landed.Address.AbsolutePath);
        Assert.Equal("Asha Rao", await portal.Db.One<string>(Sql.Asha));
    }

    [Fact]
    public async Task Each_wrong_answer_is_told_beside_its_field_and_what_was_typed_stays()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();

        var page = await browser.Submit(await browser.Get("/sign-up"), ("FullName", ""), ("Email", "no address"), ("Password", "short"));

        Assert.Equal("Enter your name.", page.ErrorAt("FullName"));
        Assert.StartsWith("Enter an e-mail address", page.ErrorAt("Email"), StringComparison.Ordinal);
        Assert.StartsWith("Use at least 10 characters", page.ErrorAt("Password"), StringComparison.Ordinal);
        Assert.Equal("You must be 18 or older to have an account.", page.ErrorAt("IsAdult"));
        Assert.Equal(["FullName", "Email", "Password", "IsAdult"], page.Summary.Order(Comparer<string>.Create((a, b) => Order(a) - Order(b))));
        Assert.Equal("no address", page.ValueOf("Email"));
        Assert.Equal("", page.ValueOf("Password"));

        static int Order(string field) => Array.IndexOf(["FullName", "Email", "Password", "IsAdult"], field);
    }

    [Fact]
    public async Task P11_nobody_under_18_gets_an_account_and_the_box_is_not_ticked_in_advance()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();
        var form = await browser.Get("/sign-up");
        Assert.Equal("false", form.ValueOf("IsAdult"));

        var page = await browser.Submit(form, ("FullName", "Young Person"), ("Email", "young@customers.example.in"), ("Password", PortalUnderTest.Password));

        Assert.NotNull(page.ErrorAt("IsAdult"));
        Assert.Equal(0, await portal.Db.One<int>(Sql.Links));
    }

    [Theory]
    [InlineData("P@ssword2026")]
    [InlineData("qwertyuiop")]
    [InlineData("IndiaIndia123")]
    [InlineData("1234567890")]
    [InlineData("asha.rao@1990")]
    public async Task A_password_that_attackers_try_first_is_refused(string password)
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();

        var page = await browser.Submit(
            await browser.Get("/sign-up"), ("FullName", "Asha Rao"), ("Email", "asha.rao@customers.example.in"), ("Password", password), ("IsAdult", "true"));

        Assert.NotNull(page.ErrorAt("Password"));
    }

    [Fact]
    public async Task An_expired_link_says_so_and_a_new_one_can_be_sent()
    {
        await using var portal = await PortalUnderTest.Start("Portal:Identity:LinkLength=00:00:00.001");
        using var browser = portal.NewBrowser();
        await browser.Submit(
            await browser.Get("/sign-up"), ("FullName", "Late Person"), ("Email", "late@customers.example.in"),
            ("Password", PortalUnderTest.Password), ("IsAdult", "true"));
        var old = await portal.LinkTo("late@customers.example.in");

        var page = await browser.Get(old);
        Assert.Equal(HttpStatusCode.Gone, page.Status);
        Assert.Equal("This link is not good any more", page.Title);

        var again = await browser.Submit(page, "/sign-up/confirm?handler=Again");
        Assert.Equal("Read your mail", again.Title);
        Assert.NotEqual(old, await portal.LinkTo("late@customers.example.in"));
        Assert.Equal(0, await portal.Db.One<int>(Sql.People));
    }

    [Fact]
    public async Task A_link_is_good_once_and_following_it_twice_is_harmless()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = await portal.SignUpAsync("Twice Minded");
        using var other = portal.NewBrowser();

        var page = await other.Get(await portal.LinkTo(PortalUnderTest.EmailOf("Twice Minded")));

        Assert.Equal(HttpStatusCode.Gone, page.Status);
        Assert.Equal(1, await portal.Db.One<int>(Sql.Accounts));
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_makes_one_person()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();
        var form = await browser.Get("/sign-up");
        (string, string)[] answers = [("FullName", "Double Click"), ("Email", "double@customers.example.in"), ("Password", PortalUnderTest.Password), ("IsAdult", "true")];
        await Task.WhenAll(browser.Submit(form, answers), browser.Submit(form, answers));
        var links = await portal.Db.Query<string>(Sql.Mails);
        Assert.Equal(2, links.Count);

        var pages = new List<Page>();
        foreach (var text in links)
        {
            var confirm = await browser.Get(text.Split('\n').First(line => line.StartsWith("http", StringComparison.Ordinal)));
            pages.Add(confirm.Status == HttpStatusCode.OK ? await browser.Submit(confirm, "/sign-up/confirm") : confirm);
        }

        Assert.Equal(1, await portal.Db.One<int>(Sql.People));
        Assert.Equal(1, await portal.Db.One<int>(Sql.Accounts));
    }

    [Fact]
    public async Task Nothing_on_the_pages_tells_whether_an_address_is_known()
    {
        await using var portal = await PortalUnderTest.Start();
        using var known = await portal.SignUpAsync("Known Person");
        var email = PortalUnderTest.EmailOf("Known Person");

        using var browser = portal.NewBrowser();
        var first = await SignUp(browser, email);
        var second = await SignUp(browser, "unknown@customers.example.in");
        Assert.Equal(second.Words, first.Words);
        Assert.Contains("You have one already", await portal.MailTo(email), StringComparison.Ordinal);

        var wrong = await PortalUnderTest.SignInAsync(browser, email, "not the password");
        var nobody = await PortalUnderTest.SignInAsync(browser, "nobody@customers.example.in", "not the password");
        Assert.Equal(nobody.Words, wrong.Words);

        var asked = await browser.Submit(await browser.Get("/sign-up/password"), ("Email", email));
        var askedNobody = await browser.Submit(await browser.Get("/sign-up/password"), ("Email", "nobody@customers.example.in"));
        Assert.Equal(askedNobody.Words, asked.Words);

        static async Task<Page> SignUp(Browser browser, string email) => await browser.Submit(
            await browser.Get("/sign-up"), ("FullName", "Some Body"), ("Email", email), ("Password", PortalUnderTest.Password), ("IsAdult", "true"));
    }

    [Fact]
    public async Task A_new_password_by_mail_signs_every_browser_out()
    {
        await using var portal = await PortalUnderTest.Start();
        using var before = await portal.SignUpAsync("Forgetful Person");
        var email = PortalUnderTest.EmailOf("Forgetful Person");
        using var browser = portal.NewBrowser();
        await browser.Submit(await browser.Get("/sign-up/password"), ("Email", email));
        var link = await portal.LinkTo(email);

        await browser.Submit(await browser.Get(link), "/sign-up/new-password", ("Password", "another-harbour-kettle"));

        Assert.Equal("Sign in", (await before.Get("/accounts")).Title);
        Assert.Equal(HttpStatusCode.Gone, (await browser.Get(link)).Status);
        Assert.Equal("/accounts", (await PortalUnderTest.SignInAsync(browser, email, "another-harbour-kettle")).Address.AbsolutePath);
        Assert.Contains("Your password was changed", await portal.Db.One<string>(Sql.PasswordChanged), StringComparison.Ordinal);
    }

    private static class Sql
    {
        public const string Asha = """
            select FullName
            from Person
            where EmailLower = 'asha@customers.example.in'
                and AgeConfirmedAt is not null
                and SignupIp = '127.0.0.1'
            """;

        public const string Links = "select count(*) from EmailConfirmation";

        public const string People = "select count(*) from Person";

        public const string Accounts = "select count(*) from Account";

        public const string Mails = "select TextBody from MailMessage";

        public const string PasswordChanged = "select max(Subject) from MailMessage where Event like 'password-changed:%'";
    }
}
