using Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Portal.Tests;

/// <summary>
/// The portal itself on a free port, with a database and a folder of its own. Tests come in through the front door, as customers do,
/// and look into the database afterwards.
/// </summary>
public sealed class PortalUnderTest : IAsyncDisposable
{
    public const string Password = "violet-harbour-teapot";
    private const string BillingPath = "/accounts/billing";

    private readonly TestDatabase database;
    private readonly string folder;
    private int people;

    private PortalUnderTest(WebApplication app, TestDatabase database, string folder)
    {
        (App, this.database, this.folder) = (app, database, folder);
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public WebApplication App { get; }

    public Uri Address { get; }

    /// <summary>The portal's own: it reads what the portal has encrypted.</summary>
    public Db Db => Get<Db>();

    public T Get<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>Starts a portal; settings as <c>Portal:Identity:SessionIdle=00:30:00</c>.</summary>
    public static Task<PortalUnderTest> Start(params string[] settings) => Start(TimeProvider.System, settings);

    /// <summary>The same by another clock.</summary>
    public static async Task<PortalUnderTest> Start(TimeProvider clock, params string[] settings)
    {
        var database = await TestDatabase.Create();
        var folder = Directory.CreateTempSubdirectory("portal-under-test-").FullName;
        try
        {
            var app = PortalHost.Build([.. Arguments(database, folder), .. settings.Select(setting => $"--{setting}")], clock);
            await app.StartAsync();
            return new PortalUnderTest(app, database, folder);
        }
        catch
        {
            await database.DisposeAsync();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>A second portal on the same database; the caller stops it.</summary>
    public async Task<WebApplication> StartAnother()
    {
        var other = PortalHost.Build([.. Arguments(database, folder)]);
        await other.StartAsync();
        return other;
    }

    /// <summary>The arguments of a host in development on the database and the folder.</summary>
    public static IReadOnlyList<string> Arguments(TestDatabase database, string folder) =>
    [
        "--environment=Development",
        $"--contentRoot={ContentRoot}",
        "--urls=http://127.0.0.1:0",
        $"--Database:File={((SqliteEngine)database.Engine).File}",
        $"--Database:Objects:Folder={Path.Combine(folder, "objects")}",
        $"--Database:Objects:MasterKeyFile={Path.Combine(folder, "objects.key")}",
        $"--Portal:Mail:Folder={Path.Combine(folder, "mail")}",
        "--Portal:Identity:IssuerWithin=00:01:00",
        "--Logging:LogLevel:Default=Warning",
    ];

    /// <summary>Where mails land as files.</summary>
    public string MailFolder => Path.Combine(folder, "mail");

    public Browser NewBrowser() => new(Address);

    /// <summary>Lets the command line in through the pages and returns its access token for <c>/api</c>.</summary>
    public static async Task<string> AccessTokenAsync(Browser browser) => (await CommandLine.SignIn(browser)).AccessToken;

    /// <summary>Signs somebody up through the pages, confirmed by the link in the mail, signed in; returns their browser.</summary>
    public async Task<Browser> SignUpAsync(string name)
    {
        var browser = NewBrowser();
        var email = EmailOf(name);
        await browser.Submit(await browser.Get("/sign-up"), ("FullName", name), ("Email", email), ("Password", Password), ("IsAdult", "true"));
        var confirm = await browser.Get(await LinkTo(email));
        await browser.Submit(confirm, "/sign-up/confirm");
        await SignInAsync(browser, email);
        return browser;
    }

    /// <summary>Signs up, and enters billing details of an unregistered customer in Karnataka.</summary>
    public async Task<Browser> SignUpWithBillingAsync(string name, params (string Name, string Value)[] billing)
    {
        var browser = await SignUpAsync(name);
        await EnterBillingAsync(browser, name, billing);
        return browser;
    }

    public static async Task<Page> EnterBillingAsync(Browser browser, string name, params (string Name, string Value)[] billing)
    {
        var defaults = new (string Name, string Value)[]
        {
            ("Input.LegalName", name), ("Input.Gstin", ""), ("Input.StateCode", "29"), ("Input.Pan", ""), ("Input.Address1", "12 MG Road"),
            ("Input.City", "Bengaluru"), ("Input.Pin", "560001"), ("Input.Mobile", "9876543210"), ("Input.Purpose", "Hosting our web shop"),
        };
        return await browser.Submit(
            await browser.Get(BillingPath), BillingPath,
            [.. defaults.Where(field => !billing.Any(given => given.Name == field.Name)), .. billing]);
    }

    /// <summary>Signs somebody in who has signed up before; returns where they land.</summary>
    public static async Task<Page> SignInAsync(Browser browser, string email, string password = Password, string returnTo = "/accounts") =>
        await browser.Submit(
            await browser.Get("/sign-in?returnTo=" + Uri.EscapeDataString(returnTo)), ("Email", email), ("Password", password));

    public static string EmailOf(string name) => $"{name.ToLowerInvariant().Replace(' ', '.')}@customers.example.in";

    /// <summary>Another address nobody has used.</summary>
    public string NewEmail() => $"person{Interlocked.Increment(ref people)}@customers.example.in";

    /// <summary>The text of the newest mail to the address.</summary>
    public async Task<string> MailTo(string email) => await Db.One<string>(Sql.NewestMail, new { Recipient = email })
        ?? throw new InvalidOperationException($"No mail was written to {email}.");

    /// <summary>The first link in the newest mail to the address.</summary>
    public async Task<string> LinkTo(string email) =>
        (await MailTo(email)).Split('\n', StringSplitOptions.TrimEntries).First(line => line.StartsWith("http", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The folder of the portal's own files.</summary>
    public static string ContentRoot { get; } = FindContentRoot();

    private static string FindContentRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Portal.sln"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException("The tests do not lie below Portal.sln."), "Portal");
    }

    private static class Sql
    {
        public const string NewestMail = "select TextBody from MailMessage where Recipient = @Recipient order by CreatedAt desc, Id desc";
    }
}
