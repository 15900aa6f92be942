using Database;
using Microsoft.Extensions.Options;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity.Sessions;
using Portal.Mail;

namespace Portal.Identity.SignUp;

/// <summary>Mails a link to choose a new password, and follows it.</summary>
internal sealed class NewPassword(Db db, PublicAddress address, IOptions<IdentityOptions> options, TimeProvider clock)
{
    /// <summary>False when this IP has asked for too many links; else nothing shows whether the address is known.</summary>
    public Task<bool> Ask(string email, string ip, string userAgent)
    {
        var now = clock.GetUtcNow();
        var token = Secrets.New();
        return db.Write(async tx =>
        {
            if (!await EmailLink.MayAsk(tx, ip, options.Value, now)) return false;
            if (!await EmailLink.MayMail(tx, email, options.Value, now)) return true;
            var person = await tx.One<Person>(Person.Sql.ByEmail, new { EmailLower = Person.Lower(email) });
            var link = new NewLink("password", email, person?.FullName ?? "", ip, userAgent) { PersonId = person?.Id };
            await EmailLink.Add(tx, link, token, now, now + options.Value.LinkLength);
            await tx.Record(
                new AuditEntry("identity.password_asked") { Resource = person?.Id.Value, About = person?.Id, Ip = ip, UserAgent = userAgent }, now);
            if (person is not null) await MailRoom.Queue(tx, Mails.Password(person, address, token, options.Value), now);
            return true;
        });
    }

    /// <summary>Sets the password and signs every browser and program out; false when the link is not good.</summary>
    public Task<bool> Choose(string token, string password)
    {
        var hash = Passwords.Hash(password);
        var now = clock.GetUtcNow();
        return db.Write(async tx =>
        {
            var link = await EmailLink.Find(tx, token, "password");
            if (link is not { PersonId: { } id } || !link.IsGood(now) || !await EmailLink.Use(tx, token, now)) return false;
            if (await tx.One<Person>(Person.Sql.ById, new { Id = id }) is not { } person) return false;
            await tx.Execute(Sql.Change, new { Id = id, PasswordHash = hash });
            await PortalSession.RevokeAll(tx, id, now);
            await tx.Execute(Sql.RevokeGrants, new { PersonId = id, Now = now });
            await EmailLink.EndOthers(tx, link.Email, now);
            var accounts = await tx.Query<Membership>(Membership.Sql.Of, new { PersonId = id });
            var account = accounts.Count > 0 ? accounts[0].AccountId : (AccountId?)null;
            await tx.Record(new AuditEntry("identity.password_changed") { AccountId = account, PersonId = id, Resource = id.Value }, now);
            await MailRoom.Queue(tx, Mails.PasswordChanged(person, address, now), now);
            return true;
        });
    }

    internal static class Sql
    {
        public const string Change = "update Person set PasswordHash = @PasswordHash where Id = @Id and ClosedAt is null";

        public const string RevokeGrants = """
            -- all accounts: a new password ends what the old one allowed
            update TokenGrant set RevokedAt = @Now where PersonId = @PersonId and RevokedAt is null
            """;
    }
}
