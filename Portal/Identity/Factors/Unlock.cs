using Database;
using Portal.Audit;
using Portal.Mail;

namespace Portal.Identity.Factors;

/// <summary>
/// A locked address is told so by mail, with a link that lets its owner try again at once. An address that nobody has leads to the same
/// writes but for the mail itself.
/// </summary>
internal static class Unlock
{
    private static readonly TimeSpan Length = TimeSpan.FromHours(1);

    /// <summary>At most one mail in the time a lock lasts.</summary>
    public static async Task Mail(
        Tx tx, string email, HttpContext context, PublicAddress address, IdentityOptions options, DateTimeOffset now)
    {
        var emailHash = Secrets.Hash(Person.Lower(email));
        if (await tx.One<int>(Sql.Asked, new { EmailHash = emailHash, Since = now - SignInAttempt.Window }) > 0) return;
        if (!await SignUp.EmailLink.MayMail(tx, email, options, now)) return;
        var person = await tx.One<Person>(Person.Sql.ByEmail, new { EmailLower = Person.Lower(email) });
        var token = Secrets.New();
        await tx.Execute(Sql.Add, new
        {
            TokenHash = Secrets.Hash(token), EmailHash = emailHash, PersonId = person?.Id, Ip = context.Ip(), Now = now, ExpiresAt = now + Length,
        });
        if (person is not null) await MailRoom.Queue(tx, FactorMails.Locked(person, address, token, now), now);
    }

    public static async Task<bool> IsGood(Db db, string token, DateTimeOffset now) =>
        await db.One<Link>(Sql.Find, new { TokenHash = Secrets.Hash(token), Now = now }) is { PersonId: not null };

    /// <summary>Forgives the person's failed tries; those of a network stay.</summary>
    public static Task<bool> Follow(Db db, string token, HttpContext context, DateTimeOffset now) => db.Write(async tx =>
    {
        var hash = Secrets.Hash(token);
        if (await tx.One<Link>(Sql.Find, new { TokenHash = hash, Now = now }) is not { PersonId: { } person } link) return false;
        if (await tx.Execute(Sql.Use, new { TokenHash = hash, Now = now }) != 1) return false;
        await SignInAttempt.Forgive(tx, link.EmailHash, person, context.Ip(), context.UserAgent(), now);
        await tx.Record(context.Entry("identity.unlocked", person.Value) with { PersonId = person }, now);
        return true;
    });

    private sealed record Link
    {
        public PersonId? PersonId { get; init; }

        public string EmailHash { get; init; } = "";
    }

    internal static class Sql
    {
        public const string Asked = "select count(*) from UnlockLink where EmailHash = @EmailHash and CreatedAt > @Since";

        public const string Add = """
            insert into UnlockLink (TokenHash, EmailHash, PersonId, Ip, CreatedAt, ExpiresAt)
            values (@TokenHash, @EmailHash, @PersonId, @Ip, @Now, @ExpiresAt)
            """;

        public const string Find = """
            select PersonId, EmailHash
            from UnlockLink
            where TokenHash = @TokenHash
                and UsedAt is null
                and ExpiresAt > @Now
            """;

        public const string Use = "update UnlockLink set UsedAt = @Now where TokenHash = @TokenHash and UsedAt is null";
    }
}
