using Database;
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
        if (attempt is not { } open) return new PasswordOutcome.Locked();
        var person = await Person.ByEmail(db, email);
        if (!Passwords.Fits(person?.PasswordHash, password)) return new PasswordOutcome.Wrong();
        await db.Write(tx => SignInAttempt.Passed(tx, open, person!.Id));
        return new PasswordOutcome.Right(person!.Id);
    }
}
