using System.Globalization;
using Microsoft.Playwright;

namespace Journeys;

/// <summary>
/// Looks at one page after another as one person does: at each, axe finds nothing on a wide light and a narrow dark screen, a phone
/// need not scroll sideways, the browser has no complaint, and nobody but the portal was asked for anything.
/// </summary>
internal sealed class Looks
{
    private static readonly (int Width, bool Dark)[] Sizes = [(1440, false), (390, true), (390, false), (768, false), (768, true), (1440, true)];
    private readonly IPage page;
    private readonly Uri address;
    private readonly List<string> trouble;
    private readonly string? pictures = Environment.GetEnvironmentVariable("PORTAL_PICTURES");

    private Looks(IPage page, Uri address, List<string> trouble) => (this.page, this.address, this.trouble) = (page, address, trouble);

    public IPage Page => page;

    public static async Task<Looks> Of(Browser browser, Uri address, List<string> trouble)
    {
        var looks = new Looks(await browser.Visitor(), address, trouble);
        looks.page.Console += (_, message) => looks.Heard(message);
        looks.page.PageError += (_, error) => trouble.Add($"{looks.page.Url}: {error}");
        looks.page.Request += (_, request) => looks.Asked(request);
        return looks;
    }

    public async Task SignIn(string email, string password)
    {
        await Go("/sign-in");
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(password);
        await Press("Sign in");
        await page.WaitForURLAsync(url => !url.Contains("/oidc/", StringComparison.Ordinal) && !url.Contains("/sign-in", StringComparison.Ordinal));
    }

    public Task Go(string path) => page.GotoAsync(new Uri(address, path).ToString());

    /// <summary>Sends a form as a browser without our script would, so that the server's answer is what is seen.</summary>
    public async Task Press(string button)
    {
        await page.EvaluateAsync("() => document.querySelectorAll('form').forEach(form => form.noValidate = true)");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = button }).First.ClickAsync();
        await page.WaitForLoadStateAsync();
    }

    public async Task See(string name, string path)
    {
        await Go(path);
        await See(name);
    }

    /// <summary>Looks at the page as it stands.</summary>
    public async Task See(string name)
    {
        foreach (var (width, dark) in pictures is null ? Sizes[..2] : Sizes)
        {
            await page.SetViewportSizeAsync(width, width < 500 ? 844 : 900);
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
            if (pictures is not null) await Draw(name, width, dark);
            var over = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            if (over > 0) trouble.Add(string.Create(CultureInfo.InvariantCulture, $"{name}: {over} px wider than a screen of {width} px"));
            if ((width, dark) is (1440, false) or (390, true)) await Axe(name, width);
        }

        await page.SetViewportSizeAsync(1440, 900);
    }

    private async Task Axe(string name, int width)
    {
        try
        {
            await page.ShouldBeAccessible();
        }
        catch (Xunit.Sdk.TrueException found)
        {
            trouble.Add(string.Create(CultureInfo.InvariantCulture, $"{name} at {width} px: {found.Message}"));
        }
    }

    private async Task Draw(string name, int width, bool dark)
    {
        var file = string.Create(CultureInfo.InvariantCulture, $"{name}-{width}-{(dark ? "dark" : "light")}.png");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(pictures!, file), FullPage = true });
    }

    private void Heard(IConsoleMessage message)
    {
        // that the page itself answers 400 or 404 is not a complaint
        var ownAnswer = message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
            && message.Location.StartsWith(page.Url, StringComparison.Ordinal);
        if (message.Type is "error" or "warning" && !ownAnswer) trouble.Add($"{page.Url}: the console says {message.Text} ({message.Location})");
    }

    private void Asked(IRequest request)
    {
        var asked = new Uri(request.Url);
        if (asked.Scheme is "data" or "blob" || asked.Authority == address.Authority) return;
        // paying leaves for the gateway's page; the gateway's own requests are its own
        if (!page.Url.StartsWith(address.ToString(), StringComparison.Ordinal) || request.IsNavigationRequest) return;
        trouble.Add($"{page.Url} asks {request.Url}");
    }
}
