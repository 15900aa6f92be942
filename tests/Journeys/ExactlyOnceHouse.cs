using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Orders;
using Billing.Payments;
using Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Portal;
using Portal.Catalogue;
using Portal.Demo;
using Portal.Identity;
using Portal.Servers;
using Provisioning.Hypervisors;
using Testing;
using Xunit;

namespace Journeys;

/// <summary>An order, and the gateway's name of it.</summary>
internal sealed record ExactlyOnceOrder(SignedIn Who, SalesOrderId Id, ServerId Server, string GatewayOrderId);

/// <summary>What the gateway's books say of a payment.</summary>
internal sealed record ExactlyOncePayment(string Id, string GatewayOrderId, long AmountPaise, bool Captured);

/// <summary>An event of the gateway.</summary>
internal sealed record ExactlyOnceEvent(string Id, string Body);

/// <summary>Two portals, two workers and the gateway as processes of their own on one database, in front of a real LXD.</summary>
internal sealed class ExactlyOnceHouse : IAsyncDisposable
{
    public const string Plan = "s1";
    public const string Region = "blr";
    public const int Available = 60;

    /// <summary>An image that the catalogue sells and LXD does not have.</summary>
    public const string LostImage = "almalinux-9";

    private const string SshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5ZBxyBWVlBHWIBfH+VvR7n2MHKmAVsxJ8bYAlXoVZN asha";
    private const string KeyId = "rzp_test_sandbox00000001";
    private const string KeySecret = "sandbox-key-secret-for-development";
    private const string WebhookSecret = "sandbox-webhook-secret-for-development";

