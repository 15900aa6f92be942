using System.Diagnostics;
using System.Text.Json;
using Billing.Invoices;
using Billing.Ledger;
using Billing.Orders;
using Billing.Subscriptions;
using Billing.Tax;
using Dapper;
using Database;

namespace Benchmarks;

/// <summary>
/// One of the two processes of <see cref="InvoicesIssued"/>: its writers either issue the invoices of every second order, or insert the
/// rows that issuing them has written elsewhere. Says when it is ready, waits for a line, says what it has measured.
/// </summary>
internal static class InvoiceWriters
{
    public const string Verb = "write-invoices";
    public const string Issue = "issue";
    public const string Insert = "insert";
    public const string Ready = "ready";
    public const int Writers = 8;

    /// <summary>What each writer writes before it is measured.</summary>
    public const int WarmUps = 5;

    private static readonly Supplier Supplier = new()
    {
        LegalName = "Kaveri Cloud Private Limited",
        Gstin = "29ZZZCS0001Z1Z3",
        Address1 = "12 Residency Road",
        City = "Bengaluru",
        Pin = "560025",
        Signatory = "Ravi Shenoy",
    };

    public static async Task<int> Run(string means, string file, string source, int half)
    {
        using var engine = new SqliteEngine(file);
        var db = new Db(engine);
        var all = means == Issue ? await Issues(db) : await Inserts(source);
        var mine = all.Where((_, i) => i % 2 == half).ToList();
        var shares = Enumerable.Range(0, Writers).Select(writer => mine.Where((_, i) => i % Writers == writer).ToList()).ToList();

        var failures = 0;
        var waits = new List<double>[Writers];
        await Task.WhenAll(shares.Select(share => Task.Run(() => Each(share.Take(WarmUps)))));
        Console.WriteLine(Ready);
        Console.ReadLine();
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(shares.Select((share, writer) => Task.Run(async () => waits[writer] = await Each(share.Skip(WarmUps)))));
        Console.WriteLine(JsonSerializer.Serialize(new Written(started, Stopwatch.GetTimestamp(), [.. waits.SelectMany(one => one)], failures)));
        return 0;

        async Task<List<double>> Each(IEnumerable<Func<Tx, Task>> writes)
        {
            var took = new List<double>();
            foreach (var write in writes)
            {
                var since = Stopwatch.GetTimestamp();
                try
                {
                    await db.Write(write);
                }
                catch (Exception trouble)
                {
                    Interlocked.Increment(ref failures);
                    await Console.Error.WriteLineAsync($"{trouble.GetType().Name}: {trouble.Message}");
                }

                took.Add(Numbers.MillisecondsSince(since));
            }

            return took;
        }
    }

    private static async Task<IReadOnlyList<Func<Tx, Task>>> Issues(Db db)
    {
        var issue = new IssueInvoice(Supplier);
        var writes = new List<Func<Tx, Task>>();
        foreach (var id in await db.Query<SalesOrderId>(Sql.Orders))
        {
            var order = (await db.Snapshot(tx => SalesOrder.OfAnyAccount(tx, id)))!;
            var lines = await SalesOrder.Lines(db, order.AccountId, id);
            writes.Add(tx =>
            {
                var now = DateTimeOffset.UtcNow;
                return issue.Run(tx, order, lines, [.. lines.Select(_ => (now, Period.After(now, 1)))], now);
            });
        }

        return writes;
    }

    private static async Task<IReadOnlyList<Func<Tx, Task>>> Inserts(string source)
    {
        using var engine = new SqliteEngine(source);
        var db = new Db(engine);
        var documents = await Rows(db, Sql.Documents);
        var lines = (await Rows(db, Sql.Lines)).ToLookup(row => row["DocumentId"]);
        var entries = (await Rows(db, Sql.Entries)).ToDictionary(row => row["Occasion"]!);
        var postings = (await Rows(db, Sql.Postings)).ToLookup(row => row["EntryId"]);
        var works = (await Rows(db, Sql.Works)).ToLookup(row => row["Resource"]);
        return [.. documents.Select(document =>
        {
            var entry = entries[document["Occasion"]!];
            (string Text, DynamicParameters Row)[] rows =
            [
                (IssueDocument.Sql.Insert, Row(document)),
                .. lines[document["Id"]].Select(line => (IssueDocument.Sql.InsertLine, Row(line))),
                (Journal.Sql.InsertEntry, Row(entry)),
                .. postings[entry["Id"]].Select(posting => (Journal.Sql.InsertPosting, Row(posting))),
                .. works[document["Id"]].Select(work => (Sql.InsertWork, Row(work))),
            ];
            return (Func<Tx, Task>)(async tx =>
            {
                foreach (var (text, row) in rows) await tx.Execute(text, row);
            });
        })];
    }

    private static async Task<List<IDictionary<string, object?>>> Rows(Db db, string text) =>
        [.. (await db.Query<dynamic>(text)).Select(row => (IDictionary<string, object?>)row)];

    private static DynamicParameters Row(IDictionary<string, object?> row)
    {
        var parameters = new DynamicParameters();
        foreach (var (column, value) in row) parameters.Add(column, value);
        return parameters;
    }

    /// <summary>What a process has measured: timestamps of the machine's monotonic clock, and each write's milliseconds.</summary>
    internal sealed record Written(long Started, long Ended, IReadOnlyList<double> Waits, int Failures);

    internal static class Sql
    {
        public const string Orders = """
            -- all accounts: a benchmark's own database
            select Id
            from SalesOrder
            order by Id
            """;

        public const string Documents = $"""
            -- all accounts: a benchmark's own database
            select {InvoiceDocument.Sql.Columns}
            from TaxDocument
            order by SeriesNumber
            """;

        public const string Lines = $"""
            -- all accounts: a benchmark's own database
            select {InvoiceDocument.Sql.LineColumns}
            from TaxDocumentLine
            """;

        public const string Entries = "select Id, Occasion, Description, PostedAt as Now from JournalEntry";

        public const string Postings = """
            -- all accounts: a benchmark's own database
            select EntryId, Line, LedgerAccount, AccountId, AmountPaise, Currency
            from Posting
            """;

        public const string Works = """
            -- all accounts: a benchmark's own database
            select Id, Command, Resource, AccountId, DedupKey, NextTryAt, CreatedAt
            from WorkItem
            where Command in ('invoice.print', 'invoice.mail')
            """;

        public const string InsertWork = """
            insert into WorkItem (Id, Command, Resource, AccountId, DedupKey, State, Progress, Attempts, NextTryAt, Fence, CreatedAt)
            values (@Id, @Command, @Resource, @AccountId, @DedupKey, 'ready', 0, 0, @NextTryAt, 0, @CreatedAt)
            """;
    }
}
