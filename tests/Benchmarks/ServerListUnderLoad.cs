using System.Diagnostics;
using System.Globalization;
using System.Net;
using Billing.Orders;
using Database;
using Portal.Servers;
using Testing;

namespace Benchmarks;

/// <summary>
/// The list of servers of a signed-in customer who has a thousand, as a page of the portal, against a bare Kestrel endpoint that runs
/// only the list's query and writes its rows as JSON. Each is a process of its own on the same database; rounds alternate.
/// </summary>
public sealed class ServerListUnderLoad : Benchmark
{
    private const int Servers = 1_000;
    private const int Clients = 8;
    private const int Rounds = 6;
    private const int RequestsOfRound = 200;

    public override async Task<IReadOnlyList<Figure>> Measure()
    {
        await using var premises = await Premises.Open();
        await Furnish(premises);
        var cookie = await premises.SignIn();
        await using var portal = await HostProcess.Start("Portal", premises.Settings);
        await using var bare = await HostProcess.Start(
            "Benchmarks", premises.Settings, [BareServerList.Verb, premises.File, premises.Customer.AccountId.Value]);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
        var (page, rows) = (new Uri(portal.Url!, "/servers"), new Uri(bare.Url!, "/servers"));

        // until the compiler has seen all of it twice
        for (var i = 0; i < 3; i++)
        {
            await Load(http, page, cookie);
            await Load(http, rows, null);
        }

        var (ofPage, ofRows) = (new List<Round>(), new List<Round>());
        for (var round = 0; round < Rounds; round++)
        {
            ofPage.Add(await Load(http, page, cookie));
            ofRows.Add(await Load(http, rows, null));
            Console.WriteLine($"  round {round + 1}: page {Numbers.PerSecond(ofPage[^1].PerSecond)}, bare {Numbers.PerSecond(ofRows[^1].PerSecond)}");
        }

        var throughput = Numbers.Median(ofPage.Zip(ofRows, (ours, theirs) => ours.PerSecond / theirs.PerSecond));
        var (slowPage, slowRows) = (Slowest(ofPage), Slowest(ofRows));
        var slowness = slowPage / slowRows;
        return
        [
            new($"list of {Servers} servers: throughput / bare, median of {Rounds} rounds", Numbers.Ratio(throughput), ">= 0.50", throughput >= 0.5),
            new($"list of {Servers} servers: p99 / bare p99, {Clients} clients", Numbers.Ratio(slowness), "<= 3.00", slowness <= 3),
            new("  page, median round", Numbers.PerSecond(Numbers.Median(ofPage.Select(one => one.PerSecond))), "", true),
            new("  bare, median round", Numbers.PerSecond(Numbers.Median(ofRows.Select(one => one.PerSecond))), "", true),
            new("  page, p99", Numbers.Milliseconds(slowPage), "", true),
            new("  bare, p99", Numbers.Milliseconds(slowRows), "", true),
        ];
    }

    private static double Slowest(IEnumerable<Round> rounds) => Numbers.At(rounds.SelectMany(round => round.Waits), 0.99);

    private static async Task<Round> Load(HttpClient http, Uri address, string? cookie)
    {
        var next = 0;
        var waits = new double[RequestsOfRound];
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            for (int turn; (turn = Interlocked.Increment(ref next) - 1) < RequestsOfRound;)
            {
                var sent = Stopwatch.GetTimestamp();
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", cookie);
                using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead);
                if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{address} answered {answer.StatusCode}.");
                waits[turn] = Numbers.MillisecondsSince(sent);
            }
        }));
        return new Round(RequestsOfRound / Stopwatch.GetElapsedTime(started).TotalSeconds, waits);
    }

    /// <summary>Servers that were ordered, paid and delivered.</summary>
    private static async Task Furnish(Premises premises)
    {
        var placeSalesOrder = premises.Get<PlaceSalesOrder>();
        var account = premises.Customer.AccountId;
        // many to a transaction: a thousand of them would spend a minute on the disk alone
        foreach (var some in Enumerable.Range(0, Servers).Chunk(100))
        {
            await premises.Db.Write(async tx =>
            {
                foreach (var number in some)
                {
                    var now = DateTimeOffset.UtcNow;
                    var server = Id.New<ServerId>(now);
                    var name = string.Create(CultureInfo.InvariantCulture, $"web-{number}.example.in");
                    var (plan, region) = (number % 3 == 0 ? "s2" : "s1", number % 2 == 0 ? "blr" : "bom");
                    var line = new WantedLine($"server.{plan}", region, $"Virtual server {plan}: {name}") { WorkResource = server.Value };
                    if (await placeSalesOrder.Run(tx, new OrderRequest(account.Value, null, [line]), now) is not OrderOutcome.Placed placed)
                        throw new InvalidOperationException("An order was not placed.");
                    await SalesOrder.Move(tx, (await SalesOrder.OfAnyAccount(tx, placed.Id))!, SalesOrder.Paid, now, now, now.AddMinutes(10));
                    await tx.Execute(PlaceOrder.Sql.Insert, new
                    {
                        ServerId = server,
                        AccountId = account,
                        premises.Customer.PersonId,
                        SalesOrderId = placed.Id,
                        SalesOrderLineId = placed.Lines[0],
                        PlanCode = plan,
                        Region = region,
                        ImageCode = "debian-12",
                        Hostname = name,
                        Label = name,
                        Premises.SshKey,
                        Backups = number % 5 == 0,
                        Now = now,
                    });
                    var address = string.Create(CultureInfo.InvariantCulture, $"203.0.{113 + (number / 250)}.{1 + (number % 250)}");
                    await tx.Execute(Sql.Deliver, new { AccountId = account, ServerId = server, Address = address, Now = now });
                }
            });
        }
    }

    private sealed record Round(double PerSecond, IReadOnlyList<double> Waits);

    internal static class Sql
    {
        public const string Deliver = """
            insert into Server (Id, AccountId, OrderLineId, InstanceName, Region, ImageAlias, Hostname, Label, Vcpu, MemoryMib, DiskGib, Backups,
                State, Address, CreatedAt, ReadyAt)
            select ServerId, AccountId, SalesOrderLineId, replace(ServerId, '_', '-'), Region, ImageCode, Hostname, Label, 2, 2048, 50, Backups,
                'running', @Address, @Now, @Now
            from ServerOrder
            where AccountId = @AccountId and ServerId = @ServerId
            """;
    }
}
