using Microsoft.Playwright;
using Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Journeys;

/// <summary>Maker and checker in a real browser: what somebody may only ask for is ordered when an owner says yes, by the link in the mail.</summary>
public sealed class PermissionOfAnApproval
{
    [Fact]
    public async Task Somebody_asks_for_a_server_and_an_owner_approves_it_by_the_link_in_the_mail()
    {
        await using var browser = await Browser.Start();
        await using var house = await DemoHouse.Start();
        var trouble = new List<string>();
        var ravi = await Looks.Of(browser, house.Address, trouble);
        await ravi.SignIn("ravi@textiles.example", DemoHouse.Password);
        await EveryPage.AskForServer(ravi);
        await Expect(ravi.Page.GetByText("Asha Rao can approve it")).ToBeVisibleAsync();
        await ravi.Press("Ask for it");
        await Expect(ravi.Page.GetByText("Waiting", new() { Exact = true })).ToBeVisibleAsync();
        var request = ravi.Page.Url;

        var asha = await Looks.Of(browser, house.Address, trouble);
        await asha.SignIn("asha@textiles.example", DemoHouse.Password);
        var mail = asha.Page.Locator("main li", new() { HasText = "Ravi Naik asks you to approve" });
        await Wait.Until(
            async () =>
            {
                await asha.Go("/dev/mail");
                return await mail.CountAsync() > 0;
            },
            "the mail to who decides");
        await mail.First.GetByRole(AriaRole.Link).ClickAsync();
        await asha.Page.Locator("main a[href*='/approvals/']").First.ClickAsync();
        await Expect(asha.Page.GetByText("The shop's orders outgrow the old server.")).ToBeVisibleAsync();
        await asha.Press("Approve ₹");
        await Expect(asha.Page.GetByText("Approved", new() { Exact = true }).First).ToBeVisibleAsync();
        await asha.Page.GetByRole(AriaRole.Link, new() { Name = "Pay the order" }).ClickAsync();
        await Expect(asha.Page.GetByRole(AriaRole.Heading, new() { Name = "Pay your order" })).ToBeVisibleAsync();

        await ravi.Page.GotoAsync(request);
        await Expect(ravi.Page.GetByText("Approved", new() { Exact = true }).First).ToBeVisibleAsync();
        await ravi.Go("/servers");
        await Expect(ravi.Page.Locator("tbody tr", new() { HasText = "orders.asha-textiles.example" })).ToHaveCountAsync(1);
        Assert.True(trouble.Count == 0, string.Join("\n\n", trouble));
    }
}
