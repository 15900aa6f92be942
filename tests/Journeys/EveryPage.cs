using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Testing;
using Xunit;

namespace Journeys;

/// <summary>
/// Every page of the product in its states, seen by those who see it. With a folder in <c>PORTAL_PICTURES</c> each is also drawn
/// there at 390, 768 and 1440 px, light and dark.
/// </summary>
public sealed partial class EveryPage
{
    private const string Newcomers = "neelam@new.example";
    private const string SshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFv7HzEMHcSXkuq8d8o87mx75CNEUajweC/U1FRJbeNA asha@laptop";

    /// <summary>What is looked at, by the route of the page.</summary>
    private static readonly Dictionary<string, string[]> Seen = new()
    {
        ["/catalogue"] = ["catalogue"],
        ["/sign-up"] = ["sign-up", "sign-up-errors"],
        ["/sign-up/sent"] = ["sign-up-sent"],
        ["/sign-up/confirm"] = ["confirm", "confirm-expired"],
        ["/sign-up/password"] = ["password-ask", "password-asked"],
        ["/sign-up/new-password"] = ["password-new", "password-expired"],
        ["/sign-in"] = [],   // leads to the provider's page
        ["/sign-in/callback/{key?}"] = ["sign-in-broken"],
        ["/sign-in/company"] = ["company-address", "company-found"],
        ["/sign-in/company/domain"] = ["company-domain", "company-domain-old"],
        ["/sign-out"] = ["sign-out"],
        ["/signed-out"] = ["signed-out"],
        ["/oidc/sign-in"] = ["sign-in", "sign-in-errors"],
        ["/oidc/second-factor"] = ["second-factor", "second-factor-errors", "second-factor-locked", "second-factor-again"],
        ["/accounts/security"] = ["security", "security-app"],
        ["/accounts/security/app"] = ["app", "app-errors", "app-codes"],
        ["/accounts/security/codes"] = ["codes"],
        ["/accounts/security/passkey"] = ["passkey"],
        ["/accounts/security/required"] = ["factor-required"],
        ["/accounts/go-on"] = ["go-on", "go-on-gone"],
        ["/sign-up/unlock"] = ["unlock", "unlock-expired"],
        ["/oidc/authorize"] = ["authorize-errors"],
        ["/oidc/consent"] = ["consent"],
        ["/accounts"] = ["account", "account-hindi"],
        ["/accounts/billing"] = ["billing-details", "billing-details-first", "billing-details-errors"],
        ["/accounts/sessions"] = ["sessions"],
        ["/accounts/company-sign-in"] = ["company-none", "company-errors", "company"],
        ["/servers"] = ["servers", "servers-looked-into", "servers-none", "servers-not-found", "servers-hindi"],
        ["/servers/order"] = ["order", "order-before-details", "order-errors", "order-review", "order-review-asks"],
        ["/servers/{id}"] = ["server", "server-delete", "server-creating", "server-deleted"],
        ["/servers/{id}/backups"] = ["backups-none", "backups"],
        ["/servers/{id}/backups/{backup}"] = ["restore"],
        ["/pay/{orderId}"] = ["pay", "pay-again"],
        ["/pay/{orderId}/result"] = ["pay-paid", "pay-failed", "pay-expired", "pay-undeliverable"],
        ["/pay/return"] = [],   // for the gateway's posts; leads on to the result
        ["/invoices"] = ["invoices", "invoices-none", "invoices-not-found"],
        ["/invoices/{id}"] = ["invoice", "invoice-hindi", "credit-note", "receipt-voucher"],
        ["/invoices/statement"] = ["statement", "statement-none"],
        ["/audit"] = ["audit", "audit-not-found"],
        ["/operations"] = ["operations"],
        ["/operations/audit"] = ["operations-audit"],
        ["/operations/accounts"] = ["operations-accounts", "operations-accounts-none"],
        ["/operations/accounts/{id}"] = ["operations-account", "operations-account-errors"],
        ["/operations/staff"] = ["operations-staff", "operations-staff-errors"],
        ["/operations/looking"] = ["looking", "looking-nowhere"],
        ["/accounts/staff-access"] = ["staff-access"],
        ["/operations/sign-in"] = [],   // leads to the issuer
        ["/operations/company-sign-in"] = ["companies-vouch"],
        ["/error"] = ["not-found", "forbidden"],
        ["/dev/mail/{id?}"] = ["inbox", "mail"],
        ["/oidc/sign-out/confirm"] = ["sign-out-asked"],
        ["/device"] = ["device", "device-errors", "device-confirm"],
        ["/accounts/grants"] = ["grants-none"],
        ["/accounts/applications"] = ["applications-none", "applications"],
        ["/accounts/applications/new"] = ["application-kind", "application-new", "application-service", "application-errors"],
        ["/accounts/applications/{id}"] = ["application-secret", "application"],
        ["/accounts/tokens"] = ["tokens-none", "token-made", "tokens"],
        ["/accounts/tokens/new"] = ["token-new", "token-errors"],
        ["/operations/applications"] = ["operations-applications-none", "operations-applications"],
        ["/operations/applications/new"] = ["operations-application-kind", "operations-application-new"],
        ["/operations/applications/{id}"] = ["operations-application"],
        ["/dev/parts"] = ["parts"],
    };

