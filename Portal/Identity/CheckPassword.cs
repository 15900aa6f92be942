using Database;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Factors;

namespace Portal.Identity;

/// <summary>What became of a password that was typed.</summary>
internal abstract record PasswordOutcome
{
    private PasswordOutcome()
    {
    }

    public sealed record Right(PersonId Person) : PasswordOutcome;

    /// <summary>Nobody has the address, or the password is another one: never told apart.</summary>
    public sealed record Wrong : PasswordOutcome;

    public sealed record Locked : PasswordOutcome;
}

/// <summary>Checks an address and a password, within the limits of tries.</summary>
internal static class CheckPassword
{
    public static async Task<PasswordOutcome> Run(
        Db db, IdentityOptions options, string email, string password, HttpContext context, PublicAddress address, DateTimeOffset now)
    {
        var attempt = await db.Write(async tx =>
        {
            var begun = await SignInAttempt.Begin(tx, email, context.Ip(), context.UserAgent(), options, now);
            if (begun is null) await Unlock.Mail(tx, email, context, address, options, now);
            return begun;
        });
        var person = await Person.ByEmail(db, email);
        if (attempt is not { } open)
        {
            await Refused(db, person, "too_many_tries", context.Ip(), context.UserAgent(), now);
            return new PasswordOutcome.Locked();
        }

        if (!Passwords.Fits(person?.PasswordHash, password))
        {
            await Refused(db, person, "wrong_password", context.Ip(), context.UserAgent(), now);
            return new PasswordOutcome.Wrong();
        }

        await db.Write(tx => SignInAttempt.Passed(tx, open, person!.Id));
        return new PasswordOutcome.Right(person!.Id);
    }

    // in the account of whoever was tried; of an address that nobody has, only that it was tried: it may be somebody's password
    private static Task Refused(Db db, Person? person, string why, string ip, string userAgent, DateTimeOffset now) => db.Write(async tx =>
    {
        var accounts = person is null ? [] : await tx.Query<Membership>(Membership.Sql.Of, new { PersonId = person.Id });
        var entry = new AuditEntry("identity.sign_in_failed")
        {
            AccountId = accounts.Count > 0 ? accounts[0].AccountId : null, Resource = person?.Id.Value, About = person?.Id, Ip = ip, UserAgent = userAgent, After = new { why },
        };
        await tx.Record(entry, now);
    });
}
