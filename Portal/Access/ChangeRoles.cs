using Database;
using Portal.Accounts;
using Portal.Identity;

namespace Portal.Access;

/// <summary>How saving an own role ended.</summary>
internal abstract record RoleOutcome
{
    private RoleOutcome()
    {
    }

    public sealed record Saved(CustomRoleId Id) : RoleOutcome;

    /// <summary>What is wrong, by field: <c>Name</c> or <c>Codes</c>.</summary>
    public sealed record Refused(string Field, string Code, string Message) : RoleOutcome;

    public sealed record BeyondOwn(string Permission) : RoleOutcome;

    public sealed record UnknownRole : RoleOutcome;
}

/// <summary>Roles of an account's own making. A change reaches everybody who holds the role with their next request.</summary>
internal static class ChangeRoles
{
    private const int LongestName = 60;
    private const int Most = 50;

    /// <param name="id">The role to change; null makes a new one.</param>
    public static async Task<RoleOutcome> Save(
        Tx tx, AccountId account, CustomRoleId? id, string? name, IReadOnlyCollection<string> codes, PersonId by, RequestAccess maker, DateTimeOffset now)
    {
        await AccessVersion.Bump(tx, account);
        maker = await maker.Again(tx);
        var label = name?.Trim() ?? "";
        if (label.Length is 0 or > LongestName || label.Any(char.IsControl))
            return new RoleOutcome.Refused("Name", "portal.access.role_name_invalid", $"Enter a name of at most {LongestName} characters.");
        if (codes.Count == 0) return new RoleOutcome.Refused("Codes", "portal.access.role_empty", "Choose at least one permission.");
        if (codes.FirstOrDefault(code => !Permissions.Exists(code)) is { } unknown)
            return new RoleOutcome.Refused("Codes", "portal.access.permission_unknown", $"There is no permission {unknown}.");
        if (codes.FirstOrDefault(code => !maker.MayGive(code, null, null)) is { } missing) return new RoleOutcome.BeyondOwn(missing);
        if (await tx.One<int>(Sql.Count, new { AccountId = account }) >= Most && id is null)
            return new RoleOutcome.Refused("Name", "portal.access.too_many_roles", $"An account has at most {Most} roles of its own.");
        if (id is { } known)
        {
            if (await CustomRole.Find(tx, account, known.Value) is not { } old) return new RoleOutcome.UnknownRole();
            if (old.Codes.FirstOrDefault(code => Permissions.Exists(code) && !maker.CanOnAll(code)) is { } beyond) return new RoleOutcome.BeyondOwn(beyond);
        }

        var saved = id ?? Id.New<CustomRoleId>(now);
        var args = new { Id = saved, AccountId = account, Name = label, Permissions = string.Join(' ', codes.Distinct().Order(StringComparer.Ordinal)), Now = now, By = by };
        return await tx.Execute(id is null ? Sql.Add : Sql.Change, args) == 1
            ? new RoleOutcome.Saved(saved)
            : new RoleOutcome.Refused("Name", "portal.access.role_name_taken", "You have a role of this name already.");
    }

    /// <summary>Ends the role and everything that was given by it.</summary>
    public static async Task<RoleOutcome> Retire(Tx tx, AccountId account, CustomRoleId id, PersonId by, RequestAccess taker, DateTimeOffset now)
    {
        await AccessVersion.Bump(tx, account);
        taker = await taker.Again(tx);
        if (await CustomRole.Find(tx, account, id.Value) is not { } role) return new RoleOutcome.UnknownRole();
        if (role.Codes.FirstOrDefault(code => Permissions.Exists(code) && !taker.CanOnAll(code)) is { } beyond) return new RoleOutcome.BeyondOwn(beyond);
        var args = new { AccountId = account, Id = id, By = by, Now = now };
        await tx.Execute(Sql.Retire, args);
        await tx.Execute(Sql.EndGrants, args);
        return new RoleOutcome.Saved(id);
    }

    internal static class Sql
    {
        public const string Count = "select count(*) from CustomRole where AccountId = @AccountId and RetiredAt is null";

        public const string Add = """
            insert into CustomRole (Id, AccountId, Name, Permissions, CreatedAt, CreatedBy)
            select @Id, @AccountId, @Name, @Permissions, @Now, @By
            where not exists (select 1 from CustomRole where AccountId = @AccountId and lower(Name) = lower(@Name) and RetiredAt is null)
            """;

        public const string Change = """
            update CustomRole
            set Name = @Name, Permissions = @Permissions
            where AccountId = @AccountId
                and Id = @Id
                and RetiredAt is null
                and not exists (
                    select 1
                    from CustomRole o
                    where o.AccountId = @AccountId and lower(o.Name) = lower(@Name) and o.Id <> @Id and o.RetiredAt is null)
            """;

        public const string Retire = "update CustomRole set RetiredAt = @Now where AccountId = @AccountId and Id = @Id and RetiredAt is null";

        public const string EndGrants = """
            update AccessGrant
            set RevokedAt = @Now, RevokedBy = @By
            where AccountId = @AccountId
                and CustomRoleId = @Id
                and RevokedAt is null
            """;
    }
}
