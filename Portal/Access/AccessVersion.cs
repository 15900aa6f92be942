using Database;
using Portal.Accounts;

namespace Portal.Access;

/// <summary>The number that tells every process when an account's access has changed.</summary>
internal static class AccessVersion
{
    /// <summary>
    /// First statement of every change of grants, roles, teams and tags. Its row is locked until the end of the transaction, so changes of one
    /// account's access wait for each other on both engines.
    /// </summary>
    public static async Task Bump(Tx tx, AccountId account)
    {
        if (await tx.Execute(Sql.Bump, new { AccountId = account }) == 0) await tx.Execute(Sql.Begin, new { AccountId = account });
    }

    internal static class Sql
    {
        public const string Bump = "update AccountAccess set Version = Version + 1 where AccountId = @AccountId";

        public const string Begin = "insert into AccountAccess (AccountId, Version) values (@AccountId, 1)";
    }
}
