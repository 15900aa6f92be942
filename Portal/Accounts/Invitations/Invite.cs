using Database;
using Portal.Access;
using Portal.Audit;
using Portal.Identity;
using Portal.Identity.SignUp;
using Portal.Mail;

namespace Portal.Accounts.Invitations;

/// <summary>How inviting somebody ended.</summary>
internal abstract record InviteOutcome
{
    private InviteOutcome()
    {
    }

    public sealed record Invited(InvitationId Id) : InviteOutcome;

    /// <summary>What is wrong, by field: <c>Email</c>, <c>Role</c>, <c>Scope</c>, <c>Note</c>.</summary>
    public sealed record Refused(string Field, string Code, string Message) : InviteOutcome;

    public sealed record BeyondOwn(string Permission) : InviteOutcome;

    /// <summary>Accepted, withdrawn, or none of this account's.</summary>
    public sealed record UnknownInvitation : InviteOutcome;
}

/// <summary>Invites somebody by mail: they come in by the link, and by nothing else, within a week.</summary>
internal sealed class Invite(Db db, PublicAddress address, TimeProvider clock)
{
    public static readonly TimeSpan Length = TimeSpan.FromDays(7);
    public const string EmailRule = "Enter an e-mail address such as ravi@example.in.";
    private const int MostOpen = 200;
    private const int MostToOneADay = 5;
    private const int MostADay = 200;
    private const int MostSent = 5;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <param name="grant">What they will hold; its holder is not known yet.</param>
    public async Task<InviteOutcome> Run(HttpContext context, string? email, string? note, NewGrant grant)
    {
        var (who, access, now) = (context.SignedIn(), context.Access(), clock.GetUtcNow());
        var to = email?.Trim() ?? "";
        var text = string.IsNullOrWhiteSpace(note) ? null : note.Trim();
        // accepting asks what the one who invited may do, and a program holds no role that could be asked
        if (who.IsService) return Refused("Email", "by_program", "A service account cannot invite. A person of the account can, here or with a token of theirs.");
        if (!EmailAddress.IsGood(to)) return Refused("Email", "email_invalid", EmailRule);
        if (text?.Length > 400) return Refused("Note", "note_too_long", "Use at most 400 characters.");
        var token = Secrets.New();
        var id = Id.New<InvitationId>(now);
        return await db.Write<InviteOutcome>(async tx =>
        {
            // two invitations of one address at once stand in line
            await AccessVersion.Bump(tx, who.AccountId);
            var args = new { who.AccountId, EmailLower = Person.Lower(to), Now = now, Since = now - Day };
            if (await tx.One<int>(Invitation.Sql.IsMember, args) > 0)
                return Refused("Email", "already_member", "They belong to this account already; give them access on their own page.");
            if (await tx.One<int>(Invitation.Sql.IsInvited, args) > 0)
                return Refused("Email", "already_invited", "They are invited already. Send that invitation again, or withdraw it.");
            if (await tx.One<int>(Invitation.Sql.CountOpen, args) >= MostOpen)
                return Refused("Email", "too_many", $"There are {MostOpen} open invitations. Withdraw some first.");
            if (await tx.One<int>(Invitation.Sql.CountToday, args) >= MostADay || await tx.One<int>(Invitation.Sql.CountOfAddress, args) >= MostToOneADay)
                return Refused("Email", "too_many_today", "Enough invitations were sent today. Go on tomorrow.");
            switch (await GiveAccess.Check(tx, who.AccountId, grant, await access.Again(tx), now))
            {
                case GiveOutcome.BeyondOwn beyond: return new InviteOutcome.BeyondOwn(beyond.Permission);
                case GiveOutcome.UnknownRole: return Refused("Role", "role_unknown", "Choose a role from the list.");
                case GiveOutcome.UnknownScope: return Refused("Scope", "scope_unknown", "Choose what the role reaches from the list.");
                case GiveOutcome.Impossible impossible: return Refused("Role", "impossible", impossible.Why);
            }

            await tx.Execute(Invitation.Sql.Add, new
            {
                Id = id,
                who.AccountId,
                Email = to,
                EmailLower = Person.Lower(to),
                TokenHash = Secrets.Hash(token),
                RoleCode = grant.Role,
                ScopeKind = grant.Scope.Kind,
                ScopeId = grant.Scope.Id,
                grant.Mode,
                AccessEndsAt = grant.ExpiresAt,
                grant.SpendLimitPaise,
                Note = text,
                Now = now,
                InvitedBy = who.PersonId,
                ExpiresAt = now + Length,
            });
            await tx.Record(context.Entry("team.invite", id.Value, after: new { Email = to, grant.Role, grant.Scope, grant.ExpiresAt, grant.SpendLimitPaise }), now);
            await MailRoom.Queue(tx, Letter(id, to, who, text, token), now);
            return new InviteOutcome.Invited(id);
        });
    }

    /// <summary>
    /// Mails a new link for an open invitation; the old one is worth nothing then. It is the word of whoever sends it again from here on, so
    /// they must be able to give what it offers.
    /// </summary>
    public async Task<InviteOutcome> Again(HttpContext context, InvitationId id)
    {
        var (who, access, now, token) = (context.SignedIn(), context.Access(), clock.GetUtcNow(), Secrets.New());
        if (await Invitation.Find(db, who.AccountId, id) is not { } invitation) return new InviteOutcome.UnknownInvitation();
        if (invitation.Sent >= MostSent) return Refused("", "sent_often", $"It was sent {MostSent} times. Withdraw it, and invite them anew another day.");
        return await db.Write<InviteOutcome>(async tx =>
        {
            switch (await GiveAccess.Check(tx, who.AccountId, invitation.Grant(""), access, now))
            {
                case null: break;
                case GiveOutcome.BeyondOwn beyond: return new InviteOutcome.BeyondOwn(beyond.Permission);
                default: return Refused("", "impossible", "What it offers is gone or over. Withdraw it, and invite them anew.");
            }

            var renewed = await tx.Execute(
                Invitation.Sql.Renew, new { who.AccountId, Id = id, TokenHash = Secrets.Hash(token), By = who.PersonId, ExpiresAt = now + Length });
            if (renewed != 1) return new InviteOutcome.UnknownInvitation();
            await tx.Record(context.Entry("team.invite_again", id.Value), now);
            await MailRoom.Queue(tx, Letter(id, invitation.Email, who, invitation.Note, token), now);
            return new InviteOutcome.Invited(id);
        });
    }

    private NewMail Letter(InvitationId id, string to, SignedIn who, string? note, string token) =>
        new($"invitation:{id}:{Secrets.Hash(token)}", to, $"{who.FullName} invites you to {who.AccountName}", $"""
            Hello,

            {who.FullName} ({who.Email}) invites you to the account {who.AccountName}.
            {(note is null ? "" : $"\n{note}\n")}
            See what it is about and accept here:

            {address.Of("/team/accept?token=" + token)}

            The link is good for seven days and for this address only. If you do not know what this is about, delete this mail; nothing happens then.
            """)
        {
            AccountId = who.AccountId.Value,
            IsSecret = true,
        };

    private static InviteOutcome.Refused Refused(string field, string code, string message) => new(field, $"portal.accounts.invitation_{code}", message);
}
