using Database;
using Microsoft.Extensions.Options;
using Portal.Accounts;
using Portal.Audit;
using Portal.Identity;
using Portal.Mail;

namespace Portal.Staff;

/// <summary>The id of a look of staff into an account.</summary>
internal readonly record struct StaffAccessId(string Value) : IId<StaffAccessId>
{
    public static string Prefix => "sta";

    public static StaffAccessId From(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A look of staff into an account, as its owner and staff see it.</summary>
internal sealed record StaffLook
{
    public StaffAccessId Id { get; init; }

    public PersonId PersonId { get; init; }

    public AccountId AccountId { get; init; }

    public string FullName { get; init; } = "";

    public string Mode { get; init; } = "";

    public string Reason { get; init; } = "";

    public string? WriteReason { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public bool IsOpen(DateTimeOffset now) => EndedAt is null && ExpiresAt > now;
}

/// <summary>Lets staff look into an account: with a reason, for a time, reading only unless they say why they must write. The account is told.</summary>
internal sealed class StaffAccess(Db db, PublicAddress address, IOptions<StaffOptions> options, TimeProvider clock)
{
    public const int ShortestReason = 10;
    public const int LongestReason = 400;

    /// <summary>What is wrong with a reason, or null.</summary>
    public static string? Trouble(string? reason) => (reason?.Trim().Length ?? 0) switch
    {
        < ShortestReason => "Say why, in at least ten characters: the customer reads it.",
        > LongestReason => "Use at most 400 characters.",
        _ => null,
    };

    /// <summary>Begins a look; one that this browser had open before ends. False when there is no such account.</summary>
    public Task<bool> Start(SignedIn staff, AuditEntry entry, AccountId account, string reason)
    {
        var now = clock.GetUtcNow();
        return db.Write(async tx =>
        {
            if (await tx.One<string>(Sql.Account, new { AccountId = account }) is not { } name) return false;
            await EndOpen(tx, staff.SessionId, entry, now);
            var id = Id.New<StaffAccessId>(now);
            var until = now + options.Value.AccessLength;
            await tx.Execute(Sql.Start, new
            {
                Id = id, staff.PersonId, AccountId = account, staff.SessionId, Reason = reason.Trim(), Now = now, ExpiresAt = until,
            });
            await tx.Record(
                entry with { Action = "staff.access_started", AccountId = account, OnBehalfOf = id.Value, Resource = id.Value, Reason = reason.Trim(), After = new { until } }, now);
            foreach (var owner in await tx.Query<string>(Sql.Owners, new { AccountId = account })) await MailRoom.Queue(tx, Told(id, account, owner, name, staff, reason, until), now);
            return true;
        });
    }

    /// <summary>Lets the look write, for what is left of its time. False when none is open.</summary>
    public Task<bool> Widen(SignedIn staff, AuditEntry entry, string reason)
    {
        var now = clock.GetUtcNow();
        return db.Write(async tx =>
        {
            if (await tx.One<StaffLook>(Sql.Open, new { staff.SessionId }) is not { } open || !open.IsOpen(now)) return false;
            if (await tx.Execute(Sql.Widen, new { open.Id, open.AccountId, Reason = reason.Trim() }) != 1) return false;
            await tx.Record(
                entry with { Action = "staff.access_widened", AccountId = open.AccountId, OnBehalfOf = open.Id.Value, Resource = open.Id.Value, Reason = reason.Trim() }, now);
            return true;
        });
    }

    /// <summary>Ends what this browser looks into; nothing when it looks into nothing.</summary>
    public Task End(SignedIn staff, AuditEntry entry) => db.Write(tx => EndOpen(tx, staff.SessionId, entry, clock.GetUtcNow()));

    /// <summary>The newest looks into the account.</summary>
    public Task<IReadOnlyList<StaffLook>> Into(AccountId account) => db.Some<StaffLook>(Sql.Into, new { AccountId = account }, 200);

    /// <summary>Ends every look of somebody whose role does not look any more.</summary>
    public static Task EndAllOf(Tx tx, PersonId person, DateTimeOffset now) => tx.Execute(Sql.EndAllOf, new { PersonId = person, Now = now });

    /// <summary>From here on the looks of somebody whose role does not change anything read only.</summary>
    public static Task NarrowAllOf(Tx tx, PersonId person, DateTimeOffset now) => tx.Execute(Sql.NarrowAllOf, new { PersonId = person, Now = now });

    private static async Task EndOpen(Tx tx, string session, AuditEntry entry, DateTimeOffset now)
    {
        if (await tx.One<StaffLook>(Sql.Open, new { SessionId = session }) is not { } open) return;
        await tx.Execute(Sql.End, new { open.Id, open.AccountId, Now = open.ExpiresAt < now ? open.ExpiresAt : now });
        await tx.Record(entry with { Action = "staff.access_ended", AccountId = open.AccountId, OnBehalfOf = open.Id.Value, Resource = open.Id.Value }, now);
    }

    private NewMail Told(StaffAccessId id, AccountId account, string owner, string name, SignedIn staff, string reason, DateTimeOffset until) =>
        new($"staff-access:{id}", owner, "We are looking into your account", $"""
            Hello,

            {staff.FullName} of our staff has begun to look into the account {name}. They can read, not change. It ends by itself on {Ist.Show(until)}.

            Why: {reason.Trim()}

            You see every such look here, and what was done in it:

            {address.Of("/accounts/staff-access")}
            """)
        {
            AccountId = account.Value,
        };

    internal static class Sql
    {
        public const string EndAllOf = """
            -- all accounts: a role is the house's
            update StaffAccess set EndedAt = @Now where PersonId = @PersonId and EndedAt is null and ExpiresAt > @Now
            """;

        public const string NarrowAllOf = """
            -- all accounts: a role is the house's
            update StaffAccess set Mode = 'read' where PersonId = @PersonId and EndedAt is null and ExpiresAt > @Now
            """;

        public const string Account = """
            -- all accounts: staff say which
            select Name from Account where Id = @AccountId
            """;

        public const string Owners = """
            select p.Email
            from AccessGrant g
                join Person p on p.Id = g.HolderId
            where g.AccountId = @AccountId
                and g.RoleCode = 'owner'
                and g.RevokedAt is null
                and p.ClosedAt is null
            """;

        public const string Start = """
            insert into StaffAccess (Id, PersonId, AccountId, SessionId, Mode, Reason, StartedAt, ExpiresAt)
            values (@Id, @PersonId, @AccountId, @SessionId, 'read', @Reason, @Now, @ExpiresAt)
            """;

        private const string Shown = """
            f.Id, f.PersonId, f.AccountId, p.FullName, f.Mode, f.Reason, f.WriteReason, f.StartedAt, f.ExpiresAt, f.EndedAt
            from StaffAccess f
                join Person p on p.Id = f.PersonId
            """;

        public const string Open = $"""
            -- all accounts: by the browser that looks
            select {Shown}
            where f.SessionId = @SessionId
                and f.EndedAt is null
            """;

        public const string Into = $"""
            select {Shown}
            where f.AccountId = @AccountId
            order by f.Id desc
            """;

        public const string Widen = """
            update StaffAccess
            set Mode = 'write', WriteReason = @Reason
            where AccountId = @AccountId
                and Id = @Id
                and Mode = 'read'
                and EndedAt is null
            """;

        public const string End = """
            update StaffAccess
            set EndedAt = @Now
            where AccountId = @AccountId
                and Id = @Id
                and EndedAt is null
            """;
    }
}
