using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Database;
using Microsoft.Playwright;
using Testing;
using Xunit;

namespace Journeys.Oidc;

/// <summary>The portal as an OpenID provider with clients by others, a person who has signed up, and a Chromium; shared by the journeys of this folder.</summary>
public sealed class OidcHouse : IAsyncLifetime
{
    public const string Password = "violet-harbour-teapot";
    public const string Email = "asha.rao@customers.example.in";
    public const string Secret = "a secret of 256 bits would be longer: 7d0f3c";

    internal static readonly string SecretService = Id.New<Portal.Identity.Oidc.OidcClientId>(DateTimeOffset.UtcNow).Value;
    internal static readonly string KeyService = Id.New<Portal.Identity.Oidc.OidcClientId>(DateTimeOffset.UtcNow).Value;

    private readonly string folder = Directory.CreateTempSubdirectory("portal-oidc-").FullName;
    private readonly Dictionary<string, string?> settings = [];
    private readonly SqliteEngine engine;
    private HostProcess? portal;
    private Browser? browser;
    private int clients;

    public OidcHouse()
    {
        engine = new SqliteEngine(Path.Combine(folder, "portal.db"));
        Db = new Db(engine);
    }

    internal Db Db { get; }

    /// <summary>The provider's name, without a slash at the end.</summary>
    public string Issuer { get; } = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{FreePort.Find()}");

