using System.Globalization;
using Database;
using Microsoft.Playwright;
using Portal.Identity.Factors;
using Testing;

namespace Journeys;

/// <summary>The portal alone, as a process, for people who sign in; mails are read in the development inbox.</summary>
internal sealed class OidcFactorHouse : IAsyncDisposable
{
    public const string Password = "violet-harbour-teapot";
    private readonly string folder = Directory.CreateTempSubdirectory("portal-factors-").FullName;
    private readonly SqliteEngine engine;
    private readonly Db db;
    private HostProcess? portal;

    private OidcFactorHouse()
    {
        engine = new SqliteEngine(Path.Combine(folder, "portal.db"));
        db = new Db(engine);
    }

    public Uri Address { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{FreePort.Find()}/"));

    public static async Task<OidcFactorHouse> Start(params (string Name, string Value)[] settings)
    {
        var house = new OidcFactorHouse();
        try
        {
            var all = new Dictionary<string, string?>
            {
                ["Database__File"] = house.engine.File,
                ["Database__Objects__Folder"] = Path.Combine(house.folder, "objects"),
                ["Database__Objects__MasterKeyFile"] = Path.Combine(house.folder, "objects.key"),
                ["Portal__Identity__PublicUrl"] = house.Address.GetLeftPart(UriPartial.Authority),
                ["Portal__Mail__Folder"] = Path.Combine(house.folder, "mail"),
            };
            foreach (var (name, value) in settings) all[$"Portal__Identity__{name}"] = value;
            house.portal = await HostProcess.Start("Portal", all, port: house.Address.Port);
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    public Task Go(IPage page, string path) => page.GotoAsync(new Uri(Address, path).ToString());

    /// <summary>Signs somebody up through the pages and the mailed link.</summary>
    public async Task SignUp(IPage page, string name, string email)
    {
        await Go(page, "/sign-up");
        await page.GetByLabel("Your name").FillAsync(name);
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByLabel("I am 18 or older").CheckAsync();
        await Press(page, "Create the account");
        await FollowMail(page, email, "Confirm your e-mail address");
        await Press(page, "Yes, create my account");
        await SignIn(page, email);
    }

    /// <summary>Types address and password where they are asked for.</summary>
    public async Task SignIn(IPage page, string email, string password = Password)
    {
        await Go(page, "/sign-in?returnTo=%2Faccounts%2Fsecurity");
        await page.GetByLabel("E-mail address").FillAsync(email);
        await page.GetByLabel("Password").FillAsync(password);
        await Press(page, "Sign in");
    }

    public static async Task SignOut(IPage page)
    {
        await page.GotoAsync(new Uri(new Uri(page.Url), "/sign-out").ToString());
        await Press(page, "Sign out");
    }

    public static async Task Press(IPage page, string button)
    {
        await page.Locator("main").GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = button }).First.ClickAsync();
        await page.WaitForLoadStateAsync();
    }

    /// <summary>Opens the newest mail with this subject and follows its link.</summary>
    public async Task FollowMail(IPage page, string email, string subject)
    {
        await Wait.Until(
            async () =>
            {
                await Go(page, "/dev/mail");
                return await Line(page, email, subject).CountAsync() > 0;
            },
            $"the mail '{subject}'");
        await Line(page, email, subject).GetByRole(AriaRole.Link).ClickAsync();
        await page.Locator("main a[href*='token=']").First.ClickAsync();
    }

    /// <summary>Makes the last proof of everybody who is signed in older.</summary>
    public Task TimePasses(TimeSpan time) => db.Write(tx => tx.Execute(Sql.Age, new { Before = DateTimeOffset.UtcNow - time }));

    /// <summary>A device with a screen lock, which holds passkeys and opens at once.</summary>
    public static async Task AddDevice(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable");
        await session.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true,
            },
        });
    }

    /// <summary>What the phone shows for the key, this many steps from now.</summary>
    public static string CodeOf(string key, int steps = 0)
    {
        var bits = string.Concat(key.Where(char.IsLetterOrDigit)
            .Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        byte[] secret = [.. Enumerable.Range(0, bits.Length / 8).Select(at => Convert.ToByte(bits.Substring(at * 8, 8), 2))];
        return Totp.CodeAt(secret, DateTimeOffset.UtcNow + TimeSpan.FromSeconds(30 * steps));
    }

    public async ValueTask DisposeAsync()
    {
        if (portal is not null) await portal.DisposeAsync();
        engine.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static ILocator Line(IPage page, string email, string subject) =>
        page.Locator("main li", new PageLocatorOptions { HasText = email }).Filter(new LocatorFilterOptions { HasText = subject }).First;

    internal static class Sql
    {
        public const string Age = """
            -- all accounts: everybody who is signed in
            update PortalSession set AuthenticatedAt = @Before, SecondFactorAt = null where RevokedAt is null
            """;
    }
}
