using System.Globalization;
using System.Net.Http.Json;
using Database;
using Testing;
using Xunit;

namespace Journeys;

/// <summary>What <c>./dev run</c> starts: the demo's data, both hosts and both sandboxes as processes.</summary>
internal sealed class DemoHouse : IAsyncDisposable
{
    public const string Password = "kaveri demo 2026";   // as Portal/Demo prints it
    private readonly string folder = Directory.CreateTempSubdirectory("portal-pages-").FullName;
    private readonly List<HostProcess> processes = [];
    private readonly SqliteEngine engine;
    private readonly Db db;

    private DemoHouse()
    {
        engine = new SqliteEngine(Path.Combine(folder, "portal.db"));
        db = new Db(engine);
    }

    public Uri Address { get; } = new(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{FreePort.Find()}/"));

    private Uri Machines { get; set; } = null!;

    public static async Task<DemoHouse> Start()
    {
        var house = new DemoHouse();
        try
        {
            await house.Open();
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    /// <summary>From here on a server stays in the middle of being made.</summary>
    public async Task MakeServersSlowly()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var knobs = new { slowMilliseconds = new Dictionary<string, int> { ["create"] = 600_000 } };
        using var answer = await http.PutAsJsonAsync(new Uri(Machines, "/sandbox/knobs"), knobs);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>An order of the demo in this state.</summary>
    public async Task<string> Order(string state) => await db.One<string>(Sql.OrderInState, new { State = state })
        ?? throw new InvalidOperationException($"The demo has no order that is {state}.");

    /// <summary>Makes the last proof of everybody who is signed in older.</summary>
    public Task TimePasses(TimeSpan time) => db.Write(tx => tx.Execute(OidcFactorHouse.Sql.Age, new { Before = DateTimeOffset.UtcNow - time }));

    /// <summary>Moves the end of somebody's access, which a page sets to the end of a day, close.</summary>
    public Task EndAccess(string email, DateTimeOffset at) => db.Write(async tx =>
    {
        await tx.Execute(Sql.EndGrants, new { Email = email, At = at });
        await tx.Execute(Sql.Bump, new { Email = email });
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(processes)) await process.DisposeAsync();
        engine.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task Open()
    {
        var gateway = await HostProcess.Start("Portal", Settings(), ["razorpay-sandbox"], ready: "/sandbox/knobs");
        processes.Add(gateway);
        var state = Path.Combine(folder, "machines");
        var machines = await HostProcess.Start("Provisioning", Settings(), ["hypervisor-sandbox", "--state", state], ready: "/1.0");
        processes.Add(machines);
        Machines = machines.Url!;

        var settings = Settings();
        settings["Billing__Payments__Razorpay__BaseUrl"] = Text(gateway.Url!);
        settings["Billing__Payments__Razorpay__CheckoutUrl"] = new Uri(gateway.Url!, "/v1/checkout/embedded").ToString();
        foreach (var (region, index) in Portal.Catalogue.CatalogueSeed.Regions.Select((region, index) => (region.Code, index)))
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"Provisioning__Hypervisors__{index}__");
            settings[at + "Region"] = region;
            settings[at + "Url"] = Text(Machines);
            settings[at + "Network"] = "sandbox0";
        }

        await using (var demo = await HostProcess.Run("Portal", ["demo"], settings, 2 * Wait.Patience))
            Assert.True(demo.ExitCode == 0, demo.Output);
        processes.Add(await HostProcess.Start("Provisioning", settings));
        processes.Add(await HostProcess.Start("Portal", settings, port: Address.Port));
        await Wait.Until(async () => await db.One<int>(Sql.NotRunning) == 0, "the demo's servers");
    }

    private Dictionary<string, string?> Settings() => new()
    {
        ["Database__File"] = engine.File,
        ["Database__Objects__Folder"] = Path.Combine(folder, "objects"),
        ["Database__Objects__MasterKeyFile"] = Path.Combine(folder, "objects.key"),
        ["Billing__Payments__Sandbox__StateFile"] = Path.Combine(folder, "gateway.json"),
        ["Billing__Payments__Sandbox__WebhookUrls__0"] = new Uri(Address, "/webhooks/razorpay").ToString(),
        ["Portal__Identity__PublicUrl"] = Text(Address),
        ["Portal__Identity__IssuerWithin"] = "00:01:00",
        ["Portal__Mail__Folder"] = Path.Combine(folder, "mail"),
    };

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);

    internal static class Sql
    {
        public const string OrderInState = """
            -- all accounts: the demo's one order of this kind
            select min(Id)
            from SalesOrder
            where State = @State
            """;

        public const string EndGrants = """
            -- all accounts: a test
            update AccessGrant
            set ExpiresAt = @At
            where HolderId = (select Id from Person where EmailLower = @Email)
            """;

        public const string Bump = """
            -- all accounts: a test
            update AccountAccess
            set Version = Version + 1
            where AccountId in (select m.AccountId from AccountMember m join Person p on p.Id = m.PersonId where p.EmailLower = @Email)
            """;

        public const string NotRunning = """
            -- all accounts: the demo's servers are still being made
            select count(*)
            from WorkItem
            where EndedAt is null
                and Command = 'server.create'
            """;
    }
}
