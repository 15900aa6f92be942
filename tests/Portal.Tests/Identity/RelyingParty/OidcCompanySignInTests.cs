using System.Net;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.RelyingParty;

/// <summary>People sign in at their company's own provider, which decides who they are in the company's account and nowhere else.</summary>
public sealed class OidcCompanySignInTests
{
    private const string Cookie = "__Host-portal";

    [Fact]
    public async Task An_address_leads_to_the_company_and_back_as_a_member_with_the_role_of_the_group()
    {
        await using var house = await CompanyHouse.StartOpen();
        house.Issuer.Groups = ["Everybody", "Cloud admins"];
        using var browser = house.Portal.NewBrowser();

        var found = await browser.Get("/sign-in/company?Email=asha@COMPANY.example");
        Assert.Contains("Olga Owner signs its people in at " + new Uri(house.Issuer.Address).Authority, found.Words, StringComparison.Ordinal);
        var page = await house.Enter(browser);

        Assert.Equal("/accounts", page.Address.AbsolutePath);
        Assert.Equal("technical", await house.Portal.Db.One<string>(Sql.RoleOf, new { EmailLower = "asha@company.example" }));
        Assert.Equal(2, await house.Portal.Db.One<int>(Sql.Members));
        Assert.Equal(1, await house.Portal.Db.One<int>(Sql.Accounts));
        Assert.Equal("asha@company.example", house.Issuer.Asked[0]["login_hint"]);
        Assert.Contains("/sign-in/callback/cis_", house.Issuer.Asked[0]["redirect_uri"], StringComparison.Ordinal);

        // updated at each sign-in
        house.Issuer.Groups = ["Accounts"];
        using var later = house.Portal.NewBrowser();
        await house.Enter(later);
        Assert.Equal("billing", await house.Portal.Db.One<string>(Sql.RoleOf, new { EmailLower = "asha@company.example" }));
        Assert.Equal(2, await house.Portal.Db.One<int>(Sql.Members));
        Assert.Equal(1, await house.Portal.Db.One<int>(Sql.Audited, new { Action = "identity.companies.join" }));
        Assert.Equal(1, await house.Portal.Db.One<int>(Sql.Audited, new { Action = "identity.companies.role" }));
    }

    [Fact]
    public async Task Without_a_proven_domain_an_address_leads_to_the_usual_sign_in()
    {
        await using var house = await CompanyHouse.Start();
        await house.Save();
        await CompanyHouse.Ask(house.Owner, CompanyHouse.Domain);
        using var browser = house.Portal.NewBrowser();

        var page = await browser.Get("/sign-in/company?Email=asha@company.example");

        Assert.Equal("/oidc/sign-in", page.Address.AbsolutePath);
        Assert.Equal("/oidc/sign-in", (await browser.Get("/sign-in/company?Email=asha@nobody.example")).Address.AbsolutePath);
    }

