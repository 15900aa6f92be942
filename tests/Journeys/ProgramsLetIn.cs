using System.Text.Json;

namespace Journeys;

/// <summary>A person's way past programs and devices that ask to be let in, for <see cref="EveryPage"/>.</summary>
internal static class ProgramsLetIn
{
    /// <param name="see">Looks at a page: its name, and its path when it is gone to first.</param>
    public static async Task Walk(Looks looks, DemoHouse house, Func<string, string?, Task> see)
    {
        await see("grants-none", "/accounts/grants");
        await see("sign-out-asked", "/oidc/sign-out");
        await see("device", "/device");
        await looks.Page.GetByLabel("Code").FillAsync("BCDF-GHJK");
        await looks.Press("Go on");
        await see("device-errors", null);
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent([new("client_id", "portal-cli"), new("scope", "openid api offline_access")]);
        using var answer = await http.PostAsync(new Uri(house.Address, "/oidc/device"), form);
        var started = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        await looks.Go($"/device?user_code={started.GetProperty("user_code").GetString()}");
        await looks.Press("Go on");
        await see("device-confirm", null);
    }
}
