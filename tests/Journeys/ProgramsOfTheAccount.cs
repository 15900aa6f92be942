using Microsoft.Playwright;

namespace Journeys;

/// <summary>The ways through applications, service accounts and API tokens, for <see cref="EveryPage"/>.</summary>
internal static class ProgramsOfTheAccount
{
    private static readonly PageGetByLabelOptions Exactly = new() { Exact = true };

    /// <summary>An owner's way.</summary>
    /// <param name="see">Looks at a page: its name, and its path when it is gone to first.</param>
    public static async Task Walk(Looks looks, Func<string, string?, Task> see)
    {
        var page = looks.Page;
        await see("applications-none", "/accounts/applications");
        await see("application-kind", "/accounts/applications/new");
        await see("application-new", "/accounts/applications/new?kind=web");
        await see("application-service", "/accounts/applications/new?kind=service");
        await looks.Press("Register");
        await see("application-errors", null);
        await page.GetByLabel("Name", Exactly).FillAsync($"Deploy machine {new string('x', 60)}");
        await page.GetByLabel("See servers and what was done to them").CheckAsync();
        await page.GetByLabel("See backups").CheckAsync();
        await page.GetByLabel("Good from").FillAsync("203.0.113.0/24, 2001:db8::/32");
        await looks.Press("Register");
        await page.WaitForURLAsync("**/accounts/applications/cli_*");
        await see("application-secret", null);
        await page.ReloadAsync();
        await page.Locator("summary", new PageLocatorOptions { HasText = "Revoke it" }).ClickAsync();
        await see("application", null);
        await see("applications", "/accounts/applications");

        await see("tokens-none", "/accounts/tokens");
        await see("token-new", "/accounts/tokens/new");
        await looks.Press("Make the token");
        await see("token-errors", null);
        await page.GetByLabel("What is it for?").FillAsync("Nightly backup script");
        await page.GetByLabel("See servers and what was done to them").CheckAsync();
        await looks.Press("Make the token");
        await page.WaitForURLAsync("**/accounts/tokens");
        await see("token-made", null);
        await looks.Go("/accounts/tokens/new");
        await page.GetByLabel("What is it for?").FillAsync(new string('x', 80));
        foreach (var box in await page.GetByRole(AriaRole.Checkbox).AllAsync()) await box.CheckAsync();
        await page.GetByLabel("Good from").FillAsync("203.0.113.0/24, 2001:db8::/32, 198.51.100.7");
        await looks.Press("Make the token");
        await page.WaitForURLAsync("**/accounts/tokens");
        await see("tokens", "/accounts/tokens");
    }

    /// <summary>An administrator's way through the house's own.</summary>
    public static async Task WalkHouse(Looks looks, Func<string, string?, Task> see)
    {
        var page = looks.Page;
        await see("operations-applications-none", "/operations/applications");
        await see("operations-application-kind", "/operations/applications/new");
        await see("operations-application-new", "/operations/applications/new?kind=web");
        await page.GetByLabel("Name", Exactly).FillAsync("Status page");
        await page.GetByLabel("Addresses it is answered at").FillAsync("https://status.kaveri.example/callback");
        await looks.Press("Register");
        await page.WaitForURLAsync("**/operations/applications/cli_*");
        await see("operations-application", null);
        await see("operations-applications", "/operations/applications");
    }
}
