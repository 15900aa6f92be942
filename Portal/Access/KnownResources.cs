using Database;
using Portal.Accounts;

namespace Portal.Access;

/// <summary>
/// Which server something belongs to: an order, a backup and a piece of work lie in the scope of their server. Asked only for people
/// who hold parts of an account.
/// </summary>
internal static class KnownResources
{
    private static readonly Kind[] Kinds =
    [
        new("srv", null, "portal.servers.no_server", "This account has no such server."),
        new("bkp", Sql.OfBackup, "portal.backups.no_backup", "This account has no such backup."),
        new("wrk", Sql.OfWork, "portal.servers.no_action", "This account has no such action."),
        new("ord", Sql.OfOrder, "billing.orders.no_order", "This account has no such order."),
    ];

    /// <summary>The server's id; null when the thing is unknown, another account's, or belongs to no server.</summary>
    public static async Task<string?> ServerOf(Db db, AccountId account, string id) => Of(id) switch
    {
        { Text: { } text } => await db.One<string>(text, new { AccountId = account, Id = id }),
        { } => id,
        null => null,
    };

    /// <summary>What the API answers when there is no such thing, in the words of the endpoint itself.</summary>
    public static (string Code, string Detail) Missing(string? id) => Of(id) is { } kind
        ? (kind.Code, kind.Detail)
        : ("portal.api.not_found", "This account has no such thing.");

    private static Kind? Of(string? id) => id is { Length: 30 } ? Kinds.FirstOrDefault(kind => id.StartsWith(kind.Prefix, StringComparison.Ordinal)) : null;

    private sealed record Kind(string Prefix, string? Text, string Code, string Detail);

    internal static class Sql
    {
        public const string OfBackup = "select ServerId from ServerBackup where AccountId = @AccountId and Id = @Id";

        public const string OfWork = "select Resource from WorkItem where AccountId = @AccountId and Id = @Id";

        public const string OfOrder = "select ServerId from ServerOrder where AccountId = @AccountId and SalesOrderId = @Id";
    }
}
