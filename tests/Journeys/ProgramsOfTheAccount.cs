using Microsoft.Playwright;

namespace Journeys;

/// <summary>An owner's way through applications, service accounts and API tokens, for <see cref="EveryPage"/>.</summary>
internal static class ProgramsOfTheAccount
{
    /// <param name="see">Looks at a page: its name, and its path when it is gone to first.</param>
    public static async Task Walk(Looks looks, Func<string, string?, Task> see)
    {
        var page = looks.Page;
        await see("applications-none", "/accounts/applications");
        await see("application-kind", "/accounts/applications/new");
        await see("application-new", "/accounts/applications/new?kind=web");
        await looks.Go("/accounts/applications/new?kind=service");
        await looks.Press("Register");
        await see("application-errors", null);
        await page.GetByLabel("Name", new PageGetByLabelOptions { Exact = true }).FillAsync($"Deploy machine {new string('x', 60)}");
        await page.GetByLabel("See servers and what was done to them").CheckAsync();
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
        await see("tokens", null);
    }
}
