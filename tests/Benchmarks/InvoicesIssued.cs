using System.Diagnostics;
using System.Text.Json;
using Billing.Ledger;
using Billing.Orders;
using Database;
using Testing;

namespace Benchmarks;

/// <summary>
/// Invoices issued by sixteen writers in two processes on one database, against the same rows inserted by as many writers in as many
/// processes with the same engine, and nothing else: no number, no look at anything. Every round has a fresh copy of the database.
/// </summary>
public sealed class InvoicesIssued : Benchmark
{
    private const int Rounds = 5;
    private const int InvoicesOfWriter = 25;
    private const int Processes = 2;

    public override async Task<IReadOnlyList<Figure>> Measure()
    {
        await using var premises = await Premises.Open();
        var writers = Processes * InvoiceWriters.Writers;
        var invoices = writers * (InvoicesOfWriter + InvoiceWriters.WarmUps);
        await PlaceOrders(premises, invoices);

        var (issued, inserted) = (new List<Outcome>(), new List<Outcome>());
        var wrong = 0;
        for (var round = 1; round <= Rounds; round++)
        {
            var (books, bare) = (premises.CopyDatabase($"issued-{round}.db"), premises.CopyDatabase($"inserted-{round}.db"));
            issued.Add(await Write(InvoiceWriters.Issue, books, ""));
            inserted.Add(await Write(InvoiceWriters.Insert, bare, books));
            wrong += await Wrong(books, invoices);
            Console.WriteLine($"  round {round}: issued {Numbers.PerSecond(issued[^1].PerSecond)}, inserted {Numbers.PerSecond(inserted[^1].PerSecond)}");
        }

        var ratio = Numbers.Median(issued.Zip(inserted, (ours, theirs) => ours.PerSecond / theirs.PerSecond));
        var failures = issued.Sum(one => one.Failures) + inserted.Sum(one => one.Failures);
        var waits = issued.SelectMany(one => one.Waits).ToList();
        return
        [
            new($"invoices by {writers} writers: throughput / raw inserts, median of {Rounds} rounds", Numbers.Ratio(ratio), ">= 0.40", ratio >= 0.4),
            new("invoices: failed", $"{failures}", "0", failures == 0),
            new("invoices: numbers missing or twice, entries out of balance", $"{wrong}", "0", wrong == 0),
            new("  issued, median round", Numbers.PerSecond(Numbers.Median(issued.Select(one => one.PerSecond))), "", true),
            new("  inserted, median round", Numbers.PerSecond(Numbers.Median(inserted.Select(one => one.PerSecond))), "", true),
            new("  issued, p99", Numbers.Milliseconds(Numbers.At(waits, 0.99)), "", true),
            new("  issued, worst wait", Numbers.Milliseconds(waits.Max()), "", true),
            new("  inserted, p99", Numbers.Milliseconds(Numbers.At(inserted.SelectMany(one => one.Waits), 0.99)), "", true),
        ];
    }

    private static async Task PlaceOrders(Premises premises, int count)
    {
        var placeOrder = premises.Get<PlaceSalesOrder>();
        var account = premises.Customer.AccountId.Value;
        foreach (var some in Enumerable.Range(0, count).Chunk(50))
        {
            await premises.Db.Write(async tx =>
            {
                foreach (var number in some)
                {
                    var line = new WantedLine("server.s2", "blr", $"Virtual server S2, Bengaluru: web-{number}") { WorkResource = $"bench-{number}" };
                    var placed = await placeOrder.Run(tx, new OrderRequest(account, null, [line]), DateTimeOffset.UtcNow);
                    if (placed is not OrderOutcome.Placed) throw new InvalidOperationException($"An order ended as {placed}.");
                }
            });
        }
    }

    /// <summary>Both processes get ready, then both begin.</summary>
    private static async Task<Outcome> Write(string means, string file, string source)
    {
        var processes = new List<Process>();
        try
        {
            for (var half = 0; half < Processes; half++) processes.Add(Start(means, file, source, half));
            foreach (var process in processes)
            {
                if (await process.StandardOutput.ReadLineAsync() != InvoiceWriters.Ready)
                    throw new InvalidOperationException("A process of writers did not get ready.");
            }

            foreach (var process in processes) await process.StandardInput.WriteLineAsync("go");
            var written = new List<InvoiceWriters.Written>();
            foreach (var process in processes)
            {
                var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A process of writers ended early.");
                written.Add(JsonSerializer.Deserialize<InvoiceWriters.Written>(line)!);
            }

            var waits = written.SelectMany(one => one.Waits).ToList();
            var took = Stopwatch.GetElapsedTime(written.Min(one => one.Started), written.Max(one => one.Ended));
            return new Outcome(waits.Count / took.TotalSeconds, waits, written.Sum(one => one.Failures));
        }
        finally
        {
            foreach (var process in processes)
            {
                process.StandardInput.Close();
                await process.WaitForExitAsync();
                process.Dispose();
            }
        }
    }

    private static Process Start(string means, string file, string source, int half)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])[HostProcess.PathOf("Benchmarks"), InvoiceWriters.Verb, means, file, source, $"{half}"])
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
    }

    /// <summary>How many numbers are missing or given twice, and how many entries do not balance.</summary>
    private static async Task<int> Wrong(string file, int invoices)
    {
        using var engine = new SqliteEngine(file);
        var db = new Db(engine);
        var numbers = await db.Query<long>(Sql.Numbers);
        var expected = Enumerable.Range(1, invoices).Select(number => (long)number).ToHashSet();
        var wrong = numbers.Count - numbers.Distinct().Count() + expected.Count(number => !numbers.Contains(number));
        return wrong + await TrialBalance.Unbalanced(db) + (await TrialBalance.Total(db) == 0 ? 0 : 1);
    }

    private sealed record Outcome(double PerSecond, IReadOnlyList<double> Waits, int Failures);

    internal static class Sql
    {
        public const string Numbers = """
            -- all accounts: a series is the supplier's
            select SeriesNumber
            from TaxDocument
            where DocumentType = 'invoice'
            order by SeriesNumber
            """;
    }
}
