using Database;

namespace Portal.Identity;

/// <summary>Somebody new, whose e-mail address is known to be theirs.</summary>
internal sealed record NewPerson(string Email, string FullName)
{
    /// <summary>From <see cref="Passwords.Hash"/>; null for somebody whom a foreign issuer vouches for.</summary>
    public string? PasswordHash { get; init; }

    public string? Issuer { get; init; }

    public string? Subject { get; init; }

    public string? StaffRole { get; init; }

    public DateTimeOffset? AgeConfirmedAt { get; init; }

    public string? Ip { get; init; }

    public string? UserAgent { get; init; }
}

/// <summary>Adds a person; used by sign-up, by sign-in through a foreign issuer and by the demo.</summary>
internal static class CreatePerson
{
    /// <summary>The new person's id, or null when the address or the foreign subject is taken.</summary>
    public static async Task<PersonId?> Run(Tx tx, NewPerson person, DateTimeOffset now)
    {
        var id = Id.New<PersonId>(now);
        var added = await tx.Execute(Sql.Add, new
        {
            Id = id,
            Email = person.Email.Trim(),
            EmailLower = Person.Lower(person.Email),
            person.PasswordHash,
            FullName = person.FullName.Trim(),
            person.Issuer,
            SubjectHash = person.Issuer is null ? null : SubjectHash(person.Issuer, person.Subject!),
            person.StaffRole,
            person.AgeConfirmedAt,
            person.Ip,
            UserAgent = Texts.Cut(person.UserAgent, 400),
            Now = now,
        });
        return added == 1 ? id : null;
    }

    // a subject is case-sensitive (OpenID Connect Core 2), a column's collation may not be
    public static string SubjectHash(string issuer, string subject) => Secrets.Hash($"{issuer}\n{subject}");

    internal static class Sql
    {
        public const string Add = """
            insert into Person (Id, Email, EmailLower, PasswordHash, FullName, Issuer, SubjectHash, StaffRole, EmailConfirmedAt,
                AgeConfirmedAt, SignupIp, SignupUserAgent, CreatedAt)
            select @Id, @Email, @EmailLower, @PasswordHash, @FullName, @Issuer, @SubjectHash, @StaffRole, @Now,
                @AgeConfirmedAt, @Ip, @UserAgent, @Now
            where not exists (select 1 from Person where EmailLower = @EmailLower)
                and not exists (select 1 from Person where SubjectHash = @SubjectHash)
            """;
    }
}
