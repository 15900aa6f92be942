using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Journeys;

/// <summary>Delegated access in a real browser: a contractor is invited, works on the one server they were given, and is out when their time is over.</summary>
public sealed partial class PermissionOfAContractor
{
    private const string Vikram = "vikram@contractors.example";

    [Fact]
    public async Task A_contractor_is_invited_works_on_one_server_and_is_out_when_the_time_is_over()
    {
        await using var browser = await Browser.Start();
        await using var house = await DemoHouse.Start();
        var trouble = new List<string>();
        var asha = await Looks.Of(browser, house.Address, trouble);
        await asha.SignIn("asha@textiles.example", DemoHouse.Password);
        await asha.Go("/servers");
        var foreign = await asha.Page.Locator("tbody tr", new() { HasText = "shop." }).First.Locator("th a").GetAttributeAsync("href");

        await asha.Go("/team/invitations");
        await asha.Page.GetByLabel("E-mail address").FillAsync(Vikram);
        await asha.Page.GetByLabel("Role").SelectOptionAsync("technical");
        await asha.Page.GetByLabel("Reaches").SelectOptionAsync(new SelectOptionValue { Label = "Server stock.asha-textiles.example" });
        await asha.Page.GetByLabel("Last day").FillAsync("2099-12-31");
        await asha.Press("Send the invitation");
        await Expect(asha.Page.GetByText($"on its way to {Vikram}")).ToBeVisibleAsync();

        var vikram = await Looks.Of(browser, house.Address, trouble);
        await Accepts(vikram);
        await vikram.SignIn(Vikram, DemoHouse.Password);
        await vikram.Go("/servers");
        await Expect(vikram.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        await vikram.Page.Locator("tbody th a").First.ClickAsync();
        await vikram.Press("Stop");
        await Expect(vikram.Page.GetByText("Stopped", new() { Exact = true }).First).ToBeVisibleAsync();
        var answer = await vikram.Page.GotoAsync(new Uri(house.Address, foreign!).ToString());
        Assert.Equal(404, answer!.Status);
        await vikram.Go("/servers/order");
        await Expect(vikram.Page.GetByText("servers.order").First).ToBeVisibleAsync();
        await vikram.Press("Ask them for it");
        await Expect(vikram.Page.GetByText(Asked())).ToBeVisibleAsync();

        await house.EndAccess(Vikram, DateTimeOffset.UtcNow.AddSeconds(2));
        await Wait.Until(async () => (await vikram.Page.GotoAsync(new Uri(house.Address, "/servers").ToString()))!.Status == 403, "the access to end");
        await Expect(vikram.Page.GetByRole(AriaRole.Heading, new() { Name = "You may not do this" })).ToBeVisibleAsync();
        await asha.Go("/team");
        await Expect(asha.Page.Locator("tbody tr", new() { HasText = Vikram }).GetByText("Access ended")).ToBeVisibleAsync();
    }

    private static async Task Accepts(Looks looks)
    {
        var page = looks.Page;
        await Wait.Until(
            async () =>
            {
                await looks.Go("/dev/mail");
                return (await page.Locator("main").InnerTextAsync()).Contains(Vikram, StringComparison.Ordinal);
            },
            "the invitation");
        await page.Locator("main li", new() { HasText = Vikram }).First.GetByRole(AriaRole.Link).ClickAsync();
        await page.Locator("main a[href*='token=']").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "You are invited to Asha Textiles" })).ToBeVisibleAsync();
        await page.GetByLabel("Your name").FillAsync("Vikram Nair");
        await page.GetByLabel("Password").FillAsync(DemoHouse.Password);
        await page.GetByLabel("I am 18 or older").CheckAsync();
        await looks.Press("Accept");
    }

    [GeneratedRegex("Asha Rao got a mail")]
    private static partial Regex Asked();
}
