using Database;

namespace Portal.Identity.SignUp;

/// <summary>A link to mail, and what it is for: <c>signup</c> or <c>password</c>.</summary>
internal sealed record NewLink(string Purpose, string Email, string FullName, string Ip, string UserAgent)
{
    public PersonId? PersonId { get; init; }

    public string? PasswordHash { get; init; }
}

/// <summary>A link that proves who reads an address's mail: random, kept as a hash, good once and for a time.</summary>
internal sealed record EmailLink
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    public PersonId? PersonId { get; init; }

    public string Email { get; init; } = "";

    public string FullName { get; init; } = "";

    public string? PasswordHash { get; init; }

    public string Ip { get; init; } = "";

    public string UserAgent { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; init; }

    public bool IsGood(DateTimeOffset now) => UsedAt is null && ExpiresAt > now;

    public static Task Add(Tx tx, NewLink link, string token, DateTimeOffset now, DateTimeOffset expiresAt) => tx.Execute(Sql.Add, new
    {
        TokenHash = Secrets.Hash(token),
        link.Purpose,
        link.PersonId,
        Email = link.Email.Trim(),
        EmailLower = Person.Lower(link.Email),
        link.FullName,
        link.PasswordHash,
        link.Ip,
        link.UserAgent,
        Now = now,
        ExpiresAt = expiresAt,
    });

    public static Task<EmailLink?> Find(Tx tx, string token, string purpose) =>
        tx.One<EmailLink>(Sql.Find, new { TokenHash = Secrets.Hash(token), Purpose = purpose });

    public static Task<EmailLink?> Find(Db db, string token, string purpose) =>
        db.One<EmailLink>(Sql.Find, new { TokenHash = Secrets.Hash(token), Purpose = purpose });

    public static async Task<bool> Use(Tx tx, string token, DateTimeOffset now) =>
        await tx.Execute(Sql.Use, new { TokenHash = Secrets.Hash(token), Now = now }) == 1;

    /// <summary>All other links of the address end with the one that was followed.</summary>
    public static Task EndOthers(Tx tx, string email, DateTimeOffset now) =>
        tx.Execute(Sql.EndOthers, new { EmailLower = Person.Lower(email), Now = now });

    public static async Task<bool> MayAsk(Tx tx, string ip, IdentityOptions options, DateTimeOffset now) =>
        await tx.One<int>(Sql.AskedByIp, new { Ip = ip, Since = now - Window }) < options.LinksPerIp;

    public static async Task<bool> MayMail(Tx tx, string email, IdentityOptions options, DateTimeOffset now) =>
        await tx.One<int>(Sql.MailedTo, new { EmailLower = Person.Lower(email), Since = now - Window }) < options.LinksPerAddress;

    internal static class Sql
    {
        public const string Add = """
            insert into EmailConfirmation (TokenHash, Purpose, PersonId, Email, EmailLower, FullName, PasswordHash, Ip, UserAgent, CreatedAt, ExpiresAt)
            values (@TokenHash, @Purpose, @PersonId, @Email, @EmailLower, @FullName, @PasswordHash, @Ip, @UserAgent, @Now, @ExpiresAt)
            """;

        public const string Find = """
            select PersonId, Email, FullName, PasswordHash, Ip, UserAgent, CreatedAt, ExpiresAt, UsedAt
            from EmailConfirmation
            where TokenHash = @TokenHash
                and Purpose = @Purpose
            """;

        public const string Use = """
            update EmailConfirmation
            set UsedAt = @Now, PasswordHash = null
            where TokenHash = @TokenHash
                and UsedAt is null
            """;

        public const string EndOthers = """
            update EmailConfirmation
            set UsedAt = @Now, PasswordHash = null
            where EmailLower = @EmailLower
                and UsedAt is null
            """;

        public const string AskedByIp = "select count(*) from EmailConfirmation where Ip = @Ip and CreatedAt > @Since";

        public const string MailedTo = "select count(*) from EmailConfirmation where EmailLower = @EmailLower and CreatedAt > @Since";
    }
}
