using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Database;
using Microsoft.Playwright;
using Testing;
using Xunit;

namespace Journeys;

/// <summary>People in a real Chromium, a portal, and npm's oidc-provider as the issuer of a company and of staff.</summary>
public sealed class OidcCompanySignIn
{
    private const string Password = "violet-harbour-teapot";

    [Fact]
    public async Task From_a_work_address_to_the_companys_account_and_no_password_opens_it_any_more()
    {
        await using var house = await House.Start();
        await using var browser = await Browser.Start();
        var olga = await browser.Visitor();
        await SignUp(olga, house);
        await Configure(olga, house);

        // somebody of the company, who has never been here
        var asha = await browser.Visitor();
        await asha.GotoAsync(house.At("/sign-in"));
        await asha.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Sign in with your company" }).ClickAsync();
        await asha.GetByLabel("Work e-mail address").FillAsync("asha@company.example");
        await Press(asha, "Continue");
        await asha.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Go on to" }).ClickAsync();
        await house.SignInThere(asha, "asha");
        await asha.GotoAsync(house.At("/accounts"));
        await Assertions.Expect(asha.Locator("main")).ToContainTextAsync("asha@company.example");
        await Assertions.Expect(asha.Locator("main")).ToContainTextAsync("Olga Owner");
        Assert.Equal("technical", await house.Db.One<string>(Sql.RoleOfAsha));

        // the owner joins, then makes it the only way in
        await olga.GotoAsync(house.At("/accounts/company-sign-in"));
        await olga.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Join my sign-in with it" }).ClickAsync();
        await house.SignInThere(olga, "olga");
        await olga.GotoAsync(house.At("/accounts/company-sign-in"));
        await olga.GetByLabel("The only way into this account").CheckAsync();
        await Press(olga, "Save");
        await Assertions.Expect(olga.Locator("main")).ToContainTextAsync("Saved");

        var byPassword = await browser.Visitor();
        await SignIn(byPassword, house);
        await Assertions.Expect(byPassword.Locator("h1")).ToHaveTextAsync("Olga Owner signs in at its own provider");
        await byPassword.ShouldBeAccessible();
        await byPassword.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Go on to" }).ClickAsync();
        await house.SignInThere(byPassword, "olga");
        await byPassword.GotoAsync(house.At("/accounts"));
        await Assertions.Expect(byPassword.Locator("main")).ToContainTextAsync("olga@company.example");
    }

    [Fact]
    public async Task Staff_come_in_at_their_own_issuer()
    {
        await using var house = await House.Start();
        await using var browser = await Browser.Start();
        await house.StartIssuer(house.At("/sign-in/callback/staff"));
        var meera = await browser.Visitor();
        await meera.GotoAsync(house.At("/operations/sign-in"));
        await house.SignInThere(meera, "meera");
        await Assertions.Expect(meera.Locator("h1")).ToHaveTextAsync("Operations");

        var asha = await browser.Visitor();
        await asha.GotoAsync(house.At("/operations/sign-in"));
        await house.SignInThere(asha, "asha");
        await Assertions.Expect(asha.Locator("main")).ToContainTextAsync("You are not staff");
    }

    private static async Task SignUp(IPage olga, House house)
    {
        await olga.GotoAsync(house.At("/sign-up"));
        await olga.GetByLabel("Your name").FillAsync("Olga Owner");
        await olga.GetByLabel("E-mail address").FillAsync("olga@company.example");
        await olga.GetByLabel("Password").FillAsync(Password);
        await olga.GetByLabel("I am 18 or older").CheckAsync();
        await Press(olga, "Create the account");
        await FollowMail(olga, house, "olga@company.example");
        await Press(olga, "Yes, create my account");
        await SignIn(olga, house);
    }

    private static async Task SignIn(IPage page, House house)
    {
        await page.GotoAsync(house.At("/sign-in?returnTo=/accounts"));
        await page.GetByLabel("E-mail address").FillAsync("olga@company.example");
        await page.GetByLabel("Password").FillAsync(Password);
        await Press(page, "Sign in");
    }

    private static async Task Configure(IPage olga, House house)
    {
        await olga.GotoAsync(house.At("/accounts/company-sign-in"));
        await olga.GetByLabel("Issuer").FillAsync(house.Issuer);
        await olga.GetByLabel("Client id").FillAsync("portal");
        await olga.GetByLabel("Client secret").FillAsync(House.Secret);
        await olga.GetByLabel("Further scopes").FillAsync("groups");
        await olga.GetByLabel("Groups and their roles").FillAsync("Cloud admins = technical\nOwners = admin");
        await olga.GetByLabel("Switched on").CheckAsync();
        await Press(olga, "Save");
        var id = await house.Db.One<string>(Sql.Company);
        await house.StartIssuer(house.At($"/sign-in/callback/{id}"));
        await Press(olga, "Try the issuer");
        await Assertions.Expect(olga.Locator("main")).ToContainTextAsync("The issuer is in order");
        await olga.GetByLabel("Domain", new PageGetByLabelOptions { Exact = true }).FillAsync("company.example");
        await Press(olga, "Send the mail");
        await FollowMail(olga, house, "postmaster@company.example");
        await Press(olga, "Yes, company.example belongs to");
        await Assertions.Expect(olga.Locator("h1")).ToHaveTextAsync("The domain is confirmed");
    }

