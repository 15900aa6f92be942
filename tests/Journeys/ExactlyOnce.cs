using Portal.Servers;
using Provisioning.Servers;
using Testing;
using Xunit;

namespace Journeys;

/// <summary>
/// Payments, invoices and servers happen exactly once, whoever dies: real processes on one database, killed as by a power cut, each
/// followed by another; real instances. Random places and moments come from a seed, so a failure can be played again.
/// </summary>
public sealed class ExactlyOnce : IAsyncLifetime
{
    private const int Seed = 20261122;
    private static readonly TimeSpan Patience = 2 * Wait.Patience;
    private readonly SemaphoreSlim feeding = new(1, 1);
    private ExactlyOnceHouse house = null!;

    public async ValueTask InitializeAsync() => house = await ExactlyOnceHouse.Open();

    public async ValueTask DisposeAsync()
    {
        if (house is not null) await house.DisposeAsync();
        feeding.Dispose();
    }

    [Fact]
    public async Task Killed_at_every_step_and_at_random_times_every_paid_order_gets_one_server()
    {
        await house.Turn(new { copies = 2, reorder = true, slowMs = 15 });
        var atLeast = Parts.LongForm ? 200 : 20;
        for (var round = 0; round == 0 || house.Kills < atLeast; round++)
        {
            await Task.WhenAll(
                KillWorkers(house.Workers[0], [.. Places.Where((_, at) => at % 2 == 0)], new Random(Seed + (4 * round))),
                KillWorkers(house.Workers[1], [.. Places.Where((_, at) => at % 2 == 1)], new Random(Seed + (4 * round) + 1)),
                KillPortals(house.Portals[0], new Random(Seed + (4 * round) + 2)),
                KillPortals(house.Portals[1], new Random(Seed + (4 * round) + 3)),
                LeaveUnpaid());
            await ExactlyOnceBooks.Settle(house);
            await ExactlyOnceBooks.AddUp(house);
            await CleanUp();
        }

        Assert.True(house.Kills >= atLeast, $"Only {house.Kills} processes were killed.");
        await Report();
    }

    [Fact]
    public async Task Each_event_told_a_hundred_times_by_eight_clients_in_any_order_settles_once()
    {
        const int copies = 100;
        const int clients = 8;
        var random = new Random(Seed);
        // only the test tells of the payments
        await house.Turn(new { lose = -1, slowMs = 5 });
        for (var number = 0; number < 3; number++)
        {
            var order = await house.Place();
            await house.FailToPay(order);
            await house.Pay(order);
            if (number == 0) await house.Pay(order, again: true);
        }

        await LeaveUnpaid();
        var deliveries = (await house.Events()).SelectMany(one => Enumerable.Repeat(one, copies)).ToArray();
        random.Shuffle(deliveries);
        var told = Task.WhenAll(Enumerable.Range(0, clients).Select(async client =>
        {
            var own = new Random(Seed + client);
            for (var at = client; at < deliveries.Length; at += clients) await house.Tell(deliveries[at], own.Next(house.Portals.Count));
        }));
        foreach (var portal in house.Portals)
        {
            await Moments(random.Next(20, 80));
            await portal.Kill();
            await portal.Start();
        }

        await told;
        await ExactlyOnceBooks.Settle(house);
        await ExactlyOnceBooks.AddUp(house);
        await CleanUp();
        await Report();
    }

    [Fact]
    public async Task What_can_never_be_delivered_is_credited_once_and_its_stock_is_back()
    {
        var random = new Random(Seed);
        await house.Turn(new { copies = 2, slowMs = 10 });
        var good = await house.Place();
        await house.Pay(good);
        foreach (var (place, at) in ((string[])["server.create.instance.before", "server.create.instance.after", "server.create.instance.undo"])
            .Select((place, at) => (place, at)))
        {
            await house.Workers[at % 2].DieAt(place, () => FeedOrder(ExactlyOnceHouse.LostImage));
            await house.Workers[at % 2].Start();
        }

        var doomed = await house.Place(ExactlyOnceHouse.LostImage);
        await house.Pay(doomed);
        foreach (var portal in house.Portals)
        {
            await Wait.Until(() => ExactlyOnceBooks.Asked(house.Db, "order.undeliverable"), "a failure to settle", Patience);
            await Moments(random.Next(10));
            await portal.Kill();
            await portal.Start();
        }

        await ExactlyOnceBooks.Settle(house);
        await ExactlyOnceBooks.AddUp(house);
        var wallets = await Task.WhenAll(house.Orders.Select(order => order.Who.AccountId.Value).Distinct()
            .Select(account => Billing.Ledger.Wallet.Balance(house.Db, account)));
        Assert.True(wallets.Sum(wallet => wallet.Paise) > 0, "Nobody was credited.");
        await CleanUp();
        await Report();
    }

