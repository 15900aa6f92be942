using Database;
using Microsoft.Extensions.Options;
using Portal.Audit;
using Portal.Identity.Sessions;
using Portal.Identity.SignUp;
using Portal.Mail;

namespace Portal.Identity.Factors;

/// <summary>What became of a wish for another password.</summary>
internal abstract record PasswordChange
{
    private PasswordChange()
    {
    }

    public sealed record Done : PasswordChange;

    public sealed record Refused(string Field, string Message) : PasswordChange;

    public sealed record Locked : PasswordChange;
}

/// <summary>Changes the password of somebody who knows the old one; every other browser and program is signed out.</summary>
internal sealed class ChangePassword(
    Db db, PublicAddress address, CommonPasswords common, IOptions<IdentityOptions> options, TimeProvider clock)
{
    public async Task<PasswordChange> Run(HttpContext context, string? current, string? next)
    {
        var signedIn = context.SignedIn();
        if (string.IsNullOrEmpty(current)) return new PasswordChange.Refused("CurrentPassword", "Enter the password you have now.");
        if (Passwords.Trouble(next, signedIn.Email, signedIn.FullName, common) is { } trouble) return new PasswordChange.Refused("NewPassword", trouble);
        switch (await CheckPassword.Run(db, options.Value, signedIn.Email, current, context, address, clock.GetUtcNow()))
        {
            case PasswordOutcome.Locked: return new PasswordChange.Locked();
            case PasswordOutcome.Right(var person) when person == signedIn.PersonId: break;
            default: return new PasswordChange.Refused("CurrentPassword", "This is not your password.");
        }

        if (current == next) return new PasswordChange.Refused("NewPassword", "This is the password you have. Choose another one.");
        var hash = Passwords.Hash(next!);
        var now = clock.GetUtcNow();
        await db.Write(async tx =>
        {
            await tx.Execute(NewPassword.Sql.Change, new { Id = signedIn.PersonId, PasswordHash = hash });
            await PortalSession.RevokeOthers(tx, signedIn.PersonId, SessionId.From(signedIn.SessionId), now);
            await tx.Execute(NewPassword.Sql.RevokeGrants, new { signedIn.PersonId, Now = now });
            await tx.Record(context.Entry("identity.password_changed", signedIn.PersonId.Value), now);
            await MailRoom.Queue(tx, FactorMails.Changed((await tx.One<Person>(Person.Sql.ById, new { Id = signedIn.PersonId }))!,
                "Your password was changed", context, address, now), now);
        });
        return new PasswordChange.Done();
    }
}
