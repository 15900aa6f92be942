using Database;
using Portal.Accounts;
using Portal.Servers;

namespace Portal.Backups;

/// <summary>A backup as its owner sees it.</summary>
internal sealed record ListedBackup
{
    /// <summary>Sorts above every id that was ever made.</summary>
    public const string AfterAll = "bkp_~";

    public string Id { get; init; } = "";

    public ServerId ServerId { get; init; }

    public string Kind { get; init; } = "";

    public string State { get; init; } = "";

    /// <summary>The archive's size and SHA-256 before encryption.</summary>
    public long? Bytes { get; init; }

    public string? Sha256 { get; init; }

    /// <summary>What a server made of it needs at least.</summary>
    public int DiskGib { get; init; }

    public DateTimeOffset TakenAt { get; init; }

    /// <summary>When the stored archive was read back to its end.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public bool IsReady => State == "ready";

    public string KindWord => Kind switch
    {
        "daily" => "Daily",
        "final" => "On deletion",
        _ => "On demand",
    };

    public string StateWord => State switch
    {
        "ready" => "Verified",
        "failed" => "Failed",
        "removing" => "Being removed",
        "stored" => "Being verified",
        _ => "Being taken",
    };

    public string Tone => State switch
    {
        "ready" => "good",
        "failed" => "bad",
        "removing" => "quiet",
        _ => "busy",
    };

    /// <summary>Whether the text can be a backup's id.</summary>
    public static bool IsId(string text) => text.Length == 30 && text.StartsWith("bkp_", StringComparison.Ordinal);

    /// <summary>What is kept of the server, newest first.</summary>
    public static Task<IReadOnlyList<ListedBackup>> Of(Db db, AccountId account, ServerId server, int most) =>
        db.Query<ListedBackup>(Sql.Of, new { AccountId = account, ServerId = server, First = 1, Last = most });

    /// <summary>What is kept of the server from before the given id on, newest first.</summary>
    public static Task<IReadOnlyList<ListedBackup>> Older(Db db, AccountId account, ServerId server, string before, int most) =>
        db.Query<ListedBackup>(Sql.Older, new { AccountId = account, ServerId = server, Before = before, First = 1, Last = most });

    /// <summary>One backup of the account that is still kept; null when there is none.</summary>
    public static Task<ListedBackup?> Find(Db db, AccountId account, string id) =>
        db.One<ListedBackup>(Sql.Find, new { AccountId = account, Id = id });

    internal static class Sql
    {
        public const string Columns = "Id, ServerId, Kind, State, Bytes, Sha256, DiskGib, TakenAt, VerifiedAt, ExpiresAt";

        public const string Of = $"""
            select {Columns}
            from (
                select {Columns}, row_number() over (order by TakenAt desc, Id desc) as Position
                from ServerBackup
                where AccountId = @AccountId
                    and ServerId = @ServerId
                    and State <> 'removed'
            ) newest
            where Position between @First and @Last
            order by Position
            """;

        public const string Older = $"""
            select {Columns}
            from (
                select {Columns}, row_number() over (order by Id desc) as Position
                from ServerBackup
                where AccountId = @AccountId
                    and ServerId = @ServerId
                    and Id < @Before
                    and State <> 'removed'
            ) older
            where Position between @First and @Last
            order by Position
            """;

        public const string Find = $"""
            select {Columns}
            from ServerBackup
            where AccountId = @AccountId
                and Id = @Id
                and State <> 'removed'
            """;
    }
}

/// <summary>A snapshot as its owner sees it.</summary>
internal sealed record ListedSnapshot
{
    public DateTimeOffset TakenAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public static Task<IReadOnlyList<ListedSnapshot>> Of(Db db, AccountId account, ServerId server) =>
        db.Query<ListedSnapshot>(Sql.Of, new { AccountId = account, ServerId = server });

    internal static class Sql
    {
        public const string Of = """
            select TakenAt, ExpiresAt
            from Snapshot
            where AccountId = @AccountId
                and ServerId = @ServerId
                and State = 'ready'
            order by TakenAt desc
            """;
    }
}

/// <summary>What the server was before a restore in place.</summary>
internal sealed record ListedReplaced
{
    public DateTimeOffset ReplacedAt { get; init; }

    public DateTimeOffset KeptUntil { get; init; }

    public static Task<IReadOnlyList<ListedReplaced>> Of(Db db, AccountId account, ServerId server) =>
        db.Query<ListedReplaced>(Sql.Of, new { AccountId = account, ServerId = server });

    internal static class Sql
    {
        public const string Of = """
            select ReplacedAt, KeptUntil
            from ReplacedInstance
            where AccountId = @AccountId
                and ServerId = @ServerId
                and EndedAt is null
            order by ReplacedAt desc
            """;
    }
}
