using Database;

namespace Portal.Api;

/// <summary>What was answered to a create, so that the same request sent again gets the same answer and creates nothing.</summary>
internal sealed record IdempotencyRecord
{
    public string Fingerprint { get; init; } = "";

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public int? Status { get; init; }

    public string? ContentType { get; init; }

    public string? Location { get; init; }

    public string? Body { get; init; }

    /// <summary>Takes the key for this request; false when an earlier one holds it.</summary>
    /// <param name="abandoned">A request that began before it and never ended was cut off: its key may be taken over.</param>
    public static async Task<bool> Begin(
        Db db, string accountId, string key, string fingerprint, DateTimeOffset now, DateTimeOffset abandoned) => await db.Write(async tx =>
    {
        var row = new { AccountId = accountId, RequestKey = key, Fingerprint = fingerprint, Now = now, Abandoned = abandoned };
        return await tx.Execute(Sql.Insert, row) == 1 || await tx.Execute(Sql.TakeOver, row) == 1;
    });

    public static Task<IdempotencyRecord?> Find(Db db, string accountId, string key) =>
        db.One<IdempotencyRecord>(Sql.Find, new { AccountId = accountId, RequestKey = key });

    /// <summary>Keeps the answer.</summary>
    public static Task End(Db db, string accountId, string key, IdempotencyRecord answer) => db.Write(tx => tx.Execute(Sql.End, new
    {
        AccountId = accountId,
        RequestKey = key,
        answer.StartedAt,
        answer.EndedAt,
        answer.Status,
        answer.ContentType,
        answer.Location,
        answer.Body,
    }));

    /// <summary>Frees the key: nothing was done under it.</summary>
    public static Task Free(Db db, string accountId, string key, DateTimeOffset startedAt) =>
        db.Write(tx => tx.Execute(Sql.Free, new { AccountId = accountId, RequestKey = key, StartedAt = startedAt }));

    /// <summary>Forgets what is older than anybody repeats a request.</summary>
    public static Task<int> Forget(Tx tx, DateTimeOffset before) => tx.Execute(Sql.Forget, new { Before = before });

    internal static class Sql
    {
        public const string Insert = """
            insert into IdempotencyRecord (AccountId, RequestKey, Fingerprint, StartedAt)
            select @AccountId, @RequestKey, @Fingerprint, @Now
            where not exists (select 1 from IdempotencyRecord where AccountId = @AccountId and RequestKey = @RequestKey)
            """;

        public const string TakeOver = """
            update IdempotencyRecord
            set StartedAt = @Now
            where AccountId = @AccountId
                and RequestKey = @RequestKey
                and Fingerprint = @Fingerprint
                and EndedAt is null
                and StartedAt < @Abandoned
            """;

        public const string Find = """
            select Fingerprint, StartedAt, EndedAt, Status, ContentType, Location, Body
            from IdempotencyRecord
            where AccountId = @AccountId and RequestKey = @RequestKey
            """;

        public const string End = """
            update IdempotencyRecord
            set EndedAt = @EndedAt, Status = @Status, ContentType = @ContentType, Location = @Location, Body = @Body
            where AccountId = @AccountId
                and RequestKey = @RequestKey
                and StartedAt = @StartedAt
                and EndedAt is null
            """;

        public const string Free = """
            delete from IdempotencyRecord
            where AccountId = @AccountId
                and RequestKey = @RequestKey
                and StartedAt = @StartedAt
                and EndedAt is null
            """;

        public const string Forget = """
            -- all accounts: old answers are forgotten together
            delete from IdempotencyRecord
            where StartedAt < @Before
            """;
    }
}
