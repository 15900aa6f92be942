using System.Globalization;
using Billing.Ledger;
using Billing.Prices;
using Database;
using Testing;
using Xunit;

namespace Journeys;

/// <summary>What must hold in the end, whoever was killed: between the gateway's books, ours, and what LXD really runs.</summary>
internal static class ExactlyOnceBooks
{
    private static readonly TimeSpan Patience = 2 * Wait.Patience;

    /// <summary>How many orders have got their server, or their settled failure, so far.</summary>
    public static Task<int> Served(Db db) => db.One<int>(Sql.Served);

    /// <summary>Grows with each step that a worker begins or ends.</summary>
    public static Task<int> Steps(Db db) => db.One<int>(Sql.Steps);

    /// <summary>Grows with each event stored and each payment settled.</summary>
    public static Task<int> Told(Db db) => db.One<int>(Sql.Told);

    /// <summary>The servers that run, with their owners.</summary>
    public static Task<IReadOnlyList<Row>> Running(Db db) => db.Query<Row>(Sql.Running);

    /// <summary>How many payments and servers were taken over in the middle, from a process that had died.</summary>
    public static Task<int> TakenOver(Db db) => db.One<int>(Sql.TakenOver);

    /// <summary>Whether the command has been asked for.</summary>
    public static async Task<bool> Asked(Db db, string command) => await db.One<int>(Sql.Asked, new { Command = command }) > 0;

    /// <summary>Whether a server waits for what the command does to it.</summary>
    public static async Task<bool> Busy(Db db, string command) => await db.One<int>(Sql.Busy, new { Command = command }) > 0;

    /// <summary>Waits until every server is gone for good and Billing has heard of it.</summary>
    public static async Task Purged(ExactlyOnceHouse house)
    {
        await Wait.Until(async () => await house.Db.One<int>(Sql.Left) == 0, "the end of the last server", Patience);
        await Settle(house);
    }

    /// <summary>Waits until everything captured is settled and no work that concerns an order is left.</summary>
    public static async Task Settle(ExactlyOnceHouse house)
    {
        var what = new string[1];
        async Task<bool> Settled()
        {
            var open = await house.Db.Query<Work>(Sql.Open);
            var captured = (await house.Payments()).Count(payment => payment.Captured);
            var settled = await house.Db.One<int>(Sql.SettledPayments);
            what[0] = $"{settled} of {captured} payments settled; open: {string.Join(", ", open)}";
            return open.Count == 0 && captured == settled;
        }

        try
        {
            await Wait.Until(Settled, "the end of all work", Patience);
        }
        catch (TimeoutException late)
        {
            var said = house.Portals.Concat(house.Workers).Select(seat => seat.Output);
            throw new TimeoutException($"{late.Message} {what[0]}\n{string.Join("\n----\n", said)}", late);
        }
    }

    /// <summary>Everything adds up: payments, documents, numbers, postings, stock, servers, instances.</summary>
    public static async Task AddUp(ExactlyOnceHouse house)
    {
        await PaymentsAreSettledOnce(house);
        await PaidOrdersHaveOneServerOrOneFailure(house);
        await NumbersHaveNoGap(house.Db);
        await MoneyBalances(house);
    }

    private static async Task PaymentsAreSettledOnce(ExactlyOnceHouse house)
    {
        var captured = (await house.Payments()).Where(payment => payment.Captured).ToList();
        var settled = await house.Db.Query<Row>(Sql.Settlements);
        Assert.Equal(
            captured.Select(payment => $"{payment.Id} {payment.AmountPaise}").Order(StringComparer.Ordinal),
            settled.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Id} {row.Paise}")).Order(StringComparer.Ordinal));
        var documents = await house.Db.Query<Row>(Sql.Documents);
        foreach (var order in house.Orders)
        {
            var payments = captured.Count(payment => payment.GatewayOrderId == order.GatewayOrderId);
            var of = settled.Where(row => row.OrderId == order.Id.Value).ToList();
            Assert.Equal(payments, of.Count);
            Assert.Equal(payments > 0 ? 1 : 0, of.Count(row => row.Kind == "invoice"));
            Assert.Equal(Math.Max(payments - 1, 0), of.Count(row => row.Kind == "wallet"));
            var papers = documents.Where(row => row.OrderId == order.Id.Value).ToList();
            Assert.Equal(of.Count(row => row.Kind == "invoice"), papers.Count(row => row.Kind == "invoice"));
            Assert.Equal(of.Count(row => row.Kind == "wallet"), papers.Count(row => row.Kind == "receipt_voucher"));
            // what was settled names the paper that was written for it
            Assert.All(of, row => Assert.Single(papers, paper => paper.Id == row.DocumentId));
        }

        Assert.Equal(documents.Count, await house.Db.One<int>(Sql.Prints));
    }

