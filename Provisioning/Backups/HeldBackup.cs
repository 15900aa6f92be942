using Database;
using Database.Work;

namespace Provisioning.Backups;

/// <summary>A backup that is read from: it does not expire meanwhile.</summary>
internal static class HeldBackup
{
    private static readonly TimeSpan For = TimeSpan.FromHours(2);

    /// <summary>Holds the account's backup; null when it is not ready or goes already.</summary>
    public static async Task<Backup?> Take(WorkContext context, Db db, string accountId, string id)
    {
        var held = await context.Write(tx => tx.Execute(Sql.Hold, new { AccountId = accountId, Id = id, Until = context.Now + For }));
        return held == 0 ? null : await db.One<Backup>(TakeBackup.Sql.ById, new { AccountId = accountId, Id = id });
    }

    internal static class Sql
    {
        public const string Hold = """
            update ServerBackup
            set HeldUntil = @Until
            where AccountId = @AccountId
                and Id = @Id
                and State = 'ready'
            """;
    }
}
