using Database;

namespace Portal.Identity;

/// <summary>The id of somebody who signs in.</summary>
public readonly record struct PersonId(string Value) : IId<PersonId>
{
    /// <inheritdoc/>
    public static string Prefix => "per";

    /// <inheritdoc/>
    public static PersonId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Somebody who signs in: a customer, a sub-user or staff.</summary>
internal sealed record Person
{
    public PersonId Id { get; init; }

    public string Email { get; init; } = "";

    public string FullName { get; init; } = "";

    public string? PasswordHash { get; init; }

    public string? JobTitle { get; init; }

    public string? Mobile { get; init; }

    public string? StaffRole { get; init; }

    public DateTimeOffset EmailConfirmedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public static string Lower(string email) => email.Trim().ToLowerInvariant();

    public static Task<Person?> ById(Db db, PersonId id) => db.One<Person>(Sql.ById, new { Id = id });

    public static Task<Person?> ByEmail(Db db, string email) => db.One<Person>(Sql.ByEmail, new { EmailLower = Lower(email) });

    internal static class Sql
    {
        private const string Columns = "Id, Email, FullName, PasswordHash, JobTitle, Mobile, StaffRole, EmailConfirmedAt, ClosedAt";

        public const string ById = $"select {Columns} from Person where Id = @Id and ClosedAt is null";

        public const string ByEmail = $"select {Columns} from Person where EmailLower = @EmailLower and ClosedAt is null";
    }
}
