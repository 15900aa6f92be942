using Database;
using Portal.Accounts;

namespace Portal.Access;

/// <summary>A grant to give: a role, on a scope, for a time, up to a sum.</summary>
/// <param name="HolderId">A person who belongs to the account, one of its service accounts, or one of its teams.</param>
/// <param name="Role">The code of a ready-made role or the id of one of the account's own.</param>
internal sealed record NewGrant(string HolderId, string Role, AccessScope Scope)
{
    public string Mode { get; init; } = AccessGrant.Allow;

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>For a month of India's calendar, in paise.</summary>
    public long? SpendLimitPaise { get; init; }
}

/// <summary>How giving access ended.</summary>
internal abstract record GiveOutcome
{
    private GiveOutcome()
    {
    }

    public sealed record Given(AccessGrantId Id) : GiveOutcome;

    public sealed record UnknownRole : GiveOutcome;

    /// <summary>There is no such team or resource in the account, or no such tag can be.</summary>
    public sealed record UnknownScope : GiveOutcome;

    /// <summary>Not a member, service account or team of this account.</summary>
    public sealed record UnknownHolder : GiveOutcome;

    /// <summary>It ends before it begins, or an owner would be bounded.</summary>
    public sealed record Impossible(string Why) : GiveOutcome;

    /// <summary>Nobody gives what they do not hold themselves, nor for longer or up to more than they hold it.</summary>
    public sealed record BeyondOwn(string Permission) : GiveOutcome;
}

/// <summary>Gives access; used by pages, the API, invitations and a new account's first owner.</summary>
internal static class GiveAccess
{
    private const string OwnerIsWhole = "An owner is a person who owns all of the account, without an end or a limit.";

    /// <summary>Why the grant cannot be given to anybody; null when it can.</summary>
    public static async Task<GiveOutcome?> Check(Tx tx, AccountId account, NewGrant grant, RequestAccess? giver, DateTimeOffset now) =>
        (await Read(tx, account, grant, giver, now)).No;

    /// <param name="giver">What the giver may do; null for the house itself.</param>
    public static async Task<GiveOutcome> Run(Tx tx, AccountId account, NewGrant grant, string? by, RequestAccess? giver, DateTimeOffset now)
    {
        await AccessVersion.Bump(tx, account);
        if (await tx.One<int>(Sql.Holders, new { AccountId = account, grant.HolderId }) == 0) return new GiveOutcome.UnknownHolder();
        var (no, ready, own) = await Read(tx, account, grant, giver is null ? null : await giver.Again(tx), now);
        if (no is not null) return no;
        var id = Id.New<AccessGrantId>(now);
        await tx.Execute(AccessGrant.Sql.Give, new
        {
            Id = id,
            AccountId = account,
            grant.HolderId,
            RoleCode = ready?.Code,
            CustomRoleId = own?.Id,
            ScopeKind = grant.Scope.Kind,
            ScopeId = grant.Scope.Id,
            grant.Mode,
            grant.ExpiresAt,
            grant.SpendLimitPaise,
            Now = now,
            GivenBy = by,
        });
        return new GiveOutcome.Given(id);
    }

    private static async Task<(GiveOutcome? No, Role? Ready, CustomRole? Own)> Read(
        Tx tx, AccountId account, NewGrant grant, RequestAccess? giver, DateTimeOffset now)
    {
        var ready = Roles.Find(grant.Role);
        var own = ready is null ? await CustomRole.Find(tx, account, grant.Role) : null;
        if ((ready?.Permissions ?? own?.Codes) is not { } permissions) return (new GiveOutcome.UnknownRole(), null, null);
        if (ready?.Code == Roles.Owner && !MayBeOwned(grant)) return (new GiveOutcome.Impossible(OwnerIsWhole), null, null);
        if (grant.ExpiresAt <= now) return (new GiveOutcome.Impossible("It would have ended already. Choose a day to come."), null, null);
        if (grant.SpendLimitPaise < 0) return (new GiveOutcome.Impossible("A spend limit is not negative."), null, null);
        if (grant is { Mode: AccessGrant.Request, SpendLimitPaise: not null })
            return (new GiveOutcome.Impossible("Who may only ask spends nothing by themselves; leave the limit empty."), null, null);
        if (grant.Mode is not (AccessGrant.Allow or AccessGrant.Request)) return (new GiveOutcome.Impossible("A mode is allow or request."), null, null);
        if (!await IsThere(tx, account, grant.Scope)) return (new GiveOutcome.UnknownScope(), null, null);
        return giver is not null && permissions.FirstOrDefault(code => !giver.MayGive(code, grant.ExpiresAt, grant.SpendLimitPaise)) is { } missing
            ? (new GiveOutcome.BeyondOwn(missing), null, null)
            : (null, ready, own);
    }

    private static bool MayBeOwned(NewGrant grant) => grant is { Scope.Kind: AccessScope.Account, ExpiresAt: null, SpendLimitPaise: null, Mode: AccessGrant.Allow }
        && (grant.HolderId.Length == 0 || grant.HolderId.StartsWith(Identity.PersonId.Prefix, StringComparison.Ordinal));

    private static async Task<bool> IsThere(Tx tx, AccountId account, AccessScope scope) => scope.Kind switch
    {
        AccessScope.Account => scope.Id.Length == 0,
        AccessScope.Team => await tx.One<int>(Sql.Teams, new { AccountId = account, scope.Id }) > 0,
        AccessScope.Resource => await tx.One<int>(Sql.Resources, new { AccountId = account, scope.Id }) > 0,
        AccessScope.Tag => Tags.IsGood(scope.Id),
        _ => false,
    };

    internal static class Sql
    {
        public const string Holders = """
            select count(*)
            from AccountMember m
            where m.AccountId = @AccountId
                and (m.PersonId = @HolderId
                    or exists (select 1 from Team t where t.AccountId = @AccountId and t.Id = @HolderId and t.ClosedAt is null))
            """;

        public const string Teams = "select count(*) from Team where AccountId = @AccountId and Id = @Id and ClosedAt is null";

        public const string Resources = "select count(*) from ServerOrder where AccountId = @AccountId and ServerId = @Id";
    }
}
