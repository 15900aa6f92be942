using Database;
using Database.Audit;
using Database.Work;
using Portal.Accounts;

namespace Portal.Servers;

/// <summary>A piece of work on a server, as its owner sees it.</summary>
internal sealed record ServerWorkItem
{
    public WorkItemId Id { get; init; }

    /// <summary>The server's id.</summary>
    public string Resource { get; init; } = "";

    public string Command { get; init; } = "";

    public string State { get; init; } = "";

    public string? Input { get; init; }

    public string? Step { get; init; }

    public int Progress { get; init; }

    public string? Message { get; init; }

    public int Attempts { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorText { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public bool IsPending => EndedAt is null;

    /// <summary>It makes the server, of an image or of a backup.</summary>
    public bool IsCreation => Command is "server.create" or "backup.restore_new";

    public bool HasFailed => State == "failed";

    /// <summary>A failed try that will be repeated.</summary>
    public bool IsRetrying => IsPending && Attempts > 0;

    private bool Wants(string action) => Input?.Contains($"\"{action}\"", StringComparison.Ordinal) == true;

    /// <summary>What it does, for a sentence: <c>Restart</c>.</summary>
    public string Title => Command switch
    {
        "server.create" => "Create the server",
        "server.power" when Wants("start") => "Start",
        "server.power" when Wants("stop") => "Stop",
        "server.power" => "Restart",
        "server.rename" => "Rename",
        "server.delete" => "Delete",
        "server.undelete" => "Bring back",
        "server.purge" => "Remove for good",
        "backup.take" => "Take a backup",
        "backup.snapshot" => "Take a snapshot",
        "backup.restore_new" => "Create the server from a backup",
        "backup.abandon_restore" => "Clear up after a restore",
        "backup.restore_in_place" => "Restore a backup",
        _ => Command,
    };
}

/// <summary>What is being done to a server, and adding to it.</summary>
internal static class ServerWork
{
    /// <summary>The newest work on the server, newest first.</summary>
    public static Task<IReadOnlyList<ServerWorkItem>> Newest(Db db, AccountId account, ServerId server, int most = 8) =>
        db.Query<ServerWorkItem>(Sql.Newest, new { AccountId = account, Resource = server, First = 1, Last = most });

    /// <summary>One piece of work on a server of the account; null when there is none.</summary>
    public static Task<ServerWorkItem?> Find(Db db, AccountId account, WorkItemId id) =>
        db.One<ServerWorkItem>(Sql.Find, new { AccountId = account, Id = id });

    /// <summary>Work on the server that was asked for before <paramref name="before"/>, newest first.</summary>
    public static Task<IReadOnlyList<ServerWorkItem>> Older(Db db, AccountId account, ServerId server, WorkItemId before, int most) =>
        db.Query<ServerWorkItem>(Sql.Older, new { AccountId = account, Resource = server, Before = before, First = 1, Last = most });

    /// <summary>
    /// Adds work on a server of the account. The same token adds it once; work of the same command that has not ended is not added again.
    /// </summary>
    /// <returns>The work's id, also when the same token added it before; null when other work of the command is under way.</returns>
    public static async Task<WorkItemId?> Add(
        Db db, AccountId account, ServerId server, string command, object input, string token, DateTimeOffset now) =>
        await db.Write<WorkItemId?>(async tx =>
        {
            var key = $"{command}:{server}:{token}";
            if (await tx.One<string>(Sql.Earlier, new { AccountId = account, DedupKey = key }) is { } earlier) return WorkItemId.From(earlier);
            if (await tx.One<int>(Sql.Pending, new { AccountId = account, Resource = server, Command = command }) > 0) return null;
            await tx.Record(new AuditEvent(command) { AccountId = account.Value, Resource = server.Value, After = input }, now);
            return await WorkQueue.Add(tx, new NewWork(command, server.Value) { AccountId = account.Value, Input = input, DedupKey = key }, now);
        });

    internal static class Sql
    {
        private const string Columns = """
            Id, Resource, Command, State, Input, Step, Progress, Message, Attempts, ErrorCode, ErrorText, CreatedAt, StartedAt, EndedAt
            """;

        private const string ForCustomers = """
            (Command like 'server.%' or Command like 'backup.%')
                    and Command not in ('server.ended', 'server.resumed')
            """;

        public const string Newest = $"""
            select {Columns}
            from (
                select {Columns}, row_number() over (order by CreatedAt desc, Id desc) as Position
                from WorkItem
                where AccountId = @AccountId
                    and Resource = @Resource
                    and {ForCustomers}
            ) newest
            where Position between @First and @Last
            order by Position
            """;

        public const string Older = $"""
            select {Columns}
            from (
                select {Columns}, row_number() over (order by Id desc) as Position
                from WorkItem
                where AccountId = @AccountId
                    and Resource = @Resource
                    and Id < @Before
                    and {ForCustomers}
            ) older
            where Position between @First and @Last
            order by Position
            """;

        public const string Find = $"""
            select {Columns}
            from WorkItem
            where AccountId = @AccountId
                and Id = @Id
                and {ForCustomers}
            """;

        public const string Earlier = """
            select Id
            from WorkItem
            where AccountId = @AccountId
                and DedupKey = @DedupKey
            """;

        public const string Pending = """
            select count(*)
            from WorkItem
            where AccountId = @AccountId
                and Resource = @Resource
                and Command = @Command
                and EndedAt is null
            """;
    }
}