    // every place of every plan of a server, in the order in which an order comes by
    private static IReadOnlyList<string> Places { get; } =
    [
        .. CreateServer.Plan(new()).Steps.Select(step => $"server.create.{step.Name}"),
        .. PowerServer.Plan("restart")!.Steps.Select(step => $"server.power.{step.Name}"),
        .. UndeleteServer.Plan.Steps.Select(step => $"server.undelete.{step.Name}"),
    ];

    private async Task KillWorkers(ExactlyOnceSeat seat, IReadOnlyList<string> places, Random random)
    {
        foreach (var place in places.SelectMany(step => (string[])[$"{step}.before", $"{step}.after"]))
            await seat.DieAt(place, () => Feed(place));
        for (var time = 0; time < 3; time++)
        {
            await seat.Start();
            var until = await ExactlyOnceBooks.Steps(house.Db) + random.Next(1, 8);
            await Wait.Until(
                async () =>
                {
                    await FeedOrder();
                    return await ExactlyOnceBooks.Steps(house.Db) >= until;
                },
                "workers that work",
                Patience);
            await Moments(random.Next(30));
            await seat.Kill();
        }

        await seat.Start();
    }

    private async Task KillPortals(ExactlyOnceSeat seat, Random random)
    {
        for (var time = 0; time < 3; time++)
        {
            var before = await ExactlyOnceBooks.Told(house.Db);
            var order = await house.Place();
            await house.Pay(order);
            if (time == 0) await house.Pay(order, again: true);
            if (random.Next(2) == 0) await Wait.Until(async () => await ExactlyOnceBooks.Told(house.Db) > before, "a portal that is told", Patience);
            await Moments(random.Next(25));
            await seat.Kill();
            await seat.Start();
        }
    }

    private async Task LeaveUnpaid()
    {
        await house.Place();
        await house.FailToPay(await house.Place());
    }

    private Task Feed(string place) => place switch
    {
        _ when place.StartsWith("server.create.", StringComparison.Ordinal) => FeedOrder(),
        _ when place.StartsWith("server.power.", StringComparison.Ordinal) => FeedServer([("server.power", new { action = "restart" })]),
        _ => FeedServer([("server.delete", new { }), ("server.undelete", new { })]),
    };

    // one more when nobody waits for a server
    private Task FeedOrder(string image = "debian-12") => OneAtATime(async () =>
    {
        if (await ExactlyOnceBooks.Served(house.Db) < house.PaidOrders) return;
        await house.Pay(await house.Place(image));
    });

    // work for a running server on which there is none
    private Task FeedServer((string Command, object Input)[] commands) => OneAtATime(async () =>
    {
        if (await ExactlyOnceBooks.Busy(house.Db, commands[0].Command)) return;
        if (await ExactlyOnceBooks.Running(house.Db) is not [var server, ..]) return;
        await Ask(server, commands);
    });

    private async Task Ask(ExactlyOnceBooks.Row server, (string Command, object Input)[] commands)
    {
        foreach (var (command, input) in commands)
        {
            await ServerWork.Add(
                house.Db, Portal.Accounts.AccountId.From(server.AccountId!), Portal.Servers.ServerId.From(server.Id), command, input,
                Guid.NewGuid().ToString("n"), DateTimeOffset.UtcNow);
        }
    }

    private async Task OneAtATime(Func<Task> body)
    {
        await feeding.WaitAsync();
        try
        {
            await body();
        }
        finally
        {
            feeding.Release();
        }
    }

    // deleted by their owners while workers die; when the shield ends nothing is left and the stock is back
    private async Task CleanUp()
    {
        var shield = house.Shield;
        house.Shield = TimeSpan.FromSeconds(2);
        foreach (var worker in house.Workers)
        {
            await worker.Kill();
            await worker.Start();
        }

        foreach (var server in await ExactlyOnceBooks.Running(house.Db)) await Ask(server, [("server.delete", new { })]);
        await ExactlyOnceBooks.Settle(house);
        await ExactlyOnceBooks.Purged(house);
        await ExactlyOnceBooks.AddUp(house);
        house.Shield = shield;
    }

    private async Task Report()
    {
        var takenOver = await ExactlyOnceBooks.TakenOver(house.Db);
        await Console.Out.WriteLineAsync(
            $"{TestContext.Current.TestMethod?.MethodName}: {house.Kills} processes killed, {house.PaidOrders} of {house.Orders.Count} orders paid, "
            + $"{takenOver} payments and servers taken over in the middle.");
    }

    private static Task Moments(int looks) => Wait.Until(() => looks-- <= 0, "a moment to pass");
}
