using Database;
using Portal.Access;
using Portal.Identity;

namespace Portal.Accounts.Invitations;

/// <summary>The id of an invitation.</summary>
public readonly record struct InvitationId(string Value) : IId<InvitationId>
{
    /// <inheritdoc/>
    public static string Prefix => "ivt";

    /// <inheritdoc/>
    public static InvitationId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>An invitation into an account, with the access that comes of it. The mail holds a random token, this row its hash.</summary>
internal sealed record Invitation
{
    public InvitationId Id { get; init; }

    public AccountId AccountId { get; init; }

    public string AccountName { get; init; } = "";

    public string Email { get; init; } = "";

    /// <summary>The code of a ready-made role, or the id of one of the account's own.</summary>
    public string RoleCode { get; init; } = "";

    public string? OwnRoleName { get; init; }

    public string ScopeKind { get; init; } = "";

    public string ScopeId { get; init; } = "";

    public string Mode { get; init; } = "";

    public DateTimeOffset? AccessEndsAt { get; init; }

    public long? SpendLimitPaise { get; init; }

    public string? Note { get; init; }

    public DateTimeOffset InvitedAt { get; init; }

    /// <summary>How many mails it was.</summary>
    public int Sent { get; init; }

    public PersonId InvitedBy { get; init; }

    public string InvitedByName { get; init; } = "";

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? AcceptedAt { get; init; }

    public DateTimeOffset? WithdrawnAt { get; init; }

    public string Role => Roles.Find(RoleCode)?.Name ?? OwnRoleName ?? "A role that is gone";

    public bool IsOpen(DateTimeOffset now) => AcceptedAt is null && WithdrawnAt is null && ExpiresAt > now;

    public NewGrant Grant(string holder) => new(holder, RoleCode, new AccessScope(ScopeKind, ScopeId))
    {
        Mode = Mode,
        ExpiresAt = AccessEndsAt,
        SpendLimitPaise = SpendLimitPaise,
    };

    /// <summary>Those that were not accepted or withdrawn, the newest first.</summary>
    public static Task<IReadOnlyList<Invitation>> Open(Db db, AccountId account) => db.Query<Invitation>(Sql.Open, new { AccountId = account });

    public static Task<Invitation?> Find(Db db, AccountId account, InvitationId id) => db.One<Invitation>(Sql.Find, new { AccountId = account, Id = id });

    public static Task<Invitation?> ByToken(Db db, string token) => db.One<Invitation>(Sql.ByToken, new { TokenHash = Secrets.Hash(token) });

    public static async Task<bool> Withdraw(Tx tx, AccountId account, InvitationId id, DateTimeOffset now) =>
        await tx.Execute(Sql.Withdraw, new { AccountId = account, Id = id, Now = now }) == 1;

    /// <summary>What somebody who leaves has offered is offered no longer.</summary>
    public static Task WithdrawAllOf(Tx tx, AccountId account, PersonId by, DateTimeOffset now) =>
        tx.Execute(Sql.WithdrawAllOf, new { AccountId = account, By = by, Now = now });

    internal static class Sql
    {
        private const string Columns = """
            i.Id, i.AccountId, a.Name as AccountName, i.Email, i.RoleCode, r.Name as OwnRoleName, i.ScopeKind, i.ScopeId, i.Mode, i.AccessEndsAt,
            i.SpendLimitPaise, i.Note, i.Sent, i.InvitedAt, i.InvitedBy, p.FullName as InvitedByName, i.ExpiresAt, i.AcceptedAt, i.WithdrawnAt
            """;

        private const string Tables = """
            Invitation i
                join Account a on a.Id = i.AccountId
                join Person p on p.Id = i.InvitedBy
                left join CustomRole r on r.Id = i.RoleCode
            """;

        public const string Open = $"""
            select {Columns}
            from {Tables}
            where i.AccountId = @AccountId
                and i.AcceptedAt is null
                and i.WithdrawnAt is null
            order by i.InvitedAt desc, i.Id
            """;

        public const string Find = $"""
            select {Columns}
            from {Tables}
            where i.AccountId = @AccountId
                and i.Id = @Id
            """;

        public const string ByToken = $"""
            -- all accounts: an invitation is found by the secret in its mail
            select {Columns}
            from {Tables}
            where i.TokenHash = @TokenHash
                and a.State = 'active'
            """;

        public const string Add = """
            insert into Invitation (Id, AccountId, Email, EmailLower, TokenHash, RoleCode, ScopeKind, ScopeId, Mode, AccessEndsAt, SpendLimitPaise,
                Note, Sent, InvitedAt, InvitedBy, ExpiresAt)
            values (@Id, @AccountId, @Email, @EmailLower, @TokenHash, @RoleCode, @ScopeKind, @ScopeId, @Mode, @AccessEndsAt, @SpendLimitPaise,
                @Note, 1, @Now, @InvitedBy, @ExpiresAt)
            """;

        // a new secret: of the old one only the hash is known, and its mail is worth nothing from here on
        public const string Renew = """
            update Invitation
            set TokenHash = @TokenHash, Sent = Sent + 1, InvitedBy = @By, ExpiresAt = @ExpiresAt
            where AccountId = @AccountId
                and Id = @Id
                and AcceptedAt is null
                and WithdrawnAt is null
            """;

        public const string Accept = """
            -- all accounts: an invitation is found by the secret in its mail
            update Invitation
            set AcceptedAt = @Now, AcceptedBy = @PersonId
            where TokenHash = @TokenHash
                and AcceptedAt is null
                and WithdrawnAt is null
                and ExpiresAt > @Now
            """;

        public const string Withdraw = """
            update Invitation
            set WithdrawnAt = @Now
            where AccountId = @AccountId
                and Id = @Id
                and AcceptedAt is null
                and WithdrawnAt is null
            """;

        public const string WithdrawAllOf = """
            update Invitation
            set WithdrawnAt = @Now
            where AccountId = @AccountId
                and InvitedBy = @By
                and AcceptedAt is null
                and WithdrawnAt is null
            """;

        public const string CountOpen = """
            select count(*)
            from Invitation
            where AccountId = @AccountId
                and AcceptedAt is null
                and WithdrawnAt is null
                and ExpiresAt > @Now
            """;

        public const string CountToday = "select count(*) from Invitation where AccountId = @AccountId and InvitedAt > @Since";

        public const string CountOfAddress = """
            -- all accounts: one address gets only so many, whoever asks
            select count(*) from Invitation where EmailLower = @EmailLower and InvitedAt > @Since
            """;

        public const string IsInvited = """
            select count(*)
            from Invitation
            where AccountId = @AccountId
                and EmailLower = @EmailLower
                and AcceptedAt is null
                and WithdrawnAt is null
                and ExpiresAt > @Now
            """;

        public const string IsMember = """
            select count(*)
            from AccountMember m
                join Person p on p.Id = m.PersonId
            where m.AccountId = @AccountId
                and p.EmailLower = @EmailLower
            """;
    }
}
