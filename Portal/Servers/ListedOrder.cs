using Billing.Orders;
using Database;
using Portal.Access;
using Portal.Accounts;

namespace Portal.Servers;

/// <summary>An order as its account sees it, with the server it is for.</summary>
internal sealed record ListedOrder
{
    /// <summary>Sorts above every id that was ever made.</summary>
    public static readonly SalesOrderId AfterAll = new("ord_~");

    public SalesOrderId Id { get; init; }

    /// <summary>Null for a renewal.</summary>
    public string? ServerId { get; init; }

    public string State { get; init; } = "";

    public long NetPaise { get; init; }

    public long CgstPaise { get; init; }

    public long SgstPaise { get; init; }

    public long UtgstPaise { get; init; }

    public long IgstPaise { get; init; }

    public long TotalPaise { get; init; }

    public string Currency { get; init; } = "";

    public string PlaceOfSupply { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? PaidAt { get; init; }

    public DateTimeOffset? PromisedAt { get; init; }

    /// <summary>Newest first, from before the given id on; an empty <paramref name="state"/> is every state.</summary>
    public static Task<IReadOnlyList<ListedOrder>> Older(
        Db db, AccountId account, ListScope? scope, string state, SalesOrderId before, int most) => scope is null
        ? db.Query<ListedOrder>(Sql.Older, new { AccountId = account, State = state, Before = before, First = 1, Last = most })
        : db.Query<ListedOrder>(Sql.OlderInScope, new
        {
            AccountId = account,
            State = state,
            Before = before,
            First = 1,
            Last = most,
            scope.Holders,
            scope.Roles,
            scope.Own,
            scope.Now,
        });

    /// <summary>One order of the account; null when there is none.</summary>
    public static Task<ListedOrder?> Find(Db db, AccountId account, SalesOrderId id) =>
        db.One<ListedOrder>(Sql.Find, new { AccountId = account, Id = id });

    internal static class Sql
    {
        private const string Columns = """
            o.Id, s.ServerId, o.State, o.NetPaise, o.CgstPaise, o.SgstPaise, o.UtgstPaise, o.IgstPaise, o.TotalPaise, o.Currency,
            o.PlaceOfSupply, o.CreatedAt, o.ExpiresAt, o.PaidAt, o.PromisedAt
            """;

        public const string Older = $"""
            select {Columns}
            from SalesOrder o
                join (
                    select Id, row_number() over (order by Id desc) as Position
                    from SalesOrder
                    where AccountId = @AccountId
                        and Id < @Before
                        and (@State = '' or State = @State)
                ) page on page.Id = o.Id
                left join ServerOrder s on s.SalesOrderId = o.Id
            where o.AccountId = @AccountId
                and page.Position between @First and @Last
            order by page.Position
            """;

        public const string OlderInScope = $"""
            select {Columns}
            from SalesOrder o
                join (
                    select b.Id, row_number() over (order by b.Id desc) as Position
                    from SalesOrder b
                        join ServerOrder s on s.SalesOrderId = b.Id
                    where b.AccountId = @AccountId
                        and b.Id < @Before
                        and (@State = '' or b.State = @State)
                        and {ListScope.Sql.Servers}
                ) page on page.Id = o.Id
                left join ServerOrder s on s.SalesOrderId = o.Id
            where o.AccountId = @AccountId
                and page.Position between @First and @Last
            order by page.Position
            """;

        public const string Find = $"""
            select {Columns}
            from SalesOrder o
                left join ServerOrder s on s.SalesOrderId = o.Id
            where o.AccountId = @AccountId
                and o.Id = @Id
            """;
    }
}
