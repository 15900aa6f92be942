using System.Net;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.RelyingParty;

/// <summary>The portal signs in at providers that others have made, as they come: npm's oidc-provider and Debian's Glewlwyd.</summary>
public sealed class OidcOtherProviderTests
{
    [Fact]
    [Shows("oidcc-client-test-idtoken-sig-rs256", "rp-initiated logout")]
    public async Task The_whole_deployment_signs_in_at_npms_oidc_provider_and_out_again()
    {
        var (portal, provider) = await Start(
            $"http://localhost:{FreePort.Find()}", (issuer, address) => OtherProvider.StartNode(new Uri(issuer).Port, address, "/sign-in/callback"));
        await using var both = new Both(portal, provider);
        using var browser = portal.NewBrowser();

        var page = await SignIn(browser, provider.VisitNode);

        Assert.Equal("/accounts", page.Address.AbsolutePath);
        Assert.Contains("asha@company.example", page.Words, StringComparison.Ordinal);

        var left = await browser.Submit(await browser.Get("/sign-out"), "/sign-out");
        Assert.Equal(provider.Port, left.Address.Port);
        // it asks the person, ends its session, and sends the browser to where it was told
        Assert.Equal("/signed-out", (await provider.VisitNode(left.Address)).AbsolutePath);
    }

    [Fact]
    [Shows("back-channel logout 2.7")]
    public async Task What_ends_at_npms_oidc_provider_ends_here()
    {
        var (portal, provider) = await Start(
            $"http://localhost:{FreePort.Find()}", (issuer, address) => OtherProvider.StartNode(new Uri(issuer).Port, address, "/sign-in/callback"));
        await using var both = new Both(portal, provider);
        using var browser = portal.NewBrowser();
        await SignIn(browser, provider.VisitNode);

        await provider.VisitNode(new Uri($"{provider.Issuer}/session/end?post_logout_redirect_uri={Uri.EscapeDataString(new Uri(portal.Address, "/signed-out").ToString())}&client_id=portal"));

        await Wait.Until(async () => (await browser.SendGet("/accounts")).StatusCode == HttpStatusCode.SeeOther, "the session to end");
    }

    [Fact]
    public async Task A_company_signs_in_at_npms_oidc_provider_and_its_groups_give_roles()
    {
        await using var house = await CompanyHouse.Start();
        var port = FreePort.Find();
        await CompanyHouse.Save(
            house.Owner, $"http://localhost:{port}", ("Input.ClientId", OtherProvider.ClientId), ("Input.ClientSecret", OtherProvider.Secret),
            ("Input.ExtraScopes", "groups"));
        await house.Prove(CompanyHouse.Domain);
        var id = await house.Portal.Db.One<string>(Sql.Company);
        await using var provider = await OtherProvider.StartNode(port, house.Portal.Address, $"/sign-in/callback/{id}");
        using var browser = house.Portal.NewBrowser();
        var found = await browser.Get("/sign-in/company?returnTo=/accounts&Email=asha@company.example");
        using var start = await browser.SendGet(CompanyHouse.LinkTo(found, "/sign-in?company="));

        var page = await browser.Get((await provider.VisitNode(start.Headers.Location!)).PathAndQuery);

        Assert.Equal("/accounts", page.Address.AbsolutePath);
        Assert.Equal("technical", await house.Portal.Db.One<string>(Sql.Role));
        var tried = await house.Owner.Submit(await house.Owner.Get(CompanyHouse.Manage), CompanyHouse.Manage + "?handler=Try");
        Assert.Contains("The issuer is in order", tried.Words, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("oidcc-client-test")]
    public async Task The_whole_deployment_signs_in_at_Glewlwyd()
    {
        var folder = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        await using var provider = await OtherProvider.StartGlewlwyd("", folder, "/sign-in/callback");
        await using var portal = await PortalUnderTest.Start(
            $"urls={folder.GetLeftPart(UriPartial.Authority)}", $"Portal:Identity:Issuer={provider.Issuer}", $"Portal:Identity:ClientSecret={OtherProvider.Secret}");
        using var browser = portal.NewBrowser();

        var page = await SignIn(browser, provider.VisitGlewlwyd);

        Assert.Equal("/accounts", page.Address.AbsolutePath);
        Assert.Contains("asha@company.example", page.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_proxy_neither_the_portals_nor_Glewlwyds_public_name_need_resolve_inside()
    {
        const string Login = "https://login.unresolvable.invalid";
        var outside = new Uri("https://portal.unresolvable.invalid");
        await using var provider = await OtherProvider.StartGlewlwyd(Login, outside, "/sign-in/callback");
        await using var portal = await PortalUnderTest.Start(
            $"Portal:Identity:PublicUrl={outside.GetLeftPart(UriPartial.Authority)}", $"Portal:Identity:Issuer={provider.Issuer}",
            $"Portal:Identity:Backchannel=http://127.0.0.1:{provider.Port}/api/oidc", $"Portal:Identity:ClientSecret={OtherProvider.Secret}");
        using var browser = new Browser(portal.Address) { PublicName = outside };
        using var start = await browser.SendGet("/sign-in?returnTo=/accounts");
        Assert.StartsWith(Login, start.Headers.Location!.ToString(), StringComparison.Ordinal);

        var page = await browser.Get((await provider.VisitGlewlwyd(start.Headers.Location!)).PathAndQuery);

        Assert.Equal("/accounts", page.Address.AbsolutePath);
    }

    // the provider must know the portal's address and the portal the provider's name: the name is chosen first
    private static async Task<(PortalUnderTest Portal, OtherProvider Provider)> Start(string issuer, Func<string, Uri, Task<OtherProvider>> start)
    {
        Parts.RequireNodeModules();
        var portal = await PortalUnderTest.Start($"Portal:Identity:Issuer={issuer}", $"Portal:Identity:ClientSecret={OtherProvider.Secret}");
        try
        {
            return (portal, await start(issuer, portal.Address));
        }
        catch
        {
            await portal.DisposeAsync();
            throw;
        }
    }

    private static async Task<Page> SignIn(Browser browser, Func<Uri, Task<Uri>> visit)
    {
        using var start = await browser.SendGet("/sign-in?returnTo=/accounts");
        return await browser.Get((await visit(start.Headers.Location!)).PathAndQuery);
    }

    private sealed record Both(PortalUnderTest Portal, OtherProvider Provider) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Portal.DisposeAsync();
            await Provider.DisposeAsync();
        }
    }

    private static class Sql
    {
        public const string Company = "select Id from CompanyIssuer";

        public const string Role = "select RoleCode from AccessGrant where RoleCode <> 'owner' and RevokedAt is null";
    }
}
