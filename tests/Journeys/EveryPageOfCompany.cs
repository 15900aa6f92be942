using Microsoft.Playwright;

namespace Journeys;

public sealed partial class EveryPage
{
    private async Task Company(Looks asha)
    {
        var page = asha.Page;
        await See(asha, "company-none", "/accounts/company-sign-in");
        await page.GetByLabel("Issuer").FillAsync("login");
        await asha.Press("Save");
        await See(asha, "company-errors");
        await page.GetByLabel("Issuer").FillAsync("https://login.textiles.example/realms/staff");
        await page.GetByLabel("Client id").FillAsync("kaveri-portal");
        await page.GetByLabel("Client secret").FillAsync("a secret of the textile company");
        await page.GetByLabel("Groups and their roles").FillAsync("Cloud admins = technical\nलेखा विभाग = billing");
        await page.GetByLabel("Switched on").CheckAsync();
        await asha.Press("Save");
        await page.GetByLabel("Domain", new PageGetByLabelOptions { Exact = true }).FillAsync("textiles.example");
        await asha.Press("Send the mail");
        await See(asha, "company");
        await asha.Go("/dev/mail");
        await page.Locator("main li", new PageLocatorOptions { HasText = "postmaster@textiles.example" }).First.GetByRole(AriaRole.Link).ClickAsync();
        await page.Locator("main a[href*='token=']").First.ClickAsync();
        await See(asha, "company-domain");
        await asha.Press("Yes, textiles.example belongs to");
        await See(asha, "company-found", "/sign-in/company?email=ravi@textiles.example");
    }
}
