using Database;
using Microsoft.Extensions.Options;
using Portal.Audit;
using Portal.Mail;

namespace Portal.Identity.SignUp;

/// <summary>What somebody told who wants an account.</summary>
internal sealed record SignUpRequest(string Email, string FullName, string Password, string Ip, string UserAgent);

/// <summary>
/// Writes the wish down and mails a link; nobody exists before the link was followed. Whether the address is known shows in the mail
/// only, which its owner alone reads.
/// </summary>
internal sealed class StartSignUp(Db db, PublicAddress address, IOptions<IdentityOptions> options, TimeProvider clock)
{
    /// <summary>False when this IP has asked for too many links.</summary>
    public Task<bool> Run(SignUpRequest request)
    {
        var hash = Passwords.Hash(request.Password);
        var now = clock.GetUtcNow();
        var token = Secrets.New();
        var link = new NewLink("signup", request.Email, request.FullName, request.Ip, request.UserAgent) { PasswordHash = hash };
        return db.Write(async tx =>
        {
            if (!await EmailLink.MayAsk(tx, request.Ip, options.Value, now)) return false;
            // a link into the past: counts the wish, opens nothing
            var known = await tx.One<Person>(Person.Sql.ByEmail, new { EmailLower = Person.Lower(request.Email) });
            await tx.Record(new AuditEntry("identity.sign_up_asked") { Ip = request.Ip, UserAgent = request.UserAgent }, now);
            if (!await EmailLink.MayMail(tx, request.Email, options.Value, now)) return true;
            await EmailLink.Add(
                tx, known is null ? link : link with { PasswordHash = null }, token, now, known is null ? now + options.Value.LinkLength : now);
            await MailRoom.Queue(tx, known is null ? Mails.Confirm(link, address, token, options.Value) : Mails.AlreadyThere(known, address, token), now);
            return true;
        });
    }

    /// <summary>Sends the link of an earlier wish again: a new one, since of the old one only the hash is known.</summary>
    public Task<bool> Again(string oldToken, string ip)
    {
        var now = clock.GetUtcNow();
        var token = Secrets.New();
        return db.Write(async tx =>
        {
            var old = await EmailLink.Find(tx, oldToken, "signup");
            if (old is null || old.UsedAt is not null || old.PasswordHash is null) return false;
            if (!await EmailLink.MayAsk(tx, ip, options.Value, now) || !await EmailLink.MayMail(tx, old.Email, options.Value, now)) return false;
            var link = new NewLink("signup", old.Email, old.FullName, ip, old.UserAgent) { PasswordHash = old.PasswordHash };
            await EmailLink.Use(tx, oldToken, now);
            await tx.Record(new AuditEntry("identity.sign_up_asked") { Ip = ip, UserAgent = old.UserAgent }, now);
            await EmailLink.Add(tx, link, token, now, now + options.Value.LinkLength);
            return await MailRoom.Queue(tx, Mails.Confirm(link, address, token, options.Value), now);
        });
    }
}
