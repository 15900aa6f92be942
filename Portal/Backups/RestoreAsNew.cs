using Database;
using Portal.Accounts;
using Portal.Catalogue;
using Portal.Servers;

namespace Portal.Backups;

/// <summary>A new server that is ordered with a backup's disk: the wish is checked like any other, and the backup too.</summary>
public static class RestoreAsNew
{
    /// <summary>The wish with everything it names, or every reason why it cannot be ordered.</summary>
    public static async Task<(CheckedWish? Wish, IReadOnlyList<Refusal> Refusals)> Check(Db db, AccountId account, ServerWish wish, OnSale onSale)
    {
        var (accepted, refusals) = CheckWish.Run(wish, onSale);
        if (string.IsNullOrEmpty(wish.Backup)) return (accepted, refusals);
        if (await ListedBackup.Find(db, account, wish.Backup) is not { IsReady: true } backup)
            return (null, [.. refusals, new(nameof(ServerWish.Backup), "portal.backups.not_ready", "This backup is not there (any more). Choose another one.")]);
        if (accepted is null) return (null, refusals);
        if (accepted.Offer.Plan.DiskGib < backup.DiskGib)
        {
            return (null, [new(
                nameof(ServerWish.Plan),
                "portal.backups.disk_too_small",
                $"This backup needs a disk of {backup.DiskGib} GiB; {accepted.Offer.Plan.Name} has {accepted.Offer.Plan.DiskGib} GiB. Choose a larger plan.")]);
        }

        return (accepted with { BackupId = backup.Id }, []);
    }

    /// <summary>The order form filled in like the server that the backup is of; null when the account has no such backup.</summary>
    internal static async Task<ServerWish?> Wish(Db db, AccountId account, string backupId)
    {
        if (await ListedBackup.Find(db, account, backupId) is not { IsReady: true } backup) return null;
        return await db.One<ServerWish>(Sql.Like, new { AccountId = account, backup.ServerId }) is { } like ? like with { Backup = backup.Id } : null;
    }

    internal static class Sql
    {
        public const string Like = """
            select PlanCode as "Plan", Region, ImageCode as Image, Hostname, SshKey, Backups
            from ServerOrder
            where AccountId = @AccountId
                and ServerId = @ServerId
            """;
    }
}
