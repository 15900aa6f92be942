using Database;
using Portal.Audit;

namespace Portal.Accounts;

/// <summary>Whether everybody in an account must sign in with a second factor.</summary>
internal static class RequireSecondFactor
{
    public static async Task<bool> Is(Db db, AccountId account) => await db.One<int>(Sql.Is, new { AccountId = account }) > 0;

    public static async Task Run(Tx tx, AccountId account, bool on, HttpContext context, DateTimeOffset now)
    {
        if (await tx.Execute(Sql.Set, new { AccountId = account, On = on, Before = !on }) != 1) return;
        await tx.Record(context.Entry("accounts.second_factor_required", account.Value, new { required = !on }, new { required = on }), now);
    }

    internal static class Sql
    {
        public const string Is = "select count(*) from Account where Id = @AccountId and NeedsSecondFactor = 1";

        public const string Set = "update Account set NeedsSecondFactor = @On where Id = @AccountId and NeedsSecondFactor = @Before";
    }
}
