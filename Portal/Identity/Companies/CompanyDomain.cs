using Database;
using Portal.Accounts;
using Portal.Identity.SignUp;

namespace Portal.Identity.Companies;

internal readonly record struct CompanyDomainId(string Value) : IId<CompanyDomainId>
{
    public static string Prefix => "dom";

    public static CompanyDomainId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A domain whose mail addresses a company says are its people's; it counts once that is proven.</summary>
internal sealed record CompanyDomain
{
    /// <summary>The five addresses that a domain's owner reads (CA/Browser Forum Baseline Requirements 3.2.2.4.4).</summary>
    public static readonly IReadOnlyList<string> Owners = ["postmaster", "admin", "administrator", "hostmaster", "webmaster"];

    public CompanyDomainId Id { get; init; }

    public AccountId AccountId { get; init; }

    public CompanyIssuerId CompanyIssuerId { get; init; }

    public string AccountName { get; init; } = "";

    public string Issuer { get; init; } = "";

    public string Domain { get; init; } = "";

    public string? MailedTo { get; init; }

    public DateTimeOffset AskedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }

    public string? VerifiedBy { get; init; }

    public static string Of(string email) => Person.Lower(email) is var lower && lower.LastIndexOf('@') is >= 0 and var at ? lower[(at + 1)..] : "";

    public static bool IsGood(string domain) => domain.Length <= 253 && domain.All(char.IsAscii) && EmailAddress.IsGood($"postmaster@{domain}");

    public static Task<IReadOnlyList<CompanyDomain>> OfAccount(Db db, AccountId account) =>
        db.Query<CompanyDomain>(Sql.OfAccount, new { AccountId = account });

    /// <summary>What staff may vouch for, newest first.</summary>
    public static Task<IReadOnlyList<CompanyDomain>> All(Db db) => db.Query<CompanyDomain>(Sql.All);

    public static Task<CompanyDomain?> ByToken(Db db, string token, DateTimeOffset now) =>
        db.One<CompanyDomain>(Sql.ByToken, new { TokenHash = Secrets.Hash(token), Now = now });

    public static Task<CompanyDomain?> ByToken(Tx tx, string token, DateTimeOffset now) =>
        tx.One<CompanyDomain>(Sql.ByToken, new { TokenHash = Secrets.Hash(token), Now = now });

    /// <summary>Whether the address lies in a proven domain of this issuer.</summary>
    public static async Task<bool> Vouches(Tx tx, CompanyIssuer company, string email) =>
        await tx.One<int>(Sql.Vouches, new { company.AccountId, Domain = Of(email) }) > 0;

    internal static class Sql
    {
        private const string Columns = """
            d.Id, d.AccountId, d.CompanyIssuerId, a.Name as AccountName, c.Issuer, d.Domain, d.MailedTo, d.AskedAt, d.ExpiresAt, d.VerifiedAt,
                d.VerifiedBy
            """;

        private const string Tables = """
            CompanyDomain d
                join CompanyIssuer c on c.Id = d.CompanyIssuerId
                join Account a on a.Id = d.AccountId
            """;

        public const string OfAccount = $"""
            select {Columns}
            from {Tables}
            where d.AccountId = @AccountId
            order by d.Domain
            """;

        public const string All = $"""
            -- all accounts: for staff
            select {Columns}
            from {Tables}
            order by d.AskedAt desc, d.Id
            """;

        public const string ByToken = $"""
            -- all accounts: the mailed secret names the domain
            select {Columns}
            from {Tables}
            where d.TokenHash = @TokenHash
                and d.ExpiresAt > @Now
                and d.VerifiedAt is null
            """;

        public const string Vouches = """
            select count(*)
            from CompanyDomain
            where AccountId = @AccountId
                and Domain = @Domain
                and VerifiedAt is not null
            """;
    }
}