    private static async Task FollowMail(IPage page, House house, string recipient)
    {
        var mail = page.Locator("main li", new PageLocatorOptions { HasText = recipient });
        await Wait.Until(
            async () =>
            {
                await page.GotoAsync(house.At("/dev/mail"));
                return await mail.CountAsync() > 0;
            },
            $"the mail to {recipient}");
        await mail.First.GetByRole(AriaRole.Link).ClickAsync();
        await page.Locator("main a[href*='token=']").First.ClickAsync();
    }

    private static async Task Press(IPage page, string button)
    {
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = button }).First.ClickAsync();
        await page.WaitForLoadStateAsync();
    }

    /// <summary>The portal as a process and, once its redirect address is known, the issuer.</summary>
    private sealed class House : IAsyncDisposable
    {
        public const string Secret = "the secret of the company's client";

        private readonly string folder = Directory.CreateTempSubdirectory("portal-company-").FullName;
        private readonly SqliteEngine engine;
        private readonly int port = FreePort.Find();
        private HostProcess? portal;
        private Process? node;

        private House()
        {
            engine = new SqliteEngine(Path.Combine(folder, "portal.db"));
            Db = new Db(engine);
            Issuer = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");
        }

        public Db Db { get; }

        public string Issuer { get; }

        public static async Task<House> Start()
        {
            Parts.RequireNodeModules();
            Parts.RequireChromium();
            var house = new House();
            house.portal = await HostProcess.Start("Portal", new Dictionary<string, string?>
            {
                ["Database__File"] = house.engine.File,
                ["Database__Objects__Folder"] = Path.Combine(house.folder, "objects"),
                ["Database__Objects__MasterKeyFile"] = Path.Combine(house.folder, "objects.key"),
                ["Portal__Mail__Folder"] = Path.Combine(house.folder, "mail"),
                ["Portal__Identity__Staff__Issuer"] = house.Issuer,
                ["Portal__Identity__Staff__ClientId"] = "portal",
                ["Portal__Identity__Staff__ClientSecret"] = Secret,
                ["Portal__Identity__Staff__ExtraScopes"] = "groups",
                ["Portal__Identity__Staff__Groups__0__Group"] = "Operators",
                ["Portal__Identity__Staff__Groups__0__Role"] = "operator",
            });
            return house;
        }

        public string At(string path) => new Uri(portal!.Url!, path).ToString();

        public async Task StartIssuer(string callback)
        {
            var settings = JsonSerializer.Serialize(new
            {
                modules = Parts.RequireNodeModules(),
                port,
                clients = new[] { new { client_id = "portal", client_secret = Secret, redirect_uris = new[] { callback } } },
                accounts = new Dictionary<string, object>
                {
                    ["asha"] = new { name = "Asha Rao", email = "asha@company.example", email_verified = true, groups = new[] { "Cloud admins" } },
                    ["olga"] = new { name = "Olga Owner", email = "olga@company.example", email_verified = true, groups = new[] { "Owners" } },
                    ["meera"] = new { name = "Meera Krishnan", email = "meera@kaveri.example", email_verified = true, groups = new[] { "Operators" } },
                },
            });
            var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "oidc-provider-of-a-company.mjs"));
            start.ArgumentList.Add(settings);
            node = Process.Start(start)!;
            node.BeginErrorReadLine();
            while (await node.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line == "listening") return;
            }

            throw new InvalidOperationException("oidc-provider did not start.");
        }

        /// <summary>Signs in and agrees on the issuer's own pages.</summary>
        public async Task SignInThere(IPage page, string user)
        {
            await page.WaitForURLAsync(url => url.StartsWith(Issuer, StringComparison.Ordinal));
            await page.Locator("[name=login]").FillAsync(user);
            await page.Locator("[name=password]").FillAsync("any will do");
            await page.Locator("[type=submit]").First.ClickAsync();
            await page.Locator("[type=submit]", new PageLocatorOptions { HasText = "Continue" }).ClickAsync();
            await page.WaitForURLAsync(url => !url.StartsWith(Issuer, StringComparison.Ordinal));
        }

        public async ValueTask DisposeAsync()
        {
            if (node is { } running)
            {
                if (!running.HasExited) running.Kill();
                await running.WaitForExitAsync();
                running.Dispose();
            }

            if (portal is not null) await portal.DisposeAsync();
            engine.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static class Sql
    {
        public const string RoleOfAsha = "select c.Role from CompanyMember c join Person p on p.Id = c.PersonId where p.EmailLower = 'asha@company.example'";

        public const string Company = "select Id from CompanyIssuer";
    }
}
