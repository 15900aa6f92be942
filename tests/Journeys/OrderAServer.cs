using System.Text.RegularExpressions;
using Billing.Ledger;
using Microsoft.Playwright;
using Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Journeys;

/// <summary>The main job, from the catalogue to a restored server, in a real Chromium against a real LXD, mail server and browser printer.</summary>
public sealed partial class OrderAServer
{
    private const string Password = "violet-harbour-teapot";

    [Fact]
    public async Task A_customer_orders_pays_gets_a_server_and_its_invoice_backs_it_up_and_restores_it()
    {
        var lxd = Parts.RequireLxd();
        await using var house = await TheHouse.Start(lxd, lxd.Image);
        await using var browser = await Browser.Start();
        var page = await browser.Visitor();
        await using var key = await SshKey.Make();

        await ReadsTheCatalogueWithoutACookie(page, house);
        var email = await SignsUp(page, house, "Asha Rao");
        await EntersBillingDetails(page);
        var total = await OrdersAServer(page, key, "web-1");
        Assert.Equal("₹422.44", total);
        await PaysAtTheGateway(page);

        await page.GetByRole(AriaRole.Link, new() { Name = "See it being created" }).ClickAsync();
        await Expect(page.GetByText("Running", new() { Exact = true }).First).ToBeVisibleAsync();
        var server = page.Url;
        var address = await AddressOn(page);
        Assert.Contains("host=web-1", await house.Ask(address), StringComparison.Ordinal);

        await FindsTheInvoice(page, house, email);
        await SwitchesOffAndOn(page, server);
        await Renames(page, server, "shop");
        await BacksUpAndRestoresInPlace(page, server, "shop");
        Assert.Equal(address, await AddressOn(page));
        Assert.Contains("host=web-1", await house.Ask(address), StringComparison.Ordinal);
        await DeletesAndBringsBack(page, server, "shop");

        Assert.Equal(0, await TrialBalance.Total(house.Db));
        Assert.Equal(0, await TrialBalance.Unbalanced(house.Db));
    }

    [Fact]
    public async Task The_ordered_key_opens_a_Debian_server_before_and_after_a_restore()
    {
        var lxd = Parts.RequireLxdWithDebian();
        await using var house = await TheHouse.Start(lxd, lxd.ImageDebian!);
        await using var browser = await Browser.Start();
        var page = await browser.Visitor();
        await using var key = await SshKey.Make();

        await SignsUp(page, house, "Bharat Singh");
        await EntersBillingDetails(page);
        await OrdersAServer(page, key, "db-1");
        await PaysAtTheGateway(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "See it being created" }).ClickAsync();
        await Expect(page.GetByText("Running", new() { Exact = true }).First).ToBeVisibleAsync();
        var server = page.Url;
        var address = await AddressOn(page);
        Assert.Equal("db-1", await key.Run(address, "echo kept > /root/proof; hostname"));

