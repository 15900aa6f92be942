using Xunit;

namespace Portal.Tests.Identity.RelyingParty;

/// <summary>A portal, a customer who has an issuer of their own, and that issuer.</summary>
internal sealed class CompanyHouse : IAsyncDisposable
{
    public const string Domain = "company.example";
    public const string Manage = "/accounts/company-sign-in";
    private const string ClientId = "portal-at-company";

    private CompanyHouse(PortalUnderTest portal, ScriptedIssuer issuer, Browser owner) => (Portal, Issuer, Owner) = (portal, issuer, owner);

    public PortalUnderTest Portal { get; }

    public ScriptedIssuer Issuer { get; }

    /// <summary>The browser of the account's owner, signed in by password.</summary>
    public Browser Owner { get; }

    public static string OwnerEmail => PortalUnderTest.EmailOf("Olga Owner");

    public static Task<CompanyHouse> Start(params string[] settings) => Start(TimeProvider.System, settings);

    private static async Task<CompanyHouse> Start(TimeProvider clock, params string[] settings)
    {
        var issuer = await ScriptedIssuer.Start();
        issuer.Clock = clock;
        var portal = await PortalUnderTest.Start(clock, settings);
        return new CompanyHouse(portal, issuer, await portal.SignUpAsync("Olga Owner"));
    }

    /// <summary>Configured, switched on and with a proven domain.</summary>
    public static Task<CompanyHouse> StartOpen(params (string Name, string Value)[] input) => StartOpen(TimeProvider.System, input);

    /// <summary>The same by another clock.</summary>
    public static async Task<CompanyHouse> StartOpen(TimeProvider clock, params (string Name, string Value)[] input)
    {
        var house = await Start(clock);
        await house.Save(input);
        await house.Prove(Domain);
        return house;
    }

    public Task<Page> Save(params (string Name, string Value)[] input) => Save(Owner, Issuer.Address, input);

    public static async Task<Page> Save(Browser owner, string issuer, params (string Name, string Value)[] input)
    {
        var defaults = new (string Name, string Value)[]
        {
            ("Input.Issuer", issuer), ("Input.ClientId", ClientId), ("Input.ClientSecret", ScriptedIssuer.Secret), ("Input.DefaultRole", "viewer"),
            ("Input.Groups", "Cloud admins = technical\nAccounts = billing"), ("Input.GroupsClaim", "groups"), ("Input.IsOn", "true"),
            ("Input.IsMandatory", "false"), ("Input.TrustsEmail", "false"),
        };
        return await owner.Submit(
            await owner.Get(Manage), Manage, [.. defaults.Where(field => !input.Any(given => given.Name == field.Name)), .. input]);
    }

    public static async Task<Page> Ask(Browser owner, string domain) => await owner.Submit(
        await owner.Get(Manage), Manage + "?handler=Domain", ("Domain", domain), ("Mailbox", "postmaster"));

    /// <summary>Proves the domain as its owner does, by the link in the mail to its postmaster.</summary>
    public async Task Prove(string domain)
    {
        await Ask(Owner, domain);
        using var postmaster = Portal.NewBrowser();
        var page = await postmaster.Get(await Portal.LinkTo("postmaster@" + domain));
        var done = await postmaster.Submit(page, "/sign-in/company/domain");
        Assert.Equal("The domain is confirmed", done.Title);
    }

    /// <summary>Comes in by an address, through the company's issuer, as whoever that issuer has signed in.</summary>
    public async Task<Page> Enter(Browser browser, string? email = null)
    {
        var found = await browser.Get("/sign-in/company?returnTo=/accounts&Email=" + Uri.EscapeDataString(email ?? Issuer.Email));
        return await Go(browser, LinkTo(found, "/sign-in?company="));
    }

    /// <summary>Follows a link of ours to the issuer and back.</summary>
    public static async Task<Page> Go(Browser browser, string link)
    {
        using var start = await browser.SendGet(link);
        if (start.Headers.Location is not { } authorize) return await browser.Get(link);
        return await browser.Get((await ScriptedIssuer.Visit(authorize)).PathAndQuery);
    }

    /// <summary>The owner joins their own sign-in with the company's.</summary>
    public async Task<Page> Join(Browser browser) => await Go(browser, LinkTo(await browser.Get("/sign-in/company?returnTo=/accounts"), "/sign-in?company="));

    public static string LinkTo(Page page, string start) =>
        page.Html.QuerySelector($"main a[href^='{start}']")?.GetAttribute("href") ?? throw new InvalidOperationException($"No such link:\n{page.Words}");

    public async ValueTask DisposeAsync()
    {
        Owner.Dispose();
        await Portal.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