    private readonly List<string> trouble = [];
    private readonly HashSet<string> looked = [];

    [Fact]
    public void Every_page_of_the_product_is_looked_at()
    {
        var portal = Path.Combine(Root(), "Portal");
        var folders = new[] { "bin", "obj" }.Select(one => Path.Combine(portal, one) + Path.DirectorySeparatorChar).ToArray();
        var routes = Directory.EnumerateFiles(portal, "*.cshtml", SearchOption.AllDirectories)
            .Where(file => !folders.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)))
            .Select(file => Route().Match(File.ReadLines(file).FirstOrDefault() ?? ""))
            .Where(match => match.Success)
            .Select(match => match.Groups[1].Value);
        Assert.Equal(routes.Order(StringComparer.Ordinal), Seen.Keys.Concat(OfTeams.Keys).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_page_is_accessible_fits_a_phone_and_asks_nobody_but_the_portal()
    {
        await using var browser = await Browser.Start();
        if (Environment.GetEnvironmentVariable("PORTAL_PICTURES") is { } pictures) Directory.CreateDirectory(pictures);
        await using var house = await DemoHouse.Start();

        foreach (var walk in (Func<Looks, Task>[])[Visitor, Newcomer, looks => Careful(looks, house), looks => Asha(looks, house), looks => Bharat(looks, house), Lakshmi, Kiran, Invited, Asks, Decides, Staff])
            await Walk(await Looks.Of(browser, house.Address, trouble), walk);

        Assert.True(trouble.Count == 0, string.Join("\n\n", trouble));
        Assert.Equal(Seen.Values.Concat(OfTeams.Values).SelectMany(names => names).Order(StringComparer.Ordinal), looked.Order(StringComparer.Ordinal));
    }

    /// <summary>One person's way; where it ends early, the others still go theirs.</summary>
    private async Task Walk(Looks looks, Func<Looks, Task> way)
    {
        try
        {
            await way(looks);
        }
        catch (Exception stuck) when (stuck is TimeoutException or PlaywrightException)
        {
            trouble.Add($"{looks.Page.Url}: no way on, {stuck.Message}\n{stuck.StackTrace}");
        }
    }

    private async Task Visitor(Looks visitor)
    {
        await See(visitor, "catalogue", "/catalogue");
        await See(visitor, "confirm-expired", "/sign-up/confirm?token=x");
        await See(visitor, "unlock-expired", "/sign-up/unlock?token=x");
        await See(visitor, "password-expired", "/sign-up/new-password?token=x");
        await See(visitor, "sign-in-broken", "/sign-in/callback?code=x&state=x");
        await See(visitor, "authorize-errors", "/oidc/authorize?client_id=nobody");
        await See(visitor, "accept-expired", "/team/accept?token=x");
        await See(visitor, "signed-out", "/signed-out");
        await See(visitor, "company-address", "/sign-in/company");
        await See(visitor, "company-domain-old", "/sign-in/company/domain?token=x");
        await See(visitor, "not-found", "/no-such-page");
        await See(visitor, "parts", "/dev/parts");
        await See(visitor, "sign-in", "/sign-in");
        await visitor.Page.GetByLabel("E-mail address").FillAsync("nobody@nowhere.example");
        await visitor.Press("Sign in");
        await See(visitor, "sign-in-errors");
    }

    private async Task Newcomer(Looks newcomer)
    {
        var page = newcomer.Page;
        await See(newcomer, "sign-up", "/sign-up");
        await newcomer.Press("Create the account");
        await See(newcomer, "sign-up-errors");
        await page.GetByLabel("Your name").FillAsync("नीलम शर्मा");
        await page.GetByLabel("E-mail address").FillAsync(Newcomers);
        await page.GetByLabel("Password").FillAsync(DemoHouse.Password);
        await page.GetByLabel("I am 18 or older").CheckAsync();
        await newcomer.Press("Create the account");
        await See(newcomer, "sign-up-sent");
        await FollowMail(newcomer, "inbox");
        await See(newcomer, "confirm");
        await newcomer.Press("Yes, create my account");
        await newcomer.SignIn(Newcomers, DemoHouse.Password);
        await See(newcomer, "servers-none", "/servers");
        await See(newcomer, "invoices-none", "/invoices");
        await See(newcomer, "statement-none", "/invoices/statement");
        await See(newcomer, "order-before-details", "/servers/order");
        await See(newcomer, "billing-details-first", "/accounts/billing");
        await See(newcomer, "team-alone", "/team");
        await See(newcomer, "teams-none", "/team/teams");
        await See(newcomer, "forbidden", "/operations");
        await See(newcomer, "sign-out", "/sign-out");
        await newcomer.Press("Sign out");

        await See(newcomer, "password-ask", "/sign-up/password");
        await page.GetByLabel("E-mail address").FillAsync(Newcomers);
        await newcomer.Press("Send the link");
        await See(newcomer, "password-asked");
        await FollowMail(newcomer, "mail");
        await See(newcomer, "password-new");
    }

    /// <summary>The newcomer again, who wants more than a password.</summary>
    private async Task Careful(Looks careful, DemoHouse house)
    {
        var page = careful.Page;
        await careful.SignIn(Newcomers, DemoHouse.Password);
        await See(careful, "security", "/accounts/security");
        await See(careful, "passkey", "/accounts/security/passkey");
        await See(careful, "go-on-gone", "/accounts/go-on?form=x");
        await careful.Go("/accounts/security");
        await careful.Press("Require a second factor");
        await See(careful, "factor-required", "/servers");
        await See(careful, "app", "/accounts/security/app");
        var key = await page.Locator("code.key").InnerTextAsync();
        await careful.Press("Turn it on");
        await See(careful, "app-errors");
        await page.GetByLabel("Code that the app shows").FillAsync(OidcFactorHouse.CodeOf(key));
        await careful.Press("Turn it on");
        await See(careful, "app-codes");
        var codes = await page.Locator(".codes code").AllInnerTextsAsync();
        await See(careful, "security-app", "/accounts/security");
        await house.TimePasses(TimeSpan.FromMinutes(20));
        await See(careful, "second-factor-again", "/accounts/security/codes");
        await page.GetByLabel("Code from your authenticator app").FillAsync(OidcFactorHouse.CodeOf(key, 1));
        await careful.Press("Go on");
        await See(careful, "codes");
        await house.TimePasses(TimeSpan.FromMinutes(20));
        await careful.Go("/accounts/security");
        await careful.Press("Leave it to each person");
        await page.GetByText("I can't use my app").ClickAsync();
        await page.GetByLabel("Recovery code").FillAsync(codes[0]);
        await careful.Press("Use the recovery code");
        await See(careful, "go-on");

        await careful.Go("/sign-out");
        await careful.Press("Sign out");
        await careful.Go("/sign-in");
        await page.GetByLabel("E-mail address").FillAsync(Newcomers);
        await page.GetByLabel("Password").FillAsync(DemoHouse.Password);
        await careful.Press("Sign in");
        await See(careful, "second-factor");
        await Guess(careful);
        await See(careful, "second-factor-errors");
        for (var i = 0; i < 5; i++) await Guess(careful);
        await See(careful, "second-factor-locked");
        await FollowMail(careful, "");
        await See(careful, "unlock");
    }

    private static async Task Guess(Looks careful)
    {
        await careful.Page.GetByLabel("Code from your authenticator app").FillAsync("000000");
        await careful.Press("Go on");
    }

    private async Task Asha(Looks asha, DemoHouse house)
    {
        var page = asha.Page;
        await asha.SignIn("asha@textiles.example", DemoHouse.Password);
        await See(asha, "servers", "/servers");
        await See(asha, "servers-not-found", "/servers?q=no-such-server");
        await See(asha, "account", "/accounts");
        await See(asha, "sessions", "/accounts/sessions");
        await See(asha, "audit", "/audit");
        await See(asha, "audit-not-found", "/audit?resource=srv_nothing");
        await See(asha, "billing-details", "/accounts/billing");
        await page.GetByLabel("Legal name").FillAsync("");
        await page.GetByLabel("GSTIN", new PageGetByLabelOptions { Exact = false }).First.FillAsync("29ABCDE1234F1Z5");
        await page.GetByLabel("PIN").FillAsync("5600");
        await asha.Press("Save the details");
        await See(asha, "billing-details-errors");

        await ProgramsLetIn.Walk(asha, house, (name, path) => See(asha, name, path));
        await ProgramsOfTheAccount.Walk(asha, (name, path) => See(asha, name, path));
        await Company(asha);
        await Documents(asha);
        await See(asha, "pay-undeliverable", $"/pay/{await house.Order("undeliverable")}/result");
        await See(asha, "consent", "/oidc/authorize?client_id=portal-cli&redirect_uri=http%3A%2F%2F127.0.0.1%3A49152%2Fcallback"
            + "&response_type=code&scope=openid%20email%20api%20offline_access&state=state-of-the-program&nonce=nonce-of-the-program"
            + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
        await Team(asha);
        await Backups(asha);
        await house.MakeServersSlowly();
        await Order(asha);
        await Delete(asha);
    }

    private async Task Documents(Looks asha)
    {
        await See(asha, "invoices", "/invoices");
        await See(asha, "invoices-not-found", "/invoices?number=999999");
        await See(asha, "statement", "/invoices/statement");
        await asha.Go("/invoices");
        await OpenRow(asha, "Tax invoice");
        await See(asha, "invoice");
        await asha.Go("/invoices");
        await OpenRow(asha, "Credit note");
        await See(asha, "credit-note");
    }

    private async Task Backups(Looks asha)
    {
        await asha.Go("/servers");
        await OpenRow(asha, "shop.");
        var server = asha.Page.Url;
        await See(asha, "server");
        await asha.Page.Locator("summary", new PageLocatorOptions { HasText = "Delete server" }).ClickAsync();
        await See(asha, "server-delete");
        await asha.Go("/servers");
        await OpenRow(asha, "stock.");
        await asha.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Backups and snapshots" }).ClickAsync();
        await See(asha, "backups-none");
        await asha.Go(server + "/backups");
        await asha.Press("Take a backup");
        await Wait.Until(
            async () =>
            {
                await asha.Page.ReloadAsync();
                return await asha.Page.Locator("tbody tr", new PageLocatorOptions { HasText = "Verified" }).CountAsync() > 0;
            },
            "a backup that can be restored");
        await See(asha, "backups");
        await asha.Page.Locator("tbody tr", new PageLocatorOptions { HasText = "Verified" }).First.GetByRole(AriaRole.Link).First.ClickAsync();
        await See(asha, "restore");
    }

    private async Task Order(Looks asha)
    {
        var page = asha.Page;
        await See(asha, "order", "/servers/order");
        await asha.Press("Review the order");
        await See(asha, "order-errors");
        await page.Locator("[name='Input.Plan'][value=s3]").CheckAsync();
        await page.Locator("[name='Input.Region'][value=blr]").CheckAsync();
        await page.Locator("[name='Input.Image'][value=debian-12]").CheckAsync();
        await page.GetByLabel("Hostname").FillAsync($"{new string('w', 50)}.asha-textiles.example");
        await page.GetByLabel("SSH public key").FillAsync(SshKey);
        await page.Locator("[name='Input.Backups'][value=True]").CheckAsync();
        await asha.Press("Review the order");
        await See(asha, "order-review");
        await asha.Press("Order and pay");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = Pay() }).WaitForAsync();
        await See(asha, "pay");
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = Pay() }).Last.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { NameRegex = Pay() }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "See it being created" }).WaitForAsync();
        await See(asha, "pay-paid");
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "See it being created" }).ClickAsync();
        await page.Locator(".timeline .running").First.WaitForAsync();
        await See(asha, "server-creating");
    }

    private async Task Delete(Looks asha)
    {
        await asha.Go("/servers");
        var name = await OpenRow(asha, "stock.");
        await asha.Page.Locator("summary", new PageLocatorOptions { HasText = "Delete server" }).ClickAsync();
        await asha.Page.GetByLabel($"Type {name} to delete it").FillAsync(name);
        await asha.Press($"Delete {name}");
        await asha.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Bring it back" }).WaitForAsync();
        await See(asha, "server-deleted");
    }

    /// <summary>Opens the newest mail, looks at the inbox or at the mail, and follows its link.</summary>
    private async Task FollowMail(Looks looks, string see, string to = Newcomers)
    {
        var page = looks.Page;
        await Wait.Until(
            async () =>
            {
                await looks.Go("/dev/mail");
                return (await page.Locator("main").InnerTextAsync()).Contains(to, StringComparison.Ordinal);
            },
            "the mail");
        if (see == "inbox") await See(looks, see);
        await page.Locator("main li", new PageLocatorOptions { HasText = to }).First.GetByRole(AriaRole.Link).ClickAsync();
        if (see == "mail") await See(looks, see);
        await page.Locator("main a[href*='token=']").First.ClickAsync();
    }

    /// <summary>Opens the first row of the list that has these words.</summary>
    /// <returns>The row's name.</returns>
    private static async Task<string> OpenRow(Looks looks, string words)
    {
        var link = looks.Page.Locator("tbody tr", new PageLocatorOptions { HasText = words }).First.Locator("th a");
        var name = await link.InnerTextAsync();
        await link.ClickAsync();
        await looks.Page.WaitForLoadStateAsync();
        return name;
    }

    private async Task See(Looks looks, string name, string? path = null)
    {
        if (path is not null) await looks.Go(path);
        looked.Add(name);
        await looks.See(name);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Portal.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The journeys run inside a checkout: Portal.sln was not found above them.");
    }

    [GeneratedRegex("""^@page "([^"]+)""")]
    private static partial Regex Route();

    [GeneratedRegex(@"^\s*Pay ₹")]
    private static partial Regex Pay();
}