        await BacksUpAndRestoresInPlace(page, server, "db-1");
        Assert.Equal("kept", await key.Run(await AddressOn(page), "cat /root/proof"));
    }

    private static async Task ReadsTheCatalogueWithoutACookie(IPage page, TheHouse house)
    {
        await page.GotoAsync(house.Address.ToString());
        await Expect(page.GetByText("₹299.00").First).ToBeVisibleAsync();
        await Expect(page.GetByText("₹352.82").First).ToBeVisibleAsync();
        Assert.Empty(await page.Context.CookiesAsync());
        await page.ShouldBeAccessible();
    }

    internal static async Task<string> SignsUp(IPage page, TheHouse house, string name)
    {
        var email = $"{name.ToLowerInvariant().Replace(' ', '.')}.{Guid.NewGuid():n}@customers.example.in";
        await page.GotoAsync(new Uri(house.Address, "/sign-up").ToString());
        await page.GetByLabel("Your name").FillAsync(name);
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByLabel("I am 18 or older").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the account" }).ClickAsync();
        await page.GotoAsync(await house.LinkInMail(email, "/sign-up/confirm"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Yes, create my account" }).ClickAsync();

        await page.GotoAsync(new Uri(house.Address, "/sign-in?returnTo=/accounts/billing").ToString());
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync("**/accounts/billing*");
        return email;
    }

    private static async Task EntersBillingDetails(IPage page)
    {
        await page.GetByLabel("Legal name").FillAsync("Asha Textiles Private Limited");
        await page.GetByLabel("GSTIN").FillAsync("29ZZZCA0002Z1ZX");
        await page.GetByLabel("State").SelectOptionAsync("29");
        await page.GetByLabel("Address", new() { Exact = true }).FillAsync("12 Commercial Street");
        await page.GetByLabel("Town").FillAsync("Bengaluru");
        await page.GetByLabel("PIN").FillAsync("560001");
        await page.GetByLabel("Mobile").FillAsync("9876543210");
        await page.GetByLabel("What you will use the servers for").FillAsync("Our web shop");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the details" }).ClickAsync();

        // the wrong check character is named, and nothing typed is lost
        await Expect(page.GetByText("expected K").First).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Legal name")).ToHaveValueAsync("Asha Textiles Private Limited");
        await page.GetByLabel("GSTIN").FillAsync("29ZZZCA0002Z1ZK");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save the details" }).ClickAsync();
        await Expect(page.GetByText("Saved").First).ToBeVisibleAsync();
    }

    private static async Task<string> OrdersAServer(IPage page, SshKey key, string hostname)
    {
        await page.GotoAsync(new Uri(new Uri(page.Url), "/servers/order").ToString());
        await page.Locator("input[name='Input.Plan'][value='s1']").CheckAsync(new() { Force = true });
        await page.Locator("input[name='Input.Region'][value='blr']").CheckAsync(new() { Force = true });
        await page.Locator("input[name='Input.Image'][value='debian-12']").CheckAsync(new() { Force = true });
        await page.GetByLabel("Hostname").FillAsync(hostname);
        await page.GetByLabel("SSH public key").FillAsync(key.PublicKey);
        await page.Locator("input[name='Input.Backups'][value='True']").CheckAsync(new() { Force = true });
        await page.GetByRole(AriaRole.Button, new() { Name = "Review the order" }).ClickAsync();

        await Expect(page.GetByText("CGST 9 %").First).ToBeVisibleAsync();
        await Expect(page.GetByText("SGST 9 %").First).ToBeVisibleAsync();
        var order = page.GetByRole(AriaRole.Button, new() { NameRegex = OrderAndPay() });
        var total = OrderAndPay().Match((await order.TextContentAsync())!).Groups[1].Value;
        await order.ClickAsync();
        await page.WaitForURLAsync("**/pay/ord_*");
        return total;
    }

    private static async Task PaysAtTheGateway(IPage page)
    {
        await page.GetByRole(AriaRole.Button, new() { NameRegex = Pay() }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = Pay() }).ClickAsync();
        await page.WaitForURLAsync("**/pay/ord_*/result*");
        await Expect(page.GetByText("received").First).ToBeVisibleAsync();
    }

    private static async Task<string> AddressOn(IPage page)
    {
        var shown = page.Locator("[data-live=facts] code").First;
        await Expect(shown).ToHaveTextAsync(IpAddress());
        return (await shown.TextContentAsync())!.Trim();
    }

    private static async Task FindsTheInvoice(IPage page, TheHouse house, string email)
    {
        await page.GotoAsync(new Uri(house.Address, "/invoices").ToString());
        await page.Locator("main a[href^='/invoices/inv_']").First.ClickAsync();
        await Expect(page.GetByText("Rupees Four Hundred Twenty Two and Forty Four Paise Only").First).ToBeVisibleAsync();
        await Expect(page.GetByText("998315").First).ToBeVisibleAsync();
        await page.ShouldBeAccessible();

        var mail = await house.Mail(email, ".pdf");
        Assert.Contains("attachments", mail.ToString(), StringComparison.Ordinal);
        var pdf = await page.Context.APIRequest.GetAsync(page.Url.TrimEnd('/') + "/pdf");
        Assert.Equal(200, pdf.Status);
        Assert.StartsWith("%PDF-", System.Text.Encoding.ASCII.GetString(await pdf.BodyAsync(), 0, 5), StringComparison.Ordinal);
    }

    private static async Task SwitchesOffAndOn(IPage page, string server)
    {
        await page.GotoAsync(server);
        await page.GetByRole(AriaRole.Button, new() { NameRegex = StopButton() }).ClickAsync();
        await Expect(page.GetByText("Stopped", new() { Exact = true }).First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = StartButton() }).ClickAsync();
        await Expect(page.GetByText("Running", new() { Exact = true }).First).ToBeVisibleAsync();
    }

    private static async Task Renames(IPage page, string server, string name)
    {
        await page.GotoAsync(server);
        await page.GetByText("Rename", new() { Exact = true }).First.ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Rename", Exact = true }).Last.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 })).ToBeVisibleAsync();
    }

    private static async Task BacksUpAndRestoresInPlace(IPage page, string server, string name)
    {
        await page.GotoAsync(server + "/backups");
        await page.GetByRole(AriaRole.Button, new() { Name = "Take a backup now" }).ClickAsync();
        await Expect(page.Locator("[data-live=backups] tbody").GetByText("Verified").First).ToBeVisibleAsync();
        await page.ShouldBeAccessible();
        await page.Locator("[data-live=backups] tbody a").First.ClickAsync();
        await page.GetByText("Restore in place", new() { Exact = true }).First.ClickAsync();
        await page.GetByLabel($"Type {name} to restore it").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = $"Restore {name}" }).ClickAsync();
        await page.GotoAsync(server + "/backups");
        await Expect(page.GetByText("The server was restored").First).ToBeVisibleAsync();
        await page.GotoAsync(server);
        await Expect(page.GetByText("Running", new() { Exact = true }).First).ToBeVisibleAsync();
    }

    private static async Task DeletesAndBringsBack(IPage page, string server, string name)
    {
        await page.GotoAsync(server);
        await page.GetByText("Delete server", new() { Exact = true }).First.ClickAsync();
        await page.GetByLabel($"Type {name} to delete it").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = $"Delete {name}" }).ClickAsync();
        await Expect(page.GetByText("This server is deleted").First).ToBeVisibleAsync();
        await page.GotoAsync(server);
        await page.GetByRole(AriaRole.Button, new() { Name = "Bring it back" }).ClickAsync();
        await Expect(page.GetByText("Running", new() { Exact = true }).First).ToBeVisibleAsync();
    }

    [GeneratedRegex(@"Order and pay (₹\S+)")]
    private static partial Regex OrderAndPay();

    [GeneratedRegex(@"^\s*Pay ₹")]
    private static partial Regex Pay();

    [GeneratedRegex(@"^\s*\d+\.\d+\.\d+\.\d+\s*$")]
    private static partial Regex IpAddress();

    [GeneratedRegex("^Stop$", RegexOptions.IgnoreCase)]
    private static partial Regex StopButton();

    [GeneratedRegex("^Start$", RegexOptions.IgnoreCase)]
    private static partial Regex StartButton();
}
