using Database;
using Portal.Accounts;
using Portal.Shell;

namespace Portal.Access;

/// <summary>A thing with what people call it.</summary>
internal sealed record NamedThing
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";
}

/// <summary>Teams and servers by their names, for sentences about grants.</summary>
internal sealed class ScopeNames
{
    private const int MostAtOnce = 500;
    private readonly Dictionary<string, string> names;

    private ScopeNames(Dictionary<string, string> names) => this.names = names;

    public static async Task<ScopeNames> Read(Db db, AccountId account, IEnumerable<(string Kind, string Id)> scopes)
    {
        var teams = await Team.Of(db, account);
        var names = teams.ToDictionary(team => team.Id.Value, team => team.Name, StringComparer.Ordinal);
        var servers = scopes.Where(scope => scope.Kind == AccessScope.Resource).Select(scope => scope.Id).Distinct().Chunk(MostAtOnce);
        foreach (var some in servers)
            foreach (var server in await db.Query<NamedThing>(Sql.Named, new { AccountId = account, Ids = some })) names[server.Id] = server.Name;
        return new ScopeNames(names);
    }

    /// <summary>The newest servers of the account.</summary>
    public static Task<IReadOnlyList<NamedThing>> Servers(Db db, AccountId account, int most) =>
        db.Query<NamedThing>(Sql.Newest, new { AccountId = account, First = 1, Last = most });

    public string Of(string kind, string id) => kind switch
    {
        AccessScope.Account => "the whole account",
        AccessScope.Tag => $"everything tagged {id}",
        AccessScope.Team => names.TryGetValue(id, out var team) ? $"team {team}" : "a team that is gone",
        _ => names.TryGetValue(id, out var server) ? server : id,
    };

    public string Of(string holder) => names.GetValueOrDefault(holder, holder);

    /// <summary>The grant in words: <c>Technical on web-1</c>.</summary>
    public string Sentence(AccessGrant grant) => string.Concat(
        grant.Role, " on ", Of(grant.ScopeKind, grant.ScopeId),
        grant.SpendLimitPaise is { } limit ? $", up to {Rupees.Show(limit)} a month" : "",
        grant.IsRequest ? ", may only ask" : "");

    internal static class Sql
    {
        public const string Named = """
            select s.ServerId as Id, coalesce(f.Label, s.Label) as Name
            from ServerOrder s
                left join Server f on f.Id = s.ServerId
            where s.AccountId = @AccountId
                and s.ServerId in (@Ids)
            """;

        public const string Newest = """
            select Id, Name
            from (
                select s.ServerId as Id, coalesce(f.Label, s.Label) as Name, row_number() over (order by s.ServerId desc) as Position
                from ServerOrder s
                    join SalesOrder o on o.Id = s.SalesOrderId
                    left join Server f on f.Id = s.ServerId
                where s.AccountId = @AccountId
                    and o.State not in ('expired', 'cancelled')
                    and (f.State is null or f.State <> 'gone')
            ) newest
            where Position between @First and @Last
            order by Position
            """;
    }
}
