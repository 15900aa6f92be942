using Database;
using Database.Audit;
using Portal.Accounts;
using Portal.Identity;

namespace Portal.Audit;

/// <summary>Which events are looked for. Without an account: of everybody, for staff.</summary>
internal sealed record AuditSearch
{
    public AccountId? AccountId { get; init; }

    public PersonId? PersonId { get; init; }

    /// <summary>An action, e.g. <c>servers.delete</c>.</summary>
    public string? Action { get; init; }

    /// <summary>An id.</summary>
    public string? Resource { get; init; }

    /// <summary>The first day, in India.</summary>
    public DateOnly? From { get; init; }

    /// <summary>The last day, in India.</summary>
    public DateOnly? To { get; init; }

    public bool IsEmpty => this is { PersonId: null, Action: null, Resource: null, From: null, To: null };

    /// <summary>The newest events before <paramref name="before"/>, newest first.</summary>
    public Task<IReadOnlyList<ListedEvent>> Older(Db db, AuditEventId? before, int most) => db.Some<ListedEvent>(
        (AccountId, PersonId, Action, Resource) switch
        {
            (null, _, _, { }) => Sql.EverybodysOfResource,
            (null, { }, _, _) => Sql.EverybodysOfPerson,
            (null, _, _, _) => Sql.Everybodys,
            (_, _, _, { }) => Sql.OfResource,
            (_, { }, _, _) => Sql.OfPerson,
            (_, _, { }, _) => Sql.OfAction,
            _ => Sql.All,
        },
        Args(before?.Value ?? (To is { } last ? Start(last.AddDays(1)) : "aud_~"), From is { } first ? Start(first) : "aud_"),
        most);

    /// <summary>All events in pages, for a file.</summary>
    public async IAsyncEnumerable<ListedEvent> Everything(Db db)
    {
        AuditEventId? before = null;
        while (true)
        {
            var page = await Older(db, before, 500);
            foreach (var row in page) yield return row;
            if (page.Count < 500) yield break;
            before = page[^1].Id;
        }
    }

    private object Args(string before, string from) => new
    {
        AccountId, PersonId, Action, Resource, Before = before, From = from,
    };

    private static string Start(DateOnly day) => Database.Id.First<AuditEventId>(Ist.StartOf(day)).Value;

    internal static class Sql
    {
        private const string Shown = $"""
            {StoredAuditEvent.Columns}, p.FullName as PersonName, p.StaffRole as PersonStaffRole, a.Name as AccountName
            from AuditEvent e
                left join AuditKey k on k.Subject = e.KeySubject
                left join Person p on p.Id = e.PersonId
                left join Account a on a.Id = e.AccountId
            """;

        private const string Span = """
                and e.Id < @Before
                and e.Id >= @From
            order by e.Id desc
            """;

        public const string All = $"""
            select {Shown}
            where e.AccountId = @AccountId
            {Span}
            """;

        public const string OfPerson = $"""
            select {Shown}
            where e.AccountId = @AccountId
                and e.PersonId = @PersonId
                and (@Action is null or e.Action = @Action)
            {Span}
            """;

        public const string OfAction = $"""
            select {Shown}
            where e.AccountId = @AccountId
                and e.Action = @Action
            {Span}
            """;

        public const string OfResource = $"""
            select {Shown}
            where e.AccountId = @AccountId
                and e.Resource = @Resource
                and (@PersonId is null or e.PersonId = @PersonId)
                and (@Action is null or e.Action = @Action)
            {Span}
            """;

        public const string Everybodys = $"""
            -- all accounts: staff search what was done
            select {Shown}
            where (@Action is null or e.Action = @Action)
            {Span}
            """;

        public const string EverybodysOfPerson = $"""
            -- all accounts: staff search what somebody did
            select {Shown}
            where e.PersonId = @PersonId
                and (@Action is null or e.Action = @Action)
            {Span}
            """;

        public const string EverybodysOfResource = $"""
            -- all accounts: staff search what was done to something
            select {Shown}
            where e.Resource = @Resource
                and (@PersonId is null or e.PersonId = @PersonId)
                and (@Action is null or e.Action = @Action)
            {Span}
            """;
    }
}

/// <summary>An event with the names of who did it and where.</summary>
internal sealed record ListedEvent : StoredAuditEvent
{
    public string? PersonName { get; init; }

    public string? PersonStaffRole { get; init; }

    public string? AccountName { get; init; }

    /// <summary>Who, for a sentence.</summary>
    public string Who => PersonName is { } name ? PersonStaffRole is null ? name : $"{name} (staff)"
        : Action.StartsWith("identity.", StringComparison.Ordinal) ? "Somebody not signed in" : "The portal";

    public string Sentence => AuditWords.Sentence(this);
}