    private static async Task PaidOrdersHaveOneServerOrOneFailure(ExactlyOnceHouse house)
    {
        var instances = (await house.Hypervisor.All(TestContext.Current.CancellationToken)).ToList();
        var servers = (await house.Db.Query<Row>(Sql.Servers)).ToDictionary(row => row.Id, StringComparer.Ordinal);
        var states = (await house.Db.Query<Row>(Sql.Orders)).ToDictionary(row => row.Id, row => row.Kind, StringComparer.Ordinal);
        var notes = (await house.Db.Query<Row>(Sql.Documents)).Where(row => row.Kind == "credit_note").ToList();
        var asked = (await house.Db.Query<Row>(Sql.Creations)).ToLookup(row => row.Id, StringComparer.Ordinal);
        foreach (var order in house.Orders)
        {
            var server = order.Server.Value;
            var name = ExactlyOnceHouse.NameOf(server);
            var real = instances.Where(one => one.Job == server || one.Name == name).ToList();
            var credited = notes.Count(note => note.OrderId == order.Id.Value);
            var state = states[order.Id.Value];
            if (!house.IsPaid(order))
            {
                Assert.True(state == "awaiting_payment" && !servers.ContainsKey(server), $"{server} was never paid and is {state}.");
                Assert.Empty(asked[server]);
                Assert.Empty(real);
                continue;
            }

            Assert.Single(asked[server]);
            var row = servers[server];
            switch (row.Kind)
            {
                case "running":
                    Assert.Equal("paid", state);
                    Assert.Equal(0, credited);
                    var one = Assert.Single(real);
                    Assert.True(one.Running && one.Job == server && one.Name == name, $"{server}: {one.Name} of {one.Job} is {one.Status}.");
                    Assert.Equal(row.Address, one.FixedAddress);
                    break;
                case "failed":
                    Assert.Equal("undeliverable", state);
                    Assert.Equal(1, credited);
                    Assert.Empty(real);
                    break;
                case "gone":
                    Assert.Equal("paid", state);
                    Assert.Empty(real);
                    break;
                default:
                    var work = await house.Db.Query<Work>(Sql.WorkOf, new { Resource = server });
                    Assert.Fail($"{server} is {row.Kind} in the end. Its work:\n{string.Join('\n', work)}");
                    break;
            }
        }

        Assert.Equal(servers.Count, house.PaidOrders);
        var living = servers.Values.Count(row => row.Kind is not ("failed" or "gone"));
        var stock = (await Stock.All(house.Db)).Single(row => row.ItemCode == $"server.{ExactlyOnceHouse.Plan}" && row.Region == ExactlyOnceHouse.Region);
        Assert.Equal(ExactlyOnceHouse.Available - living, stock.Available);
        Assert.Equal(living, await house.Db.One<int>(Sql.ActiveSubscriptions));
    }

    private static async Task NumbersHaveNoGap(Db db)
    {
        var series = await db.Query<Row>(Sql.Series);
        var documents = (await db.Query<Row>(Sql.Documents)).ToLookup(row => (row.Gstin, row.Kind, row.Year));
        foreach (var one in series)
        {
            var numbers = documents[(one.Gstin, one.Kind, one.Year)].Select(row => row.Number).Order().ToList();
            Assert.Equal(Enumerable.Range(1, numbers.Count).Select(number => (long)number), numbers);
            Assert.Equal(one.Number, numbers.Count + 1);
        }

        Assert.Equal(documents.Sum(group => group.Count()), series.Sum(one => one.Number - 1));
    }

    private static async Task MoneyBalances(ExactlyOnceHouse house)
    {
        var db = house.Db;
        Assert.Equal(0, await TrialBalance.Total(db));
        Assert.Equal(0, await TrialBalance.Unbalanced(db));
        var balance = (await TrialBalance.Lines(db)).ToDictionary(line => line.LedgerAccount, line => line.BalancePaise, StringComparer.Ordinal);
        var captured = (await house.Payments()).Where(payment => payment.Captured).Sum(payment => payment.AmountPaise);
        var credited = (await db.Query<Row>(Sql.Documents)).Where(row => row.Kind is "credit_note" or "receipt_voucher").Sum(row => row.Paise);
        Assert.Equal(captured, balance[LedgerAccount.GatewayReceivable] + balance[LedgerAccount.GatewayFees]);
        Assert.Equal(0, balance[LedgerAccount.CustomerReceivable]);
        Assert.Equal(-credited, balance.GetValueOrDefault(LedgerAccount.CustomerWallet));
    }