    [Fact]
    public async Task The_issuer_brings_nobody_whose_address_lies_elsewhere()
    {
        await using var house = await CompanyHouse.StartOpen();
        (await house.Portal.SignUpAsync("Victim")).Dispose();
        house.Issuer.Email = PortalUnderTest.EmailOf("Victim");
        using var browser = house.Portal.NewBrowser();

        var page = await house.Enter(browser, "asha@company.example");

        Assert.Contains("in no domain that Olga Owner has proven", page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(Cookie, browser.Cookies.Keys);
        house.Issuer.Email = "newcomer@elsewhere.example";
        Assert.Contains("in no domain", (await house.Enter(browser, "asha@company.example")).Words, StringComparison.Ordinal);
        Assert.Equal(0, await house.Portal.Db.One<int>(Sql.People, new { EmailLower = "newcomer@elsewhere.example" }));
    }

    [Theory]
    [InlineData(false, false, "not verified")]
    [InlineData(null, false, "not verified")]
    [InlineData(false, true, "not verified")]
    [InlineData(null, true, null)]
    public async Task An_unverified_address_counts_only_where_the_issuer_has_no_strangers(bool? verified, bool trusts, string? refusal)
    {
        await using var house = await CompanyHouse.StartOpen(("Input.TrustsEmail", trusts ? "true" : "false"));
        house.Issuer.EmailVerified = verified;
        using var browser = house.Portal.NewBrowser();

        var page = await house.Enter(browser);

        if (refusal is null) Assert.Equal("/accounts", page.Address.AbsolutePath);
        else Assert.Contains(refusal, page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_has_a_sign_in_of_their_own_is_not_taken_over_and_may_join_the_two()
    {
        await using var house = await CompanyHouse.StartOpen();
        await house.Prove("customers.example.in");
        using var ravi = await house.Portal.SignUpAsync("Ravi Iyer");
        house.Issuer.Email = PortalUnderTest.EmailOf("Ravi Iyer");
        using var company = house.Portal.NewBrowser();

        var refused = await house.Enter(company);
        Assert.Contains("You already have a sign-in of your own", refused.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(Cookie, company.Cookies.Keys);

        // by themselves, signed in, from our own page; a made-up ticket does nothing
        var link = await JoinLink(house, ravi);
        using var forged = await company.SendGet(link);
        Assert.Equal(HttpStatusCode.NotFound, forged.StatusCode);
        Assert.Equal("/accounts", (await CompanyHouse.Go(ravi, link)).Address.AbsolutePath);

        // the company's session reaches the company's account and nothing else of the person
        var own = await house.Portal.Db.One<string>(Sql.OwnAccount, new { EmailLower = house.Issuer.Email });
        var page = await house.Enter(company);
        Assert.Equal("/accounts", page.Address.AbsolutePath);
        Assert.DoesNotContain("Your accounts", page.Words, StringComparison.Ordinal);
        using var move = Browser.Fill(page, "/accounts", ("account", own!));
        move.RequestUri = new Uri(house.Portal.Address, "/accounts?handler=Switch");
        using var moved = await company.Send(move);
        Assert.Equal(HttpStatusCode.NotFound, moved.StatusCode);
    }

    [Fact]
    public async Task An_owner_is_never_recognised_by_an_address_alone()
    {
        await using var house = await CompanyHouse.StartOpen();
        await house.Prove("customers.example.in");
        house.Issuer.Email = CompanyHouse.OwnerEmail;
        using var browser = house.Portal.NewBrowser();

        Assert.Contains("You already have a sign-in of your own", (await house.Enter(browser)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_in_no_group_any_more_is_out_at_once()
    {
        await using var house = await CompanyHouse.StartOpen(("Input.DefaultRole", ""));
        house.Issuer.Groups = ["Cloud admins"];
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);
        house.Issuer.Groups = [];
        using var again = house.Portal.NewBrowser();

        Assert.Contains("gives you no role here", (await house.Enter(again)).Words, StringComparison.Ordinal);
        using var earlier = await browser.SendGet("/accounts");
        Assert.Equal(HttpStatusCode.SeeOther, earlier.StatusCode);
    }

    [Fact]
    public async Task Who_has_left_the_account_is_not_brought_back_by_the_issuer()
    {
        await using var house = await CompanyHouse.StartOpen();
        using var browser = house.Portal.NewBrowser();
        var page = await house.Enter(browser);
        await browser.Submit(page, "/accounts?handler=leave", ("confirm", "Olga Owner"));
        Assert.Equal(1, await house.Portal.Db.One<int>(Sql.Members));
        using var again = house.Portal.NewBrowser();

        Assert.Contains("for an invitation", (await house.Enter(again)).Words, StringComparison.Ordinal);
        Assert.DoesNotContain(Cookie, again.Cookies.Keys);
        Assert.Equal(1, await house.Portal.Db.One<int>(Sql.Members));
    }

    [Fact]
    public async Task A_company_makes_itself_the_only_way_in_and_passwords_are_refused()
    {
        await using var house = await CompanyHouse.StartOpen();
        var early = await house.Save(("Input.IsMandatory", "true"));
        Assert.Contains("sign in through it yourself once", early.ErrorAt("Input.IsMandatory"), StringComparison.Ordinal);
        house.Issuer.Sub = "olga";
        house.Issuer.Email = CompanyHouse.OwnerEmail;
        await house.Join(house.Owner);
        using var byPassword = house.Portal.NewBrowser();
        await PortalUnderTest.SignInAsync(byPassword, CompanyHouse.OwnerEmail);
        var token = await PortalUnderTest.AccessTokenAsync(byPassword);
        Assert.Equal(HttpStatusCode.OK, await CommandLine.UserInfo(byPassword, token));

        Assert.Contains("Saved", (await house.Save(("Input.IsMandatory", "true"))).Words, StringComparison.Ordinal);

        // the session and the token that a password opened end with the next request
        using var next = await byPassword.SendGet("/accounts");
        Assert.Equal(HttpStatusCode.SeeOther, next.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await CommandLine.UserInfo(byPassword, token));
        var refused = await PortalUnderTest.SignInAsync(byPassword, CompanyHouse.OwnerEmail);
        Assert.Equal("Olga Owner signs in at its own provider", refused.Title);
        Assert.Equal("/accounts", (await CompanyHouse.Go(byPassword, CompanyHouse.LinkTo(refused, "/sign-in?company="))).Address.AbsolutePath);
    }

    [Fact]
    public async Task Whoever_came_in_through_the_company_finds_no_other_way_back()
    {
        await using var house = await CompanyHouse.StartOpen();
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);

        // a password chosen by mail opens nothing
        await browser.Submit(await browser.Get("/sign-up/password"), ("Email", "asha@company.example"));
        using var fresh = house.Portal.NewBrowser();
        await fresh.Submit(await fresh.Get(await house.Portal.LinkTo("asha@company.example")), ("Password", PortalUnderTest.Password));
        var page = await PortalUnderTest.SignInAsync(fresh, "asha@company.example");

        Assert.Equal("Olga Owner signs in at its own provider", page.Title);
    }

    [Fact]
    public async Task Switched_off_it_lets_nobody_in_and_ends_what_it_opened()
    {
        await using var house = await CompanyHouse.StartOpen();
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);
        var link = CompanyHouse.LinkTo(await browser.Get("/sign-in/company?Email=asha@company.example"), "/sign-in?company=");

        await house.Save(("Input.IsOn", "false"));

        using var next = await browser.SendGet("/accounts");
        Assert.Equal(HttpStatusCode.SeeOther, next.StatusCode);
        using var start = await browser.SendGet(link);
        Assert.Equal(HttpStatusCode.NotFound, start.StatusCode);
    }

    [Fact]
    public async Task Another_issuer_in_its_place_ends_what_the_first_one_opened()
    {
        await using var house = await CompanyHouse.StartOpen();
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);
        await using var other = await ScriptedIssuer.Start();

        await CompanyHouse.Save(house.Owner, other.Address);

        using var next = await browser.SendGet("/accounts");
        Assert.Equal(HttpStatusCode.SeeOther, next.StatusCode);
    }

    [Fact]
    [Shows("RFC 9700 4.4 mix-up")]
    public async Task An_answer_at_another_issuers_address_is_a_mix_up()
    {
        await using var house = await CompanyHouse.StartOpen();
        house.Issuer.ChangeMetadata = document => document.Remove("authorization_response_iss_parameter_supported");
        house.Issuer.Answer["iss"] = null;
        using var browser = house.Portal.NewBrowser();
        var found = await browser.Get("/sign-in/company?Email=asha@company.example");
        using var start = await browser.SendGet(CompanyHouse.LinkTo(found, "/sign-in?company="));
        var answer = await ScriptedIssuer.Visit(start.Headers.Location!);

        var page = await browser.Get("/sign-in/callback" + answer.Query);

        Assert.Equal("You are not signed in", page.Title);
        Assert.Empty(house.Issuer.Redeemed);
    }

    [Fact]
    public async Task A_session_by_the_company_ends_after_its_own_time()
    {
        await using var house = await CompanyHouse.StartOpen();
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);

        Assert.Equal(1, await house.Portal.Db.One<int>(Sql.Short, new { Latest = DateTimeOffset.UtcNow.AddHours(12) }));
    }

    [Fact]
    public async Task Sessions_are_listed_with_their_issuer_and_a_company_reaches_those_alone_that_it_began()
    {
        await using var house = await CompanyHouse.StartOpen();
        house.Issuer.Sub = "olga";
        house.Issuer.Email = CompanyHouse.OwnerEmail;
        await house.Join(house.Owner);
        using var byPassword = house.Portal.NewBrowser();
        await PortalUnderTest.SignInAsync(byPassword, CompanyHouse.OwnerEmail);
        var host = new Uri(house.Issuer.Address).Authority;

        var all = (await byPassword.Get("/accounts/sessions")).Words;
        Assert.Contains(host, all, StringComparison.Ordinal);
        Assert.Contains("Usual sign-in", all, StringComparison.Ordinal);
        var own = await house.Owner.Get("/accounts/sessions");
        Assert.Contains(host, own.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("Usual sign-in", own.Words, StringComparison.Ordinal);

        // not by its id either, while the person themselves ends what the company began
        var id = await house.Portal.Db.One<string>(Sql.UsualSession);
        var forms = await house.Owner.Get("/accounts");
        using var end = Browser.Fill(forms, "/accounts", ("id", id!));
        end.RequestUri = new Uri(house.Portal.Address, "/accounts/sessions");
        (await house.Owner.Send(end)).Dispose();
        Assert.Equal("/accounts/sessions", (await byPassword.Get("/accounts/sessions")).Address.AbsolutePath);
        await byPassword.Submit(await byPassword.Get("/accounts/sessions"), "/accounts/sessions");
        using var ended = await house.Owner.SendGet("/accounts");
        Assert.Equal(HttpStatusCode.SeeOther, ended.StatusCode);
    }

    [Fact]
    public async Task The_issuer_is_tried_and_what_is_wrong_is_said_in_words()
    {
        await using var house = await CompanyHouse.Start();
        await house.Save(("Input.ClientSecret", "a wrong secret"));
        Assert.Contains("does not accept the client id and secret", (await Try(house)).Words, StringComparison.Ordinal);
        await house.Save();
        Assert.Contains("The issuer is in order", (await Try(house)).Words, StringComparison.Ordinal);
        await house.Save(("Input.ClientSecret", ""));
        Assert.Contains("The issuer is in order", (await Try(house)).Words, StringComparison.Ordinal);
        house.Issuer.ChangeMetadata = document => document["issuer"] = "https://other.example";
        Assert.Contains("calls itself https://other.example", (await Try(house)).Words, StringComparison.Ordinal);
        await CompanyHouse.Save(house.Owner, house.Issuer.Address + "/nowhere");
        Assert.Contains("with status 404", (await Try(house)).Words, StringComparison.Ordinal);
        Assert.DoesNotContain(ScriptedIssuer.Secret, await house.Portal.Db.One<string>(Sql.Secret), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_entry_is_told_beside_its_field_and_nothing_typed_is_lost()
    {
        await using var house = await CompanyHouse.Start();

        var page = await house.Save(("Input.Issuer", "http://login.company.example"), ("Input.Groups", "Cloud admins = emperor"), ("Input.ClientSecret", ""));

        Assert.Contains("https address", page.ErrorAt("Input.Issuer"), StringComparison.Ordinal);
        Assert.Contains("Cloud admins = emperor", page.ErrorAt("Input.Groups"), StringComparison.Ordinal);
        Assert.NotNull(page.ErrorAt("Input.ClientSecret"));
        Assert.Equal("http://login.company.example", page.ValueOf("Input.Issuer"));
    }

    [Fact]
    public async Task An_owner_cannot_be_made_by_a_group()
    {
        await using var house = await CompanyHouse.Start();
        Assert.NotNull((await house.Save(("Input.Groups", "Bosses = owner"))).ErrorAt("Input.Groups"));
        Assert.NotNull((await house.Save(("Input.DefaultRole", "owner"))).ErrorAt("Input.DefaultRole"));
    }

    private static async Task<Page> Try(CompanyHouse house) =>
        await house.Owner.Submit(await house.Owner.Get(CompanyHouse.Manage), CompanyHouse.Manage + "?handler=Try");

    // the join link stands on the page of the account that has the issuer: whoever joins must work for it
    private static async Task<string> JoinLink(CompanyHouse house, Browser browser)
    {
        var account = await house.Portal.Db.One<string>(Sql.OwnAccount, new { EmailLower = CompanyHouse.OwnerEmail });
        var person = await house.Portal.Db.One<string>(Sql.Person, new { EmailLower = house.Issuer.Email });
        var now = DateTimeOffset.UtcNow;
        await house.Portal.Db.Write(tx => Portal.Accounts.CreateAccount.Join(
            tx, Portal.Accounts.AccountId.From(account!), Portal.Identity.PersonId.From(person!), "member", now));
        await browser.Submit(await browser.Get("/accounts"), "/accounts?handler=Switch", ("account", account!));
        return CompanyHouse.LinkTo(await browser.Get("/sign-in/company?returnTo=/accounts"), "/sign-in?company=");
    }

    private static class Sql
    {
        public const string RoleOf = """
            select g.RoleCode
            from AccessGrant g
                join Person p on p.Id = g.HolderId
            where p.EmailLower = @EmailLower
                and g.RevokedAt is null
            """;

        public const string Members = "select count(*) from AccountMember";

        public const string Accounts = "select count(*) from Account";

        public const string People = "select count(*) from Person where EmailLower = @EmailLower";

        public const string Person = "select Id from Person where EmailLower = @EmailLower";

        public const string Audited = "select count(*) from AuditEvent where Action = @Action";

        public const string OwnAccount = """
            select m.AccountId
            from AccountMember m
                join Person p on p.Id = m.PersonId
            where p.EmailLower = @EmailLower
                and m.Role = 'owner'
            """;

        public const string Short = """
            select count(*)
            from PortalSession s
                join SessionOrigin o on o.SessionId = s.Id
            where s.ExpiresAt <= @Latest
            """;

        public const string UsualSession = """
            select max(s.Id)
            from PortalSession s
            where s.RevokedAt is null
                and not exists (select 1 from SessionOrigin o where o.SessionId = s.Id)
            """;

        public const string Secret = "select ProtectedSecret from CompanyIssuer";
    }
}