    /// <summary>Where the applications of these journeys listen.</summary>
    internal static string Application { get; } = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}");

    internal static string Apache { get; } = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}");

    internal string Said => portal?.Output ?? "";

    public async ValueTask InitializeAsync()
    {
        if (Parts.Chromium is null) return;
        settings["Database__File"] = engine.File;
        settings["Database__Objects__Folder"] = Path.Combine(folder, "objects");
        settings["Database__Objects__MasterKeyFile"] = Path.Combine(folder, "objects.key");
        settings["Portal__Mail__Folder"] = Path.Combine(folder, "mail");
        settings["Portal__Identity__PublicUrl"] = Issuer;
        RegisterClients();
        portal = await HostProcess.Start("Portal", settings, port: new Uri(Issuer).Port);
        browser = await Browser.Start();
        await SignUp(await browser.Visitor());
        await AddServices();
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null) await browser.DisposeAsync();
        if (portal is not null) await portal.DisposeAsync();
        engine.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A browser in which nobody is signed in.</summary>
    internal async Task<IPage> Visitor()
    {
        Parts.RequireChromium();
        return await browser!.Visitor();
    }

    /// <summary>Opens the address and says yes to what the provider's pages ask, until it has sent the browser to an address that begins so.</summary>
    internal static async Task Open(IPage page, string address, string until, string code = "")
    {
        await page.GotoAsync(address);
        await SayYes(page, until, code);
    }

    internal static async Task SayYes(IPage page, string until, string code = "")
    {
        for (var pages = 0; pages < 8; pages++)
        {
            if (page.Url.StartsWith(until, StringComparison.Ordinal)) return;
            var button = page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button);
            if (await page.GetByLabel("Password").CountAsync() > 0)
            {
                await page.GetByLabel("E-mail address").FillAsync(Email);
                await page.GetByLabel("Password").FillAsync(Password);
                button = page.Locator("form:has(input[type=password]) button");
            }
            else if (code.Length > 0 && await page.GetByLabel("Code").CountAsync() > 0)
            {
                await page.GetByLabel("Code").FillAsync(code);
            }

            Assert.True(await button.CountAsync() > 0, $"{page.Url} asks nothing and leads nowhere:\n{await page.InnerTextAsync("body")}");
            var before = page.Url;
            await button.First.ClickAsync();
            await page.WaitForURLAsync(url => url != before);
            await page.WaitForLoadStateAsync();
        }

        Assert.Fail($"The browser did not come to {until}; it is at {page.Url}:\n{await page.InnerTextAsync("body")}");
    }

    private void RegisterClients()
    {
        var hash = Hash(Secret);
        Register(
            ("Id", "node-application"), ("Name", "An application in Node"), ("SecretSha256", hash), ("RedirectUris__0", $"{Application}/callback"),
            ("PostLogoutRedirectUris__0", $"{Application}/callback"), ("Scopes__0", "profile"), ("Scopes__1", "email"), ("Scopes__2", "offline_access"));
        Register(
            ("Id", "page-application"), ("Name", "An application in the browser"), ("RedirectUris__0", $"{Application}/page"),
            ("PostLogoutRedirectUris__0", $"{Application}/page"), ("Scopes__0", "profile"), ("Scopes__1", "email"), ("Scopes__2", "offline_access"));
        Register(
            ("Id", "node-key"), ("Name", "An application with a key"), ("Jwks", PublicKeys), ("RedirectUris__0", $"{Application}/callback"),
            ("RequirePar", "true"), ("IsResourceServer", "true"), ("Scopes__0", "email"), ("Scopes__1", "offline_access"));
        Register(
            ("Id", "node-bound"), ("Name", "An application that binds its tokens"), ("RedirectUris__0", $"{Application}/callback"),
            ("DpopBound", "true"), ("AllowDevices", "true"), ("Scopes__0", "email"), ("Scopes__1", "offline_access"));
        Register(
            ("Id", "apache"), ("Name", "A site behind Apache"), ("SecretSha256", hash), ("RedirectUris__0", $"{Apache}/private/callback"),
            ("PostLogoutRedirectUris__0", $"{Apache}/signed-out.html"), ("BackchannelLogoutUri", $"{Apache}/private/callback?logout=backchannel"),
            ("Scopes__0", "profile"), ("Scopes__1", "email"));
    }

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>The key of the clients that sign in by one, as JSON Web Keys.</summary>
    internal static string PrivateKey { get; } = NewKey();

    private static string PublicKeys { get; } = $"{{\"keys\":[{Regex.Replace(PrivateKey, ",\"d\":\"[^\"]*\"", "")}]}}";

    private static string NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (point, secret) = (key.ExportParameters(true).Q, key.ExportParameters(true).D);
        var (x, y, d) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y), Base64Url.EncodeToString(secret));
        return $"{{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES256\",\"kid\":\"one\",\"x\":\"{x}\",\"y\":\"{y}\",\"d\":\"{d}\"}}";
    }

    private void Register(params (string Name, string Value)[] client)
    {
        foreach (var (name, value) in client)
            settings[string.Create(CultureInfo.InvariantCulture, $"Portal__Identity__Clients__{clients}__{name}")] = value;
        clients++;
    }

    private async Task SignUp(IPage page)
    {
        await page.GotoAsync($"{Issuer}/sign-up");
        await page.GetByLabel("Your name").FillAsync("Asha Rao");
        await page.GetByLabel("E-mail address").FillAsync(Email);
        await page.GetByLabel("Password").FillAsync(Password);
        await page.GetByLabel("I am 18 or older").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Create the account" }).ClickAsync();
        var mail = await Wait.For(() => Db.One<string>(Sql.Mail, new { Recipient = Email }), "the mail with the link");
        await page.GotoAsync(mail.Split('\n', StringSplitOptions.TrimEntries).First(line => line.StartsWith("http", StringComparison.Ordinal)));
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button).ClickAsync();
        await page.Context.CloseAsync();
    }

    /// <summary>Service accounts of the person's account: one with a secret, one with a key.</summary>
    private async Task AddServices()
    {
        var now = DateTimeOffset.UtcNow;
        foreach (var (id, method) in new[] { (SecretService, "secret"), (KeyService, "private_key_jwt") })
        {
            await Db.Write(async tx =>
            {
                var jwks = method == "secret" ? null : PublicKeys;
                Assert.Equal(1, await tx.Execute(Sql.Service, new { Id = id, AuthMethod = method, Jwks = jwks, EmailLower = Email, Now = now }));
                if (jwks is null) await tx.Execute(Sql.ServiceSecret, new { Id = $"sec{id[3..]}", ClientId = id, SecretHash = Hash(Secret), Now = now });
            });
        }
    }

    internal static class Sql
    {
        public const string Service = """
            -- all accounts: that of the one person who has signed up
            insert into OidcClient (Id, Kind, AccountId, ServicePersonId, Name, AuthMethod, Jwks, Scopes, GrantTypes, Permissions, RequirePar,
                DpopBound, IsResourceServer, CreatedBy, CreatedAt)
            select @Id, 'service', m.AccountId, m.PersonId, 'A service', @AuthMethod, @Jwks, 'api', 'client_credentials', 'servers.read', 0,
                0, 0, m.PersonId, @Now
            from AccountMember m
                join Person p on p.Id = m.PersonId
            where p.EmailLower = @EmailLower
            """;

        public const string ServiceSecret = """
            insert into OidcClientSecret (Id, ClientId, SecretHash, Hint, CreatedAt)
            values (@Id, @ClientId, @SecretHash, '', @Now)
            """;

        public const string Mail = """
            -- all accounts: the mail of a person who has none yet
            select max(TextBody)
            from MailMessage
            where Recipient = @Recipient
            """;
    }
}

[CollectionDefinition("oidc")]
public sealed class OidcHouseOfAll : ICollectionFixture<OidcHouse>;
