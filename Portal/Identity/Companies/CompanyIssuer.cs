using Database;
using Microsoft.AspNetCore.DataProtection;
using Portal.Accounts;

namespace Portal.Identity.Companies;

/// <summary>The id of a company's own issuer.</summary>
internal readonly record struct CompanyIssuerId(string Value) : IId<CompanyIssuerId>
{
    public static string Prefix => "cis";

    public static CompanyIssuerId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>The issuer at which a customer's own people sign in. One an account.</summary>
internal sealed record CompanyIssuer
{
    public CompanyIssuerId Id { get; init; }

    public AccountId AccountId { get; init; }

    public string AccountName { get; init; } = "";

    public string Issuer { get; init; } = "";

    public string ClientId { get; init; } = "";

    public string ProtectedSecret { get; init; } = "";

    public string ExtraScopes { get; init; } = "";

    public string GroupsClaim { get; init; } = "";

    /// <summary>The role of people in no group that is named; null: they are not let in.</summary>
    public string? DefaultRole { get; init; }

    /// <summary>Only the company's own people have accounts at this issuer, so an address that it does not call verified counts too.</summary>
    public bool TrustsEmail { get; init; }

    public bool IsOn { get; init; }

    public bool IsMandatory { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>The issuer's host: what people see before they go there.</summary>
    public string Host => new Uri(Issuer).Authority;

    public static Task<CompanyIssuer?> Of(Db db, AccountId account) => db.One<CompanyIssuer>(Sql.OfAccount, new { AccountId = account });

    public static Task<CompanyIssuer?> ById(Db db, CompanyIssuerId id) => db.One<CompanyIssuer>(Sql.ById, new { Id = id });

    public static Task<IReadOnlyList<CompanyIssuer>> Named(Db db, string issuer, string clientId) =>
        db.Query<CompanyIssuer>(Sql.Named, new { Issuer = issuer, ClientId = clientId });

    /// <summary>Whose people have addresses like this one; an unproven domain leads nowhere.</summary>
    public static Task<CompanyIssuer?> ForAddress(Db db, string email) =>
        db.One<CompanyIssuer>(Sql.ForDomain, new { Domain = CompanyDomain.Of(email) });

    internal static class Sql
    {
        private const string Columns = """
            c.Id, c.AccountId, a.Name as AccountName, c.Issuer, c.ClientId, c.ProtectedSecret, c.ExtraScopes, c.GroupsClaim, c.DefaultRole,
                c.TrustsEmail, c.IsOn, c.IsMandatory, c.ChangedAt
            """;

        public const string OfAccount = $"""
            select {Columns}
            from CompanyIssuer c
                join Account a on a.Id = c.AccountId
            where c.AccountId = @AccountId
            """;

        public const string ById = $"""
            -- all accounts: a sign-in names the issuer
            select {Columns}
            from CompanyIssuer c
                join Account a on a.Id = c.AccountId
            where c.Id = @Id
                and a.State = 'active'
            """;

        public const string Named = $"""
            -- all accounts: an issuer's token names itself and the client
            select {Columns}
            from CompanyIssuer c
                join Account a on a.Id = c.AccountId
            where c.Issuer = @Issuer
                and c.ClientId = @ClientId
                and c.IsOn = 1
            """;

        public const string ForDomain = $"""
            -- all accounts: an address is all that is known before the sign-in
            select {Columns}
            from CompanyDomain d
                join CompanyIssuer c on c.Id = d.CompanyIssuerId
                join Account a on a.Id = c.AccountId
            where d.Domain = @Domain
                and d.VerifiedAt is not null
                and c.IsOn = 1
                and a.State = 'active'
            """;
    }
}

/// <summary>A group at the company's issuer and the role it gives here; the first that fits counts.</summary>
internal sealed record CompanyGroup
{
    public string GroupName { get; init; } = "";

    public string Role { get; init; } = "";

    public static Task<IReadOnlyList<CompanyGroup>> Of(Db db, AccountId account) => db.Query<CompanyGroup>(Sql.Of, new { AccountId = account });

    public static Task<IReadOnlyList<CompanyGroup>> Of(Tx tx, AccountId account) => tx.Query<CompanyGroup>(Sql.Of, new { AccountId = account });

    internal static class Sql
    {
        public const string Of = "select GroupName, Role from CompanyGroup where AccountId = @AccountId order by Position";
    }
}

/// <summary>The secrets that issuers gave the portal: needed in the clear when a code is redeemed, encrypted at rest.</summary>
internal sealed class CompanySecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("Portal.Identity.Companies.Secret");

    public string Protect(string secret) => protector.Protect(secret);

    public string Open(string text) => protector.Unprotect(text);
}
