using Database;
using Portal.Identity;
using Portal.Identity.Companies;

namespace Portal.Accounts;

/// <summary>The id of a customer's account.</summary>
public readonly record struct AccountId(string Value) : IId<AccountId>
{
    /// <inheritdoc/>
    public static string Prefix => "acc";

    /// <inheritdoc/>
    public static AccountId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value ?? "";
}

/// <summary>An account somebody belongs to.</summary>
internal sealed record Membership
{
    public AccountId AccountId { get; init; }

    public string AccountName { get; init; } = "";

    public string Role { get; init; } = "";

    /// <summary>Oldest first: the first is where somebody who signs in lands.</summary>
    public static Task<IReadOnlyList<Membership>> Of(Db db, PersonId person) => db.Query<Membership>(Sql.Of, new { PersonId = person });

    /// <summary>Those that this session opens: a company's the company's alone, any other one those that want no company's sign-in.</summary>
    public static Task<IReadOnlyList<Membership>> OpenTo(Db db, SignedIn signedIn) =>
        db.Query<Membership>(signedIn.IsByCompany ? Sql.One : Sql.Open, new { signedIn.PersonId, signedIn.AccountId });

    internal static class Sql
    {
        public const string Open = $"""
            -- all accounts: a person sees the accounts they belong to
            select m.AccountId, a.Name as AccountName, m.Role
            from AccountMember m
                join Account a on a.Id = m.AccountId
            where m.PersonId = @PersonId
                and a.State = 'active'
                and {CompanyRule.OpenByPassword}
            order by m.CreatedAt, m.AccountId
            """;

        public const string One = """
            select m.AccountId, a.Name as AccountName, m.Role
            from AccountMember m
                join Account a on a.Id = m.AccountId
            where m.AccountId = @AccountId
                and m.PersonId = @PersonId
                and a.State = 'active'
            """;

        public const string Of = """
            -- all accounts: a person sees the accounts they belong to
            select m.AccountId, a.Name as AccountName, m.Role
            from AccountMember m
                join Account a on a.Id = m.AccountId
            where m.PersonId = @PersonId
                and a.State = 'active'
            order by m.CreatedAt, m.AccountId
            """;
    }
}

/// <summary>Somebody who belongs to an account.</summary>
internal sealed record Member
{
    public PersonId PersonId { get; init; }

    public string FullName { get; init; } = "";

    public string Email { get; init; } = "";

    public string Role { get; init; } = "";

    public static Task<IReadOnlyList<Member>> Of(Db db, AccountId account) => db.Query<Member>(Sql.Of, new { AccountId = account });

    internal static class Sql
    {
        public const string Of = """
            select m.PersonId, p.FullName, p.Email, m.Role
            from AccountMember m
                join Person p on p.Id = m.PersonId
            where m.AccountId = @AccountId
                and p.ClosedAt is null
            order by m.CreatedAt, m.PersonId
            """;
    }
}
