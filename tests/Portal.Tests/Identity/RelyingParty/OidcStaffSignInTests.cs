using System.Net;
using Xunit;

namespace Portal.Tests.Identity.RelyingParty;

/// <summary>Staff have an issuer of their own: it alone makes somebody staff.</summary>
public sealed class OidcStaffSignInTests
{
    [Fact]
    public async Task Staff_come_in_through_their_own_issuer_with_the_role_of_their_group()
    {
        await using var house = await House.Start();
        house.Issuer.Groups = ["On call", "Operators"];
        using var browser = house.Portal.NewBrowser();

        var page = await house.Enter(browser);

        Assert.Equal("/operations", page.Address.AbsolutePath);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("operator", await house.Portal.Db.One<string>(Sql.RoleOf, new { EmailLower = "asha@company.example" }));
        Assert.Contains("/sign-in/callback/staff", house.Issuer.Asked[0]["redirect_uri"], StringComparison.Ordinal);
        // without an account of their own
        Assert.Equal(0, await house.Portal.Db.One<int>(Sql.Accounts));
    }

    [Fact]
    public async Task A_person_on_the_list_needs_no_group_and_a_person_without_either_is_refused()
    {
        await using var house = await House.Start();
        house.Issuer.Email = "Meera@kaveri.example";
        using var meera = house.Portal.NewBrowser();
        Assert.Equal("/operations", (await house.Enter(meera)).Address.AbsolutePath);
        house.Issuer.EmailVerified = false;
        house.Issuer.Sub = "somebody-else";
        using var other = house.Portal.NewBrowser();

        Assert.Contains("You are not staff", (await house.Enter(other)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_lost_the_group_is_out_everywhere_at_the_next_sign_in()
    {
        await using var house = await House.Start();
        house.Issuer.Groups = ["Operators"];
        using var browser = house.Portal.NewBrowser();
        await house.Enter(browser);
        house.Issuer.Groups = [];
        using var again = house.Portal.NewBrowser();

        Assert.Contains("not any more", (await house.Enter(again)).Words, StringComparison.Ordinal);
        using var earlier = await browser.SendGet("/operations");
        Assert.Equal(HttpStatusCode.SeeOther, earlier.StatusCode);
        Assert.Null(await house.Portal.Db.One<string>(Sql.RoleOf, new { EmailLower = "asha@company.example" }));
    }

    [Fact]
    public async Task A_password_makes_nobody_staff_where_staff_have_an_issuer()
    {
        await using var house = await House.Start();
        using var browser = await house.Portal.SignUpAsync("Former Staff");
        await house.Portal.Db.Write(tx => tx.Execute(Sql.MakeStaff, new { EmailLower = PortalUnderTest.EmailOf("Former Staff") }));

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.Get("/operations")).Status);

        // their own issuer vouches for them: the same person, staff again
        house.Issuer.Email = PortalUnderTest.EmailOf("Former Staff");
        house.Issuer.Groups = ["Operators"];
        using var staff = house.Portal.NewBrowser();
        Assert.Equal(HttpStatusCode.OK, (await house.Enter(staff)).Status);
        Assert.Equal(1, await house.Portal.Db.One<int>(Sql.People));
    }

    [Fact]
    public async Task A_customer_never_becomes_staff_by_an_address()
    {
        await using var house = await House.Start();
        (await house.Portal.SignUpAsync("Ravi Iyer")).Dispose();
        house.Issuer.Email = PortalUnderTest.EmailOf("Ravi Iyer");
        house.Issuer.Groups = ["Operators"];
        using var browser = house.Portal.NewBrowser();

        Assert.Contains("already belongs to somebody", (await house.Enter(browser)).Words, StringComparison.Ordinal);
        Assert.Null(await house.Portal.Db.One<string>(Sql.RoleOf, new { EmailLower = PortalUnderTest.EmailOf("Ravi Iyer") }));
    }

    [Fact]
    public async Task Where_staff_need_two_factors_their_issuer_has_to_ask_for_both()
    {
        await using var house = await House.Start("Portal:Identity:StaffNeedSecondFactor=true", "Portal:Identity:SecondFactorAcr:0=urn:login:two");
        house.Issuer.Groups = ["Operators"];
        using var browser = house.Portal.NewBrowser();

        Assert.Contains("with a second factor", (await house.Enter(browser)).Words, StringComparison.Ordinal);
        Assert.Equal("urn:login:two", house.Issuer.Asked[0]["acr_values"]);
        house.Issuer.ChangeClaims = claims => claims["acr"] = "urn:login:two";
        Assert.Equal("/operations", (await house.Enter(browser)).Address.AbsolutePath);
    }

    [Fact]
    public async Task Without_an_issuer_of_their_own_staff_sign_in_as_everybody_does()
    {
        await using var portal = await PortalUnderTest.Start();
        using var browser = portal.NewBrowser();

        Assert.Equal("/oidc/sign-in", (await browser.Get("/operations/sign-in")).Address.AbsolutePath);
    }

    [Theory]
    [InlineData("Portal:Identity:Staff:Issuer=http://login.example", "Staff:Issuer wants an https address")]
    [InlineData("Portal:Identity:Staff:Groups:0:Role=emperor", "a role that there is not")]
    [InlineData("Portal:Identity:Companies:AllowedNetworks=here and there", "no list of networks")]
    public async Task A_wrong_setting_is_told_at_the_start(string setting, string words)
    {
        var trouble = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => PortalUnderTest.Start(
            "Portal:Identity:Staff:Issuer=https://login.example", "Portal:Identity:Staff:ClientSecret=a secret", "Portal:Identity:Staff:Groups:0:Group=Operators",
            "Portal:Identity:Staff:Groups:0:Role=operator", setting));
        Assert.Contains(words, trouble.Message, StringComparison.Ordinal);
    }

    private sealed class House(PortalUnderTest portal, ScriptedIssuer issuer) : IAsyncDisposable
    {
        public PortalUnderTest Portal { get; } = portal;

        public ScriptedIssuer Issuer { get; } = issuer;

        public static async Task<House> Start(params string[] settings)
        {
            var issuer = await ScriptedIssuer.Start();
            return new House(
                await PortalUnderTest.Start([
                    .. settings, $"Portal:Identity:Staff:Issuer={issuer.Address}", $"Portal:Identity:Staff:ClientSecret={ScriptedIssuer.Secret}",
                    "Portal:Identity:Staff:Groups:0:Group=Operators", "Portal:Identity:Staff:Groups:0:Role=operator",
                    "Portal:Identity:Staff:People:0:Email=meera@kaveri.example", "Portal:Identity:Staff:People:0:Role=operator",
                ]),
                issuer);
        }

        public async Task<Page> Enter(Browser browser)
        {
            using var start = await browser.SendGet("/operations/sign-in");
            return await browser.Get((await ScriptedIssuer.Visit(start.Headers.Location!)).PathAndQuery);
        }

        public async ValueTask DisposeAsync()
        {
            await Portal.DisposeAsync();
            await Issuer.DisposeAsync();
        }
    }

    private static class Sql
    {
        public const string RoleOf = "select StaffRole from Person where EmailLower = @EmailLower";

        public const string Accounts = "select count(*) from Account";

        public const string People = "select count(*) from Person";

        public const string MakeStaff = "update Person set StaffRole = 'operator' where EmailLower = @EmailLower";
    }
}
