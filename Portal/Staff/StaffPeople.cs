using Database;
using Microsoft.Extensions.Options;
using Portal.Audit;
using Portal.Identity;
using Portal.Identity.Sessions;
using Portal.Identity.SignUp;
using Portal.Mail;

namespace Portal.Staff;

/// <summary>Invites staff, changes their roles, ends them.</summary>
internal sealed class StaffPeople(Db db, PublicAddress address, IOptions<IdentityOptions> identity, TimeProvider clock)
{
    /// <summary>Gives the role to whoever has the address; somebody new gets a link to choose a password.</summary>
    public Task Invite(AuditEntry entry, string email, string name, string role)
    {
        var now = clock.GetUtcNow();
        var token = Secrets.New();
        return db.Write(async tx =>
        {
            if (await tx.One<Person>(Person.Sql.ByEmail, new { EmailLower = Person.Lower(email) }) is { } known)
            {
                await Set(tx, entry, known, role, now);
                return;
            }

            if (await CreatePerson.Run(tx, new NewPerson(email, name) { StaffRole = role }, now) is not { } person) return;
            var link = new NewLink("password", email, name, entry.Ip ?? "", entry.UserAgent ?? "") { PersonId = person };
            await EmailLink.Add(tx, link, token, now, now + identity.Value.LinkLength);
            await MailRoom.Queue(tx, Invited(email, name, role, token), now);
            await tx.Record(entry with { AccountId = null, Action = "staff.role_changed", Resource = person.Value, About = person, After = new { role, email } }, now);
        });
    }

    /// <summary>The command <c>Portal staff EMAIL ROLE</c>: gives the role to somebody who has signed up.</summary>
    public static async Task<int> Make(IServiceProvider services, string email, string role, TextWriter output)
    {
        var (db, now) = (services.GetRequiredService<Db>(), services.GetRequiredService<TimeProvider>().GetUtcNow());
        if (StaffRole.Of(role) is null)
        {
            await output.WriteLineAsync($"{role} is no role; use one of {string.Join(", ", StaffRole.All.Select(one => one.Code))}.");
            return 1;
        }

        var done = await db.Write(async tx => await tx.One<Person>(Person.Sql.ByEmail, new { EmailLower = Person.Lower(email) }) is { } known
            && await Set(tx, new AuditEntry("staff.role_changed"), known, role, now));
        await output.WriteLineAsync(done ? $"{email} is {role} now." : $"Nobody with {email} has signed up, or they are the last administrator.");
        return done ? 0 : 1;
    }

    /// <summary>Changes a role; null ends it and signs them out everywhere. False for the last administrator.</summary>
    public Task<bool> Change(AuditEntry entry, PersonId id, string? role)
    {
        var now = clock.GetUtcNow();
        return db.Write(async tx =>
            await tx.One<Person>(Person.Sql.ById, new { Id = id }) is { StaffRole: not null } known && await Set(tx, entry, known, role, now));
    }

    private static async Task<bool> Set(Tx tx, AuditEntry entry, Person known, string? role, DateTimeOffset now)
    {
        if (known.StaffRole == role) return true;
        if (!await SetStaffRole.Run(tx, known.Id, role)) return false;
        if (role is null) await PortalSession.RevokeAll(tx, known.Id, now);
        // what the new role does not do ends where it was begun, too
        if (!StaffRole.Can(role, StaffMay.Look)) await StaffAccess.EndAllOf(tx, known.Id, now);
        else if (!StaffRole.Can(role, StaffMay.Change)) await StaffAccess.NarrowAllOf(tx, known.Id, now);
        await tx.Record(
            entry with
            {
                // the house's own affair, whatever account they look into at the moment
                AccountId = null, Action = "staff.role_changed", Resource = known.Id.Value, About = known.Id, Before = new { role = known.StaffRole }, After = new { role },
            },
            now);
        return true;
    }

    private NewMail Invited(string email, string name, string role, string token) =>
        new($"staff-invited:{Secrets.Hash(token)}", email, "You are invited to the staff", $"""
            Hello {name},

            you are invited to the staff as {StaffRole.Of(role)?.Name ?? role}. Choose a password here:

            {address.Of("/sign-up/new-password?token=" + token)}

            The link is good once. When it has run out, ask for another by "Forgot the password" on the sign-in page.
            """)
        {
            IsSecret = true,
        };
}
