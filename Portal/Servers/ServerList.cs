using Database;
using Portal.Access;
using Portal.Accounts;

namespace Portal.Servers;

/// <summary>A page of a customer's servers, newest first, and whether there are more on either side.</summary>
internal sealed record ServerPage(IReadOnlyList<ServerView> Servers, bool HasNewer, bool HasOlder);

/// <summary>Lists servers by key, so that the thousandth page costs what the first does.</summary>
internal static class ServerList
{
    public const int PageLength = 50;

    // above and below every id that was ever made
    private const string AfterAll = "srv_~";
    private const string BeforeAll = "srv_";

    /// <summary>The servers older than <paramref name="before"/>, or newer than <paramref name="after"/>, or the newest.</summary>
    public static async Task<ServerPage> Read(
        Db db, AccountId account, ListScope? scope, string? search, ServerId? before, ServerId? after, int length = PageLength)
    {
        var upwards = after is not null;
        var rows = scope is null
            ? await Whole(db, account, search, before, after, length)
            : await Parts(db, account, scope, search, before, after, length);
        var more = rows.Count > length;
        var page = rows.Take(length);
        return upwards
            ? new ServerPage([.. page.Reverse()], HasNewer: more, HasOlder: true)
            : new ServerPage([.. page], HasNewer: before is not null, HasOlder: more);
    }

    private static Task<IReadOnlyList<ServerView>> Whole(Db db, AccountId account, string? search, ServerId? before, ServerId? after, int length)
    {
        var args = new
        {
            AccountId = account,
            Before = before?.Value ?? AfterAll,
            After = after?.Value ?? BeforeAll,
            First = 1,
            Last = length + 1,
            Pattern = Pattern(search),
        };
        return db.Query<ServerView>((search, after is not null) switch
        {
            (null, false) => Sql.Older,
            (null, true) => Sql.Newer,
            (_, false) => Sql.OlderFound,
            (_, true) => Sql.NewerFound,
        }, args);
    }

    private static Task<IReadOnlyList<ServerView>> Parts(
        Db db, AccountId account, ListScope scope, string? search, ServerId? before, ServerId? after, int length) =>
        db.Query<ServerView>(after is null ? Sql.OlderInScope : Sql.NewerInScope, new
        {
            AccountId = account,
            Before = before?.Value ?? AfterAll,
            After = after?.Value ?? BeforeAll,
            First = 1,
            Last = length + 1,
            Pattern = Pattern(search) ?? "%",
            scope.Holders,
            scope.Roles,
            scope.Own,
            scope.Now,
        });

    /// <summary>All servers in pages, for the file.</summary>
    public static async IAsyncEnumerable<ServerView> All(Db db, AccountId account, ListScope? scope, string? search)
    {
        ServerId? before = null;
        while (true)
        {
            var page = await Read(db, account, scope, search, before, after: null, length: 500);
            foreach (var server in page.Servers) yield return server;
            if (!page.HasOlder) yield break;
            before = page.Servers[^1].ServerId;
        }
    }

    private static string? Pattern(string? search)
    {
        if (search is null) return null;
        var escaped = search.Trim().ToLowerInvariant()
            .Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_").Replace("[", "\\[");
        return $"%{escaped}%";
    }

    internal static class Sql
    {
        // an order that was never paid is no server; one that is gone is history
        private const string Shown = """
            o.State not in ('expired', 'cancelled')
                    and (f.State is null or f.State <> 'gone')
            """;

        private const string Found = """
            (lower(s.Hostname) like @Pattern escape '\'
                        or lower(coalesce(f.Label, s.Label)) like @Pattern escape '\'
                        or f.Address like @Pattern escape '\')
            """;

        private const string Keys = """
            ServerOrder s
                    join SalesOrder o on o.Id = s.SalesOrderId
                    left join Server f on f.Id = s.ServerId
            """;

        public const string Older = $"""
            select {ServerView.Sql.Columns}
            from {ServerView.Sql.Tables}
                join (
                    select s.ServerId as Id, row_number() over (order by s.ServerId desc) as Position
                    from {Keys}
                    where s.AccountId = @AccountId
                        and s.ServerId < @Before
                        and {Shown}
                ) page on page.Id = s.ServerId
            where s.AccountId = @AccountId
                and page.Position between @First and @Last
            order by page.Position
            """;

        public const string Newer = $"""
            select {ServerView.Sql.Columns}
            from {ServerView.Sql.Tables}
                join (
                    select s.ServerId as Id, row_number() over (order by s.ServerId) as Position
                    from {Keys}
                    where s.AccountId = @AccountId
                        and s.ServerId > @After
                        and {Shown}
                ) page on page.Id = s.ServerId
            where s.AccountId = @AccountId
                and page.Position between @First and @Last
            order by page.Position
            """;

        public const string OlderFound = $"""
            select {ServerView.Sql.Columns}
            from {ServerView.Sql.Tables}
                join (
                    select s.ServerId as Id, row_number() over (order by s.ServerId desc) as Position
                    from {Keys}
                    where s.AccountId = @AccountId
                        and s.ServerId < @Before
                        and {Shown}
                        and {Found}
                ) page on page.Id = s.ServerId
            where s.AccountId = @AccountId
                and page.Position between @First and @Last
            order by page.Position
            """;

        public const string NewerFound = $"""
            select {ServerView.Sql.Columns}
            from {ServerView.Sql.Tables}
                join (
                    select s.ServerId as Id, row_number() over (order by s.ServerId) as Position
                    from {Keys}
                    where s.AccountId = @AccountId
                        and s.ServerId > @After
                        and {Shown}
                        and {Found}
                ) page on page.Id = s.ServerId
            where s.AccountId = @AccountId
                and page.Position between @First and @Last
            order by page.Position
            """;

        public const string OlderInScope = $"""
            select {ServerView.Sql.Columns}
            from {ServerView.Sql.Tables}
                join (
                    select s.ServerId as Id, row_number() over (order by s.ServerId desc) as Position
                    from {Keys}
                    where s.AccountId = @AccountId
                        and s.ServerId < @Before
                        and {Shown}
                        and {Found}
                        and {ListScope.Sql.Servers}
                ) page on page.Id = s.ServerId
            where s.AccountId = @AccountId
                and page.Position between @First and @Last
            order by page.Position
            """;

        public const string NewerInScope = $"""
            select {ServerView.Sql.Columns}
            from {ServerView.Sql.Tables}
                join (
                    select s.ServerId as Id, row_number() over (order by s.ServerId) as Position
                    from {Keys}
                    where s.AccountId = @AccountId
                        and s.ServerId > @After
                        and {Shown}
                        and {Found}
                        and {ListScope.Sql.Servers}
                ) page on page.Id = s.ServerId
            where s.AccountId = @AccountId
                and page.Position between @First and @Last
            order by page.Position
            """;
    }
}
