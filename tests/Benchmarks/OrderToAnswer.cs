using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using Billing.Payments;
using Billing.Payments.Razorpay;
using Billing.Payments.Sandbox;
using Microsoft.AspNetCore.Builder;
using Portal.Catalogue;
using Portal.Servers;
using Provisioning.Hypervisors;
using Testing;

namespace Benchmarks;

/// <summary>
/// From the webhook's bytes to the first HTTP answer of the paid server, against the bare hypervisor: create, start, first answer of an
/// instance of the same image and limits over the same socket. Both hosts run as processes; the address is the one that the portal shows.
/// Each measurement begins when the work of the order before (its invoice's print, its mails) has ended.
/// </summary>
public sealed class OrderToAnswer : Benchmark
{
    private const int Pairs = 9;
    private const string Goal = "<= 1.15";
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromMilliseconds(200) });

    private readonly Dictionary<string, List<double>> moments = [];

    public override async Task<IReadOnlyList<Figure>> Measure()
    {
        if (Parts.Lxd is not { } lxd) return [new("order to answer: LXD is not there (tests/Parts/up lxd)", "not measured", Goal, false)];
        await using var gateway = await StartGateway();
        var gatewayUrl = gateway.Urls.First();
        await using var premises = await Premises.Open(
            lxd.Image, $"Billing:Payments:Razorpay:BaseUrl={gatewayUrl}", $"Billing:Payments:Razorpay:CheckoutUrl={gatewayUrl}/v1/checkout/embedded");
        var settings = premises.Settings;
        settings["Billing__Payments__Razorpay__BaseUrl"] = gatewayUrl;
        settings["Billing__Payments__Razorpay__CheckoutUrl"] = $"{gatewayUrl}/v1/checkout/embedded";
        settings["Provisioning__Hypervisors__0__Region"] = "blr";
        settings["Provisioning__Hypervisors__0__Socket"] = lxd.Socket;
        settings["Provisioning__Hypervisors__0__Network"] = lxd.Network;
        settings["Provisioning__Hypervisors__0__Pool"] = lxd.Pool;
        await using var portal = await HostProcess.Start("Portal", settings);
        await using var provisioning = await HostProcess.Start("Provisioning", settings);
        var options = new HypervisorOptions { Region = "blr", Socket = lxd.Socket, Network = lxd.Network, Pool = lxd.Pool };
        using var hypervisor = new Hypervisor(options);

        var ratios = new List<double>();
        var (ours, bare) = (new List<double>(), new List<double>());
        for (var pair = 0; pair <= Pairs; pair++)
        {
            await AtRest(premises);
            // who goes first alternates: whatever drifts meets both
            var first = pair % 2 == 0 ? await Ordered(premises, gatewayUrl, portal, hypervisor) : await Bare(hypervisor, lxd.Image, pair);
            if (pair % 2 == 0) await AtRest(premises);
            var second = pair % 2 == 0 ? await Bare(hypervisor, lxd.Image, pair) : await Ordered(premises, gatewayUrl, portal, hypervisor);
            var (order, raw) = pair % 2 == 0 ? (first, second) : (second, first);
            Console.WriteLine($"  {(pair == 0 ? "warm-up" : $"pair {pair}")}: ordered {Numbers.Milliseconds(order)}, bare {Numbers.Milliseconds(raw)}");
            if (pair == 0) continue;
            ours.Add(order);
            bare.Add(raw);
            ratios.Add(order / raw);
        }

        var ratio = Numbers.Median(ratios);
        return
        [
            new($"order to answer: webhook to first answer / bare LXD, median of {Pairs} pairs", Numbers.Ratio(ratio), Goal, ratio <= 1.15),
            new("  ordered, median", Numbers.Milliseconds(Numbers.Median(ours)), "", true),
            new("  bare, median", Numbers.Milliseconds(Numbers.Median(bare)), "", true),
            .. moments.Select(moment => (moment.Key, Median: Numbers.Median(moment.Value))).OrderBy(moment => moment.Median)
                .Select(moment => new Figure($"    {moment.Key}", Numbers.Milliseconds(moment.Median), "", true)),
        ];
    }

    private static Task<string> AtRest(Premises premises) => Until(Stopwatch.GetTimestamp(), async () =>
        await premises.Db.One<int>(Sql.Unfinished, new { premises.Customer.AccountId }) == 0 ? "at rest" : null);

    private static async Task<WebApplication> StartGateway()
    {
        var gateway = RazorpaySandbox.Build(
            ["--urls", "http://127.0.0.1:0", $"--contentRoot={AppContext.BaseDirectory}", "--environment=Production", "--Logging:LogLevel:Default=Warning"]);
        await gateway.StartAsync();
        return gateway;
    }

    /// <summary>Orders and pays; measures from the gateway's event on. The milliseconds until the server answers.</summary>
    private async Task<double> Ordered(Premises premises, string gatewayUrl, HostProcess portal, Hypervisor hypervisor)
    {
        var wish = new ServerWish { Plan = "s1", Region = "blr", Image = "debian-12", Hostname = "web-1", SshKey = Premises.SshKey, Backups = false };
        var placed = await premises.Get<PlaceOrder>().Run(premises.Customer, wish, null, Guid.NewGuid().ToString("n")) as PlaceOrderOutcome.Placed
            ?? throw new InvalidOperationException("The order was not placed.");
        var payable = await Until(Stopwatch.GetTimestamp(), async () =>
            await premises.Get<StartPayment>().Run(premises.Customer.AccountId.Value, placed.OrderId, CancellationToken.None) is PaymentStart.Ready ready
                ? ready.Checkout.GatewayOrderId
                : null);
        using var paid = await Http.PostAsJsonAsync($"{gatewayUrl}/sandbox/pay/{payable}", new PayWish());
        paid.EnsureSuccessStatusCode();
        var events = await Http.GetFromJsonAsync<List<SandboxEvent>>($"{gatewayUrl}/sandbox/events");
        var captured = events!.Last(one => one.Event == "payment.captured");
        var body = Encoding.UTF8.GetBytes(captured.Body);
        using var webhook = new HttpRequestMessage(HttpMethod.Post, new Uri(portal.Url!, "/webhooks/razorpay")) { Content = new ByteArrayContent(body) };
        webhook.Content.Headers.ContentType = new("application/json");
        webhook.Headers.Add("X-Razorpay-Signature", Signatures.Of(body, "sandbox-webhook-secret-for-development"));
        webhook.Headers.Add("x-razorpay-event-id", captured.Id);

        var (started, sentAt) = (Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow);
        using var taken = await Http.SendAsync(webhook);
        taken.EnsureSuccessStatusCode();
        var args = new { premises.Customer.AccountId, placed.ServerId };
        var address = await Until(started, () => premises.Db.One<string>(Sql.Address, args));
        await FirstAnswer(started, address);
        var took = Numbers.MillisecondsSince(started);
        await Until(started, async () => await premises.Db.One<string>(Sql.State, args) == "running" ? "running" : null);
        foreach (var moment in await premises.Db.Query<Moment>(Sql.Moments, args))
            At($"after the webhook: {moment.Name}", (moment.At - sentAt).TotalMilliseconds);
        await hypervisor.Delete(Provisioning.Servers.ServerId.From(placed.ServerId.Value).InstanceName, CancellationToken.None);
        return took;
    }

    /// <summary>What anybody would do with the API at hand. The milliseconds until the instance answers.</summary>
    private async Task<double> Bare(Hypervisor hypervisor, string image, int number)
    {
        var name = $"bare-{number}-{Guid.NewGuid():n}";
        var connection = hypervisor.Connection;
        var plan = CatalogueSeed.Plans[0].Plan;
        var instance = JsonContent.Create(new
        {
            name,
            type = "container",
            source = new { type = "image", alias = image },
            config = new Dictionary<string, string>
            {
                ["limits.cpu"] = $"{plan.Vcpu}",
                ["limits.memory"] = $"{plan.MemoryMib}MiB",
                ["cloud-init.user-data"] = FirstBoot.Script("web-1", Premises.SshKey),
            },
            devices = new Dictionary<string, object>
            {
                ["root"] = new { type = "disk", path = "/", pool = Parts.Lxd!.Pool, size = $"{plan.DiskGib}GiB" },
                ["eth0"] = new { type = "nic", name = "eth0", network = Parts.Lxd.Network },
            },
        });

        var started = Stopwatch.GetTimestamp();
        Succeeded(await connection.Run(HttpMethod.Post, "/1.0/instances", instance, CancellationToken.None));
        Bare("made", started);
        var start = JsonContent.Create(new { action = "start", timeout = 30 });
        Succeeded(await connection.Run(HttpMethod.Put, $"/1.0/instances/{name}/state", start, CancellationToken.None));
        Bare("started", started);
        var address = await Until(started, async () =>
            await connection.Get($"/1.0/instances/{name}/state", CancellationToken.None) is { } state ? Instance.AddressIn(state) : null);
        Bare("has an address", started);
        await FirstAnswer(started, address);
        var took = Numbers.MillisecondsSince(started);
        await hypervisor.Delete(name, CancellationToken.None);
        return took;
    }

    private void Bare(string moment, long started) => At($"bare: {moment}", Numbers.MillisecondsSince(started));

    private void At(string moment, double milliseconds)
    {
        if (!moments.TryGetValue(moment, out var seen)) moments[moment] = seen = [];
        seen.Add(milliseconds);
    }

    private static void Succeeded(OperationEnd end)
    {
        if (end is not OperationEnd.Succeeded) throw new InvalidOperationException($"The hypervisor's operation ended as {end}.");
    }

    private static Task<string> FirstAnswer(long started, string address) => Until(started, async () =>
    {
        try
        {
            return await Http.GetStringAsync(new Uri($"http://{address}/cgi-bin/info"));
        }
        catch (Exception trouble) when (trouble is HttpRequestException or OperationCanceledException)
        {
            return null;   // it does not listen yet
        }
    });

    private static async Task<string> Until(long started, Func<Task<string?>> look)
    {
        while (true)
        {
            if (await look() is { } found) return found;
            if (Stopwatch.GetElapsedTime(started) > Patience) throw new TimeoutException($"The server had not answered after {Patience}.");
            await Task.Delay(Glance);
        }
    }

    /// <summary>Where the time goes, as the hosts have written it down.</summary>
    private sealed record Moment
    {
        public string Name { get; init; } = "";

        public DateTimeOffset At { get; init; }
    }

    internal static class Sql
    {
        public const string Moments = """
            select 'paid and invoiced' as Name, o.PaidAt as At
            from SalesOrder o
                join ServerOrder s on s.SalesOrderId = o.Id
            where s.AccountId = @AccountId and s.ServerId = @ServerId
            union all
            select 'taken up by the worker', w.StartedAt
            from WorkItem w
            where w.AccountId = @AccountId and w.Resource = @ServerId and w.Command = 'server.create'
            union all
            select concat('step ', p.Step), p.StartedAt
            from PlanStep p
                join WorkItem w on w.Id = p.WorkItemId
            where w.AccountId = @AccountId and w.Resource = @ServerId and w.Command = 'server.create'
            union all
            select 'ready', f.ReadyAt
            from Server f
            where f.AccountId = @AccountId and f.Id = @ServerId
            """;

        public const string Unfinished = "select count(*) from WorkItem where AccountId = @AccountId and EndedAt is null";

        public const string Address = "select Address from Server where AccountId = @AccountId and Id = @ServerId";

        public const string State = "select State from Server where AccountId = @AccountId and Id = @ServerId";
    }
}