    /// <summary>A row of whatever is compared.</summary>
    internal sealed record Row
    {
        public string Id { get; init; } = "";

        public string? AccountId { get; init; }

        public string? OrderId { get; init; }

        public string Kind { get; init; } = "";

        public string? DocumentId { get; init; }

        public string? Address { get; init; }

        public string? Gstin { get; init; }

        public string? Year { get; init; }

        public long Number { get; init; }

        public long Paise { get; init; }
    }

    private sealed record Work
    {
        public string Id { get; init; } = "";

        public string Command { get; init; } = "";

        public string Resource { get; init; } = "";

        public string State { get; init; } = "";

        public string? ErrorText { get; init; }
    }

    internal static class Sql
    {
        public const string Served = """
            -- all accounts: the test sees everything
            select count(*)
            from Server
            where State <> 'creating'
            """;

        public const string Steps = "select coalesce(sum(Tries), 0) + count(EndedAt) from PlanStep";

        public const string Told = """
            -- all accounts: the test sees everything
            select (select count(*) from WebhookInbox) + (select count(*) from GatewayPayment)
            """;

        public const string Running = """
            -- all accounts: the test sees everything
            select Id, AccountId, State as Kind
            from Server
            where State = 'running'
            order by Id
            """;

        public const string Asked = """
            -- all accounts: the test sees everything
            select count(*)
            from WorkItem
            where Command = @Command
            """;

        public const string TakenOver = """
            -- all accounts: the test sees everything
            select coalesce(sum(Fence - 1 - Attempts), 0)
            from WorkItem
            where Command in ('payment.event', 'server.create', 'order.undeliverable')
                and Fence > 1
            """;

        public const string Busy = """
            -- all accounts: the test sees everything
            select count(*)
            from WorkItem
            where Command in (@Command, 'server.undelete')
                and EndedAt is null
            """;

        public const string Left = """
            -- all accounts: the test sees everything
            select (select count(*) from Server where State not in ('gone', 'failed'))
                + (select count(*) from Subscription where StockHeld = 1)
            """;

        public const string Open = """
            -- all accounts: the test sees everything
            select Id, Command, Resource, State, ErrorText
            from WorkItem
            where EndedAt is null
                and Command in ('payment.prepare', 'payment.event', 'payment.settle', 'refund.send', 'order.undeliverable', 'server.create',
                    'server.power', 'server.delete', 'server.undelete', 'server.ended', 'server.resumed', 'backup.take')
            """;

        public const string WorkOf = """
            -- all accounts: the test sees everything
            select Id, Command, Resource, State, concat(Attempts, ' tries, fence ', Fence, ', ended ', EndedAt, ': ', ErrorText) as ErrorText
            from WorkItem
            where Resource = @Resource
            order by Id
            """;

        public const string SettledPayments = """
            -- all accounts: the test sees everything
            select count(*)
            from GatewayPayment
            """;

        public const string Settlements = """
            -- all accounts: the test sees everything
            select Id, OrderId, Settlement as Kind, DocumentId, AmountPaise as Paise
            from GatewayPayment
            """;

        public const string Documents = """
            -- all accounts: the test sees everything
            select Id, OrderId, DocumentType as Kind, SupplierGstin as Gstin, FinancialYear as Year, SeriesNumber as Number, TotalPaise as Paise
            from TaxDocument
            """;

        public const string Prints = """
            -- all accounts: the test sees everything
            select count(*)
            from WorkItem
            where Command = 'invoice.print'
            """;

        public const string Series = "select Gstin, DocumentType as Kind, FinancialYear as Year, NextNumber as Number from NumberSeries";

        public const string Servers = """
            -- all accounts: the test sees everything
            select Id, State as Kind, Address
            from Server
            """;

        public const string Orders = """
            -- all accounts: the test sees everything
            select Id, State as Kind
            from SalesOrder
            """;

        public const string Creations = """
            -- all accounts: the test sees everything
            select Resource as Id
            from WorkItem
            where Command = 'server.create'
            """;

        public const string ActiveSubscriptions = """
            -- all accounts: the test sees everything
            select count(*)
            from Subscription
            where State = 'active'
            """;
    }
}
