using System.Net;
using Xunit;

namespace Portal.Tests.Identity.RelyingParty;

/// <summary>A domain stands for a company once its owner or staff have said so, and for one company only.</summary>
public sealed class OidcCompanyDomainTests
{
    private const string Vouch = "/operations/company-sign-in";

    [Fact]
    public async Task The_mail_to_the_domains_owner_works_once_and_by_a_button()
    {
        await using var house = await CompanyHouse.Start();
        await house.Save();
        await CompanyHouse.Ask(house.Owner, "Company.Example");
        var link = await house.Portal.LinkTo("postmaster@company.example");
        using var postmaster = house.Portal.NewBrowser();

        // a mail filter that follows the link proves nothing
        var page = await postmaster.Get(link);
        Assert.Equal(0, await house.Portal.Db.One<int>(Sql.Proven));
        await postmaster.Submit(page, "/sign-in/company/domain");
        Assert.Equal(1, await house.Portal.Db.One<int>(Sql.Proven));
        Assert.Equal(HttpStatusCode.Gone, (await postmaster.Get(link)).Status);
        Assert.Equal(HttpStatusCode.Gone, (await postmaster.Get("/sign-in/company/domain?token=" + new string('x', 43))).Status);
    }

    [Theory]
    [InlineData("gmail.com", "Anybody can get an address")]
    [InlineData("nonsense", "after the @")]
    [InlineData("company.example@evil.example", "after the @")]
    [InlineData("", "after the @")]
    public async Task Some_domains_can_stand_for_no_company(string domain, string words)
    {
        await using var house = await CompanyHouse.Start();
        await house.Save();

        Assert.Contains(words, (await CompanyHouse.Ask(house.Owner, domain)).ErrorAt("Domain"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proof_is_not_asked_for_at_an_address_that_others_may_read()
    {
        await using var house = await CompanyHouse.Start();
        await house.Save();
        using var request = Browser.Fill(
            await house.Owner.Get(CompanyHouse.Manage), CompanyHouse.Manage + "?handler=Domain", ("Domain", "company.example"), ("Mailbox", "asha"));
        using var response = await house.Owner.Send(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, await house.Portal.Db.One<int>(Sql.Asked));
    }

    [Fact]
    public async Task A_domain_belongs_to_who_proves_it_first()
    {
        await using var house = await CompanyHouse.StartOpen();
        using var rival = await house.Portal.SignUpAsync("Rival Company");
        await CompanyHouse.Save(rival, "https://login.rival.example");

        Assert.Contains("belongs to another account", (await CompanyHouse.Ask(rival, CompanyHouse.Domain)).ErrorAt("Domain"), StringComparison.Ordinal);

        // asked for before the first one had proven it: the proof comes too late
        await CompanyHouse.Ask(rival, "second.example");
        var late = await house.Portal.LinkTo("postmaster@second.example");
        await house.Prove("second.example");
        using var postmaster = house.Portal.NewBrowser();
        var page = await postmaster.Submit(await postmaster.Get(late), "/sign-in/company/domain");
        Assert.Equal(HttpStatusCode.Gone, page.Status);
        Assert.Equal(2, await house.Portal.Db.One<int>(Sql.Proven));
    }

    [Fact]
    public async Task Staff_vouch_for_a_domain_with_a_reason_that_the_customer_reads()
    {
        await using var house = await CompanyHouse.Start();
        await house.Save();
        await CompanyHouse.Ask(house.Owner, CompanyHouse.Domain);
        using var staff = await house.Portal.SignUpAsync("Staff Person");
        Assert.Equal(HttpStatusCode.Forbidden, (await staff.Get(Vouch)).Status);
        await house.Portal.Db.Write(tx => tx.Execute(Sql.MakeStaff, new { EmailLower = PortalUnderTest.EmailOf("Staff Person") }));

        var page = await staff.Submit(await staff.Get(Vouch), Vouch + "?handler=Vouch", ("Reason", " "));
        Assert.Contains("Say why", page.Words, StringComparison.Ordinal);
        await staff.Submit(page, Vouch + "?handler=Vouch", ("Reason", "Contract 2026-17 names the domain"));

        Assert.Equal(1, await house.Portal.Db.One<int>(Sql.Proven));
        await staff.Submit(await staff.Get(Vouch), Vouch + "?handler=Withdraw", ("Reason", "Sold to somebody else"));
        Assert.Equal(0, await house.Portal.Db.One<int>(Sql.Proven));
        Assert.Contains("Sold to somebody else", (await house.Owner.Get("/audit")).Words, StringComparison.Ordinal);
    }

    private static class Sql
    {
        public const string Proven = "select count(*) from CompanyDomain where VerifiedAt is not null";

        public const string Asked = "select count(*) from CompanyDomain";

        public const string MakeStaff = "update Person set StaffRole = 'operator' where EmailLower = @EmailLower";
    }
}
