using Database;
using Portal.Access;
using Portal.Audit;
using Portal.Identity;

namespace Portal.Accounts;

/// <summary>Opens an account with its first owner; used by sign-up, by sign-in through a foreign issuer and by the demo.</summary>
internal static class CreateAccount
{
    public static async Task<AccountId> Run(Tx tx, string name, PersonId owner, DateTimeOffset now)
    {
        var id = Id.New<AccountId>(now);
        await tx.Execute(Sql.Open, new { Id = id, Name = Texts.Cut(name.Trim(), 120), Now = now });
        await Join(tx, id, owner, "owner", now);
        await GiveAccess.Run(tx, id, new NewGrant(owner.Value, Roles.Owner, AccessScope.Whole), by: null, giver: null, now);
        await tx.Record(new AuditEntry("accounts.opened") { AccountId = id, PersonId = owner, Resource = id.Value, After = new { Name = name.Trim() } }, now);
        return id;
    }

    /// <summary>Adds a member, who may do nothing yet; <paramref name="role"/> is <c>owner</c> for who opens the account, or <c>member</c>.</summary>
    public static Task Join(Tx tx, AccountId account, PersonId person, string role, DateTimeOffset now) =>
        tx.Execute(Sql.Join, new { AccountId = account, PersonId = person, Role = role, Now = now });

    internal static class Sql
    {
        public const string Open = "insert into Account (Id, Name, State, CreatedAt) values (@Id, @Name, 'active', @Now)";

        public const string Join = """
            insert into AccountMember (AccountId, PersonId, Role, CreatedAt)
            select @AccountId, @PersonId, @Role, @Now
            where not exists (select 1 from AccountMember where AccountId = @AccountId and PersonId = @PersonId)
            """;
    }
}
