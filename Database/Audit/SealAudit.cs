using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Database.Work;

namespace Database.Audit;

/// <summary>
/// <c>audit.seal</c>: chains the events of each account by hash, in batches, so that a later change, removal or insertion shows. The
/// writers of events never touch a common row; whatever order they commit in, a seal takes what is there and lists it. A second chain
/// runs through all seals of the house, so that no account's latest seals can be cut off unseen either.
/// </summary>
internal sealed class SealAudit(Db db, IEnumerable<PeriodicWork> periodic) : IWorkHandler
{
    internal const string Command = "audit.seal";

    /// <summary>The chain of events that concern no account.</summary>
    internal const string House = "house";
    internal const int Batch = 500;

    internal static string FirstHouseHash { get; } = Sha256("portal audit 1");

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        while (await SealNext(db, context.Now) == Batch) context.Cancelled.ThrowIfCancellationRequested();
        return periodic.Single(run => run.Command == Command).Next(context.Now);
    }

    /// <summary>Seals the oldest events that are not sealed; how many.</summary>
    internal static async Task<int> SealNext(Db db, DateTimeOffset now)
    {
        while (true)
        {
            var (pending, events, last) = await db.Snapshot(async tx =>
            {
                var waiting = await tx.Query<Pending>(Sql.Pending, new { First = 1, Last = Batch });
                return (waiting, await tx.Query<SealedEvent>(SealedEvent.Sql.ByIds, new { Ids = waiting.Select(one => one.EventId).ToList() }), await tx.One<AuditSeal>(AuditSeal.Sql.Last));
            });
            if (pending.Count == 0) return 0;
            // one that was removed between its writing and its sealing is sealed as missing: the check tells of it
            var known = events.ToDictionary(one => one.Id, StringComparer.Ordinal);
            var seals = new List<AuditSeal>();
            var (number, houseHash) = (last?.Number ?? 0, last?.HouseHash ?? FirstHouseHash);
            foreach (var chain in pending.GroupBy(one => one.Chain, StringComparer.Ordinal))
            {
                var before = await db.One<AuditSeal>(AuditSeal.Sql.LastOf, new { Chain = chain.Key });
                var previous = before?.Hash ?? Start(chain.Key);
                var ids = chain.Select(one => one.EventId).ToList();
                var hash = Chain(previous, ids.Select(id => known.GetValueOrDefault(id)));
                houseHash = Sha256(string.Create(CultureInfo.InvariantCulture, $"{houseHash}\n{++number}\n{chain.Key}\n{hash}"));
                seals.Add(new AuditSeal
                {
                    Number = number, Chain = chain.Key, Events = ids.Count, EventIds = string.Join(' ', ids),
                    PreviousHash = previous, Hash = hash, HouseHash = houseHash,
                });
            }

            if (await Keep(db, seals, pending, now)) return pending.Count;
        }
    }

    /// <summary>The hash after the events, each hashed together with the hash before it.</summary>
    internal static string Chain(string previous, IEnumerable<SealedEvent?> events) => events.Aggregate(previous, (hash, one) => Sha256(hash + Canonical(one)));

    internal static string Start(string chain) => Sha256($"portal audit 1\n{chain}");

    internal static string HouseHash(string previous, AuditSeal seal) =>
        Sha256(string.Create(CultureInfo.InvariantCulture, $"{previous}\n{seal.Number}\n{seal.Chain}\n{seal.Hash}"));

    // all or nothing; another sealer that was faster leaves nothing to insert
    private static async Task<bool> Keep(Db db, List<AuditSeal> seals, IReadOnlyList<Pending> pending, DateTimeOffset now)
    {
        try
        {
            return await db.Write(async tx =>
            {
                var first = seals[0].Number;
                if (await tx.One<long?>(AuditSeal.Sql.LastNumber) is { } latest && latest >= first) return false;
                foreach (var seal in seals)
                {
                    await tx.Execute(AuditSeal.Sql.Add, new
                    {
                        seal.Number, seal.Chain, seal.Events, seal.EventIds, seal.PreviousHash, seal.Hash, seal.HouseHash, Now = now,
                    });
                }

                await tx.Execute(Sql.Done, new { Ids = pending.Select(one => one.EventId).ToList() });
                return true;
            });
        }
        catch (DuplicateKeyException)
        {
            return false;
        }
    }

    // every value with its length in front, so that no two events read alike
    private static string Canonical(SealedEvent? one)
    {
        if (one is null) return "\nmissing";
        var text = new StringBuilder("\n");
        string?[] values =
        [
            one.Id, one.AccountId, one.PersonId, one.OnBehalfOf, one.ClientId, one.Action, one.Resource, one.KeySubject, one.PayloadHash,
            one.HappenedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
        ];
        foreach (var value in values) text.Append(CultureInfo.InvariantCulture, $"{value?.Length ?? -1}:{value}\n");
        return text.ToString();
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record Pending
    {
        public string EventId { get; init; } = "";

        public string Chain { get; init; } = "";
    }

    internal static class Sql
    {
        public const string Pending = """
            select EventId, Chain
            from (
                select EventId, Chain, row_number() over (order by EventId) as Position
                from AuditPending
            ) pending
            where Position between @First and @Last
            order by EventId
            """;

        public const string Done = "delete from AuditPending where EventId in (@Ids)";
    }
}

/// <summary>What of an event its chain covers.</summary>
internal sealed record SealedEvent
{
    public string Id { get; init; } = "";

    public string? AccountId { get; init; }

    public string? PersonId { get; init; }

    public string? OnBehalfOf { get; init; }

    public string? ClientId { get; init; }

    public string Action { get; init; } = "";

    public string? Resource { get; init; }

    public string KeySubject { get; init; } = "";

    public byte[]? Personal { get; init; }

    public string PayloadHash { get; init; } = "";

    public DateTimeOffset HappenedAt { get; init; }

    internal static class Sql
    {
        public const string ByIds = """
            -- all accounts: the chains of all accounts are sealed and checked together
            select Id, AccountId, PersonId, OnBehalfOf, ClientId, Action, Resource, KeySubject, Personal, PayloadHash, HappenedAt
            from AuditEvent
            where Id in (@Ids)
            """;
    }
}

/// <summary>A batch of one chain's events: which, in which order, and the hashes after them.</summary>
internal sealed record AuditSeal
{
    /// <summary>Counts the seals of the house.</summary>
    public long Number { get; init; }

    public string Chain { get; init; } = "";

    public int Events { get; init; }

    public string EventIds { get; init; } = "";

    public string PreviousHash { get; init; } = "";

    public string Hash { get; init; } = "";

    public string HouseHash { get; init; } = "";

    internal static class Sql
    {
        private const string Columns = "Number, Chain, Events, EventIds, PreviousHash, Hash, HouseHash";

        public const string Last = $"""
            select {Columns}
            from AuditSeal
            where Number = (select max(Number) from AuditSeal)
            """;

        public const string LastNumber = "select max(Number) from AuditSeal";

        public const string LastOf = $"""
            select {Columns}
            from AuditSeal
            where Number = (select max(Number) from AuditSeal where Chain = @Chain)
            """;

        public const string Page = $"""
            select {Columns}
            from AuditSeal
            where Number between @From and @To
            order by Number
            """;

        public const string Add = """
            insert into AuditSeal (Number, Chain, Events, EventIds, PreviousHash, Hash, HouseHash, SealedAt)
            values (@Number, @Chain, @Events, @EventIds, @PreviousHash, @Hash, @HouseHash, @Now)
            """;
    }
}
