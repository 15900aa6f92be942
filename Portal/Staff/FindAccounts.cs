using Database;
using Portal.Accounts;

namespace Portal.Staff;

/// <summary>An account as staff find it.</summary>
internal sealed record FoundAccount
{
    public AccountId Id { get; init; }

    public string Name { get; init; } = "";

    public string State { get; init; } = "";

    public string? Owner { get; init; }

    public string? Email { get; init; }

    public string? Gstin { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Finds accounts by name, e-mail address, GSTIN, the number of a document, or an id.</summary>
internal static class FindAccounts
{
    public const int PageLength = 50;

    public static Task<IReadOnlyList<FoundAccount>> Run(Db db, string? words, string? before) => db.Some<FoundAccount>(
        string.IsNullOrWhiteSpace(words) ? Sql.All : Sql.Found,
        new { Before = Id.TryParse<AccountId>(before, out var id) ? id.Value : "acc_~", Pattern = Pattern(words), Exact = words?.Trim() },
        PageLength + 1);

    public static Task<FoundAccount?> One(Db db, AccountId account) => db.One<FoundAccount>(Sql.One, new { AccountId = account });

    private static string? Pattern(string? words) => words is null ? null
        : $"%{words.Trim().ToLowerInvariant().Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_").Replace("[", "\\[")}%";

    internal static class Sql
    {
        private const string Shown = """
            a.Id, a.Name, a.State, a.CreatedAt, p.FullName as Owner, p.Email, b.Gstin
            from Account a
                left join Person p on p.Id = (
                    select min(o.HolderId) from AccessGrant o where o.AccountId = a.Id and o.RoleCode = 'owner' and o.RevokedAt is null)
                left join BillingProfile b on b.AccountId = a.Id
                    and b.Version = (select max(n.Version) from BillingProfile n where n.AccountId = a.Id)
            """;

        public const string All = $"""
            -- all accounts: staff search
            select {Shown}
            where a.Id < @Before
            order by a.Id desc
            """;

        public const string Found = $"""
            -- all accounts: staff search
            select {Shown}
            where a.Id < @Before
                and (a.Id = @Exact
                    or lower(a.Name) like @Pattern escape '\'
                    or exists (
                        select 1
                        from AccountMember x
                            join Person q on q.Id = x.PersonId
                        where x.AccountId = a.Id and q.EmailLower like @Pattern escape '\')
                    or exists (select 1 from BillingProfile y where y.AccountId = a.Id and lower(y.Gstin) like @Pattern escape '\')
                    or exists (select 1 from TaxDocument d where d.AccountId = a.Id and d.Number = @Exact))
            order by a.Id desc
            """;

        public const string One = $"""
            -- all accounts: staff say which
            select {Shown}
            where a.Id = @AccountId
            """;
    }
}
