using System.Globalization;

namespace Database.Audit;

/// <summary>What the check of the audit trail found.</summary>
/// <param name="Events">How many events are sealed and unchanged.</param>
/// <param name="Waiting">How many are written and not sealed yet.</param>
/// <param name="Head">The latest seal, <c>number:hash</c>. Kept elsewhere, it shows later that nothing was cut off.</param>
/// <param name="Faults">In words; empty when nothing was tampered with.</param>
public sealed record AuditReport(long Events, long Waiting, string Head, IReadOnlyList<string> Faults);

/// <summary>Computes every chain again and compares it with the seals: shows a changed, removed, inserted or re-ordered event.</summary>
public static class VerifyAudit
{
    private const int MostFaults = 1000;
    private const int Page = 200;

    /// <summary>Checks all chains; <paramref name="head"/> is a <see cref="AuditReport.Head"/> noted earlier.</summary>
    public static async Task<AuditReport> Run(Db db, string? head = null)
    {
        var check = new Check(db, head);
        var seals = await db.One<long?>(AuditSeal.Sql.LastNumber) ?? 0;
        for (var from = 1L; from <= seals && check.Faults.Count < MostFaults; from += Page) await check.Seals(from, Math.Min(from + Page - 1, seals));
        await check.Rest(seals);
        return new AuditReport(check.Good, check.Waiting, check.Head, check.Faults);
    }

    /// <summary>The command <c>Portal verify-audit [NUMBER:HASH]</c>: prints the report; 0 when nothing was tampered with, else 1.</summary>
    public static async Task<int> Print(Db db, TextWriter output, string? head = null)
    {
        var report = await Run(db, head);
        foreach (var fault in report.Faults) await output.WriteLineAsync(fault);
        await output.WriteLineAsync(FormattableString.Invariant(
            $"{report.Events} sealed events are unchanged, {report.Waiting} wait for their seal, {report.Faults.Count} faults."));
        if (report.Head.Length > 0) await output.WriteLineAsync($"Latest seal: {report.Head} (keep it elsewhere and pass it to the next check)");
        return report.Faults.Count == 0 ? 0 : 1;
    }

    private sealed class Check(Db db, string? head)
    {
        private readonly Dictionary<string, string> hashes = new(StringComparer.Ordinal);
        private readonly HashSet<UInt128> seen = [];
        private long next = 1;
        private string houseHash = SealAudit.FirstHouseHash;
        private bool headSeen;

        public List<string> Faults { get; } = [];

        public long Good { get; private set; }

        public long Waiting { get; private set; }

        public string Head => next == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"{next - 1}:{houseHash}");

        public async Task Seals(long from, long to)
        {
            foreach (var seal in await db.Query<AuditSeal>(AuditSeal.Sql.Page, new { From = from, To = to })) await One(seal);
        }

        public async Task Rest(long seals)
        {
            if (head is not null && !headSeen) Faults.Add($"The seal {head} that was noted earlier is not there: seals were cut off or changed.");
            var left = await db.Snapshot(async tx => (
                Events: await tx.One<long>(Sql.Events), Waiting: await tx.Query<string>(Sql.Waiting), Seals: await tx.One<long?>(AuditSeal.Sql.LastNumber) ?? 0));
            Waiting = left.Waiting.Count;
            // sealed meanwhile: the next check counts them
            if (left.Seals != seals || left.Events == seen.Count + left.Waiting.Count) return;
            await Unsealed([.. left.Waiting]);
        }

        private async Task One(AuditSeal seal)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"Seal {seal.Number} of {seal.Chain}");
            var ids = seal.EventIds.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var events = (await db.Query<SealedEvent>(SealedEvent.Sql.ByIds, new { Ids = ids })).ToDictionary(one => one.Id, StringComparer.Ordinal);
            var before = Faults.Count;
            if (seal.Number != next) Faults.Add($"{name}: the seal before it is missing.");
            if (seal.PreviousHash != hashes.GetValueOrDefault(seal.Chain, SealAudit.Start(seal.Chain))) Faults.Add($"{name} does not follow the one before it.");
            if (seal.HouseHash != SealAudit.HouseHash(houseHash, seal)) Faults.Add($"{name} does not follow the seal of the house before it.");
            foreach (var id in ids)
            {
                if (!seen.Add(Key(id))) Faults.Add($"{name}: {id} was sealed before.");
                if (!events.TryGetValue(id, out var one)) Faults.Add($"{name}: {id} is missing.");
                else if ((one.AccountId ?? SealAudit.House) != seal.Chain) Faults.Add($"{name}: {id} was moved to another account.");
                else if (RecordEvent.HashOf(one.Personal) != one.PayloadHash) Faults.Add($"{name}: the particulars of {id} were changed.");
            }

            if (Faults.Count == before && SealAudit.Chain(seal.PreviousHash, ids.Select(id => events.GetValueOrDefault(id))) != seal.Hash)
                Faults.Add($"{name}: one of its {ids.Length} events from {ids[0]} to {ids[^1]} was changed after it was sealed.");
            if (Faults.Count == before) Good += ids.Length;
            (hashes[seal.Chain], houseHash, next) = (seal.Hash, seal.HouseHash, seal.Number + 1);
            headSeen |= head == Head;
        }

        // a million rows of ids: only when the sums tell that something is wrong
        private async Task Unsealed(HashSet<string> waiting)
        {
            var after = "";
            while (Faults.Count < MostFaults)
            {
                var page = await db.Query<string>(Sql.Ids, new { After = after, First = 1, Last = 5000 });
                if (page.Count == 0) break;
                foreach (var id in page.Where(id => !waiting.Remove(id) && !seen.Contains(Key(id)))) Faults.Add($"{id} was inserted behind the portal's back: no seal knows it.");
                after = page[^1];
            }

            foreach (var id in waiting.Take(MostFaults)) Faults.Add($"{id} was removed before it was sealed.");
        }

        private static UInt128 Key(string id)
        {
            var key = UInt128.Zero;
            foreach (var letter in id.AsSpan(id.IndexOf('_', StringComparison.Ordinal) + 1))
                key = (key << 5) | (uint)((letter <= '9' ? letter - '0' : letter - 'a' + 10) & 31);
            return key;
        }
    }

    internal static class Sql
    {
        public const string Events = """
            -- all accounts: the check counts everybody's events
            select count(*) from AuditEvent
            """;

        public const string Waiting = "select EventId from AuditPending";

        public const string Ids = """
            -- all accounts: the check looks for events that no seal knows
            select Id
            from (
                select Id, row_number() over (order by Id) as Position
                from AuditEvent
                where Id > @After
            ) page
            where Position between @First and @Last
            order by Id
            """;
    }
}