    private readonly LxdPart lxd;
    private readonly TestDatabase database;
    private readonly string folder;
    private readonly int gatewayPort = FreePort.Find();
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Wait.Patience };
    private readonly List<ExactlyOnceOrder> orders = [];
    private readonly HashSet<SalesOrderId> paid = [];
    private readonly Lock gate = new();
    private WebApplication app = null!;
    private HostProcess gateway = null!;
    private IReadOnlyList<SignedIn> customers = [];

    private ExactlyOnceHouse(LxdPart lxd, TestDatabase database)
    {
        (this.lxd, this.database) = (lxd, database);
        folder = Directory.CreateTempSubdirectory("portal-exactly-once-").FullName;
        Portals = [.. Enumerable.Range(0, 2).Select(_ => FreePort.Find()).ToArray().Select(port => new ExactlyOnceSeat("Portal", Settings, port))];
        Workers = [.. Enumerable.Range(0, 2).Select(_ => new ExactlyOnceSeat("Provisioning", Settings))];
        Hypervisor = new Hypervisor(new HypervisorOptions { Region = Region, Socket = lxd.Socket, Pool = lxd.Pool, Network = lxd.Network });
    }

    public IReadOnlyList<ExactlyOnceSeat> Portals { get; }

    public IReadOnlyList<ExactlyOnceSeat> Workers { get; }

    public Hypervisor Hypervisor { get; }

    /// <summary>How long the next workers keep deleted servers.</summary>
    public TimeSpan Shield { get; set; } = TimeSpan.FromHours(1);

    public Db Db => app.Services.GetRequiredService<Db>();

    public int Kills => Portals.Concat(Workers).Sum(seat => seat.Kills);

    public IReadOnlyList<ExactlyOnceOrder> Orders
    {
        get
        {
            lock (gate) return [.. orders];
        }
    }

    public bool IsPaid(ExactlyOnceOrder order)
    {
        lock (gate) return paid.Contains(order.Id);
    }

    public int PaidOrders
    {
        get
        {
            lock (gate) return paid.Count;
        }
    }

    public static async Task<ExactlyOnceHouse> Open()
    {
        var house = new ExactlyOnceHouse(Parts.RequireLxd(), await TestDatabase.Create());
        try
        {
            await house.Furnish();
            return house;
        }
        catch
        {
            await house.DisposeAsync();
            throw;
        }
    }

    /// <summary>An order that can be paid.</summary>
    public async Task<ExactlyOnceOrder> Place(string image = "debian-12")
    {
        var number = Orders.Count;
        var who = customers[number % customers.Count];
        var wish = new ServerWish
        {
            Plan = Plan,
            Region = Region,
            Image = image,
            Hostname = string.Create(CultureInfo.InvariantCulture, $"web-{number}.example.in"),
            SshKey = SshKey,
            Backups = false,
        };
        var placed = Assert.IsType<PlaceOrderOutcome.Placed>(await app.Services.GetRequiredService<PlaceOrder>().Run(who, wish, null, null));
        // as the customer's page does, which reloads while the payment is prepared
        var payment = await Wait.For(
            async () => await app.Services.GetRequiredService<StartPayment>().Run(who.AccountId.Value, placed.OrderId, Now) as PaymentStart.Ready,
            $"{placed.OrderId} to be payable");
        var order = new ExactlyOnceOrder(who, placed.OrderId, placed.ServerId, payment.Checkout.GatewayOrderId);
        lock (gate) orders.Add(order);
        return order;
    }

    /// <summary>The customer pays at the gateway; <paramref name="again"/>: although the order is paid.</summary>
    public async Task Pay(ExactlyOnceOrder order, bool again = false)
    {
        lock (gate) paid.Add(order.Id);
        await At(order, new { outcome = "captured", force = again });
    }

    /// <summary>The customer tries to pay and the bank refuses.</summary>
    public Task FailToPay(ExactlyOnceOrder order) => At(order, new { outcome = "failed" });

    /// <summary>Makes the gateway misbehave.</summary>
    public async Task Turn(object knobs)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(gateway.Url!, "/sandbox/knobs"), knobs, Now);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Everything the gateway has captured or refused.</summary>
    public async Task<IReadOnlyList<ExactlyOncePayment>> Payments()
    {
        const int page = 100;
        var found = new List<ExactlyOncePayment>();
        while (true)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"/v1/payments?count={page}&skip={found.Count}");
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Url!, path));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{KeyId}:{KeySecret}")));
            using var answer = await http.SendAsync(request, Now);
            answer.EnsureSuccessStatusCode();
            var items = (await answer.Content.ReadFromJsonAsync<JsonObject>(Now))!["items"]!.AsArray();
            found.AddRange(items.Select(one => new ExactlyOncePayment(
                (string)one!["id"]!, (string)one["order_id"]!, (long)one["amount"]!, (bool)one["captured"]!)));
            if (items.Count < page) return found;
        }
    }

    /// <summary>Every event the gateway has made.</summary>
    public async Task<IReadOnlyList<ExactlyOnceEvent>> Events() =>
        (await http.GetFromJsonAsync<List<ExactlyOnceEvent>>(new Uri(gateway.Url!, "/sandbox/events"), JsonSerializerOptions.Web, Now))!;

    /// <summary>Sends an event as the gateway would, to one portal and then the other until one has taken it.</summary>
    public Task Tell(ExactlyOnceEvent told, int portal) => Wait.Until(
        async () =>
        {
            var body = Encoding.UTF8.GetBytes(told.Body);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Portals[portal].Url, "/webhooks/razorpay"));
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(WebhookSecret), body);
            request.Headers.Add("X-Razorpay-Signature", Convert.ToHexStringLower(signature));
            request.Headers.Add("x-razorpay-event-id", told.Id);
            portal = (portal + 1) % Portals.Count;
            try
            {
                using var answer = await http.SendAsync(request, Now);
                Assert.True(answer.IsSuccessStatusCode, $"A portal answered {answer.StatusCode} to an event.");
                return true;
            }
            catch (HttpRequestException)
            {
                return false;   // it was killed meanwhile
            }
        },
        $"a portal that takes {told.Id}");

    public async ValueTask DisposeAsync()
    {
        foreach (var seat in Portals.Concat(Workers)) await seat.DisposeAsync();
        if (gateway is not null) await gateway.DisposeAsync();
        foreach (var order in Orders) await Hypervisor.Delete(NameOf(order.Server.Value), CancellationToken.None);
        if (app is not null) await app.DisposeAsync();
        Hypervisor.Dispose();
        http.Dispose();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>What the server's instance is called.</summary>
    public static string NameOf(string serverId) => Provisioning.Servers.ServerId.From(serverId).InstanceName;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private async Task Furnish()
    {
        app = PortalHost.Build(
        [
            "--environment=Development",
            $"--contentRoot={Path.Combine(RootOfRepository(), "Portal")}",
            .. Settings().Select(setting => $"--{setting.Key.Replace("__", ":", StringComparison.Ordinal)}={setting.Value}"),
        ]);
        var now = DateTimeOffset.UtcNow;
        var aliases = CatalogueSeed.Images.ToDictionary(
            image => image.Code, image => image.Code == LostImage ? "no-such-image" : lxd.Image, StringComparer.Ordinal);
        await Db.Write(tx => CatalogueSeed.Run(tx, now, aliases, Available));
        var hash = Passwords.Hash("violet-harbour-teapot");
        customers =
        [
            await DemoCustomer.Asha.Join(Db, hash, now),
            await DemoCustomer.Bharat.Join(Db, hash, now),
            await DemoCustomer.Lakshmi.Join(Db, hash, now),
        ];
        gateway = await HostProcess.Start("Portal", Settings(), ["razorpay-sandbox"], port: gatewayPort);
        await Task.WhenAll(Portals.Concat(Workers).Select(seat => seat.Start()));
    }

    private Dictionary<string, string?> Settings()
    {
        var razorpay = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{gatewayPort}");
        return new Dictionary<string, string?>
        {
            ["Database__File"] = database.Target,
            ["Database__Work__Lease"] = "00:00:02",
            ["Database__Objects__Folder"] = Path.Combine(folder, "objects"),
            ["Database__Objects__MasterKeyFile"] = Path.Combine(folder, "objects.key"),
            ["Billing__Payments__Razorpay__BaseUrl"] = razorpay,
            ["Billing__Payments__Razorpay__CheckoutUrl"] = $"{razorpay}/v1/checkout/embedded",
            ["Billing__Payments__Sandbox__StateFile"] = Path.Combine(folder, "razorpay.json"),
            ["Billing__Payments__Sandbox__WebhookUrls__0"] = new Uri(Portals[0].Url, "/webhooks/razorpay").ToString(),
            ["Billing__Payments__Sandbox__WebhookUrls__1"] = new Uri(Portals[1].Url, "/webhooks/razorpay").ToString(),
            ["Portal__Identity__PublicUrl"] = Portals[0].Url.GetLeftPart(UriPartial.Authority),
            ["Portal__Invoices__Printing__Browser"] = "none",
            ["Portal__Mail__Folder"] = Path.Combine(folder, "mail"),
            ["Provisioning__Hypervisors__0__Region"] = Region,
            ["Provisioning__Hypervisors__0__Socket"] = lxd.Socket,
            ["Provisioning__Hypervisors__0__Pool"] = lxd.Pool,
            ["Provisioning__Hypervisors__0__Network"] = lxd.Network,
            ["Provisioning__Servers__ObserveEvery"] = "00:00:05",
            ["Provisioning__Servers__StopWithin"] = "00:00:05",
            ["Provisioning__Servers__Shield"] = Shield.ToString("c", CultureInfo.InvariantCulture),
            ["Logging__LogLevel__Default"] = "Warning",
        };
    }

    private async Task At(ExactlyOnceOrder order, object wish)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(gateway.Url!, $"/sandbox/pay/{order.GatewayOrderId}"), wish, Now);
        answer.EnsureSuccessStatusCode();
    }

    private static string RootOfRepository()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Portal.sln"))) at = at.Parent;
        return at?.FullName ?? throw new DirectoryNotFoundException("The tests do not lie below Portal.sln.");
    }
}
