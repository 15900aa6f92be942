using Database;

namespace Provisioning.Servers;

/// <summary>Which instance a server is. A restore in place changes it.</summary>
internal static class ServerInstance
{
    /// <summary>From now on the server is another instance; false when it is not <paramref name="old"/> any more.</summary>
    public static async Task<bool> Switch(Tx tx, string accountId, string serverId, string old, string replacement) =>
        await tx.Execute(Sql.Switch, new { Id = serverId, AccountId = accountId, Old = old, InstanceName = replacement }) == 1;

    internal static class Sql
    {
        public const string Switch = """
            update Server
            set InstanceName = @InstanceName
            where Id = @Id
                and AccountId = @AccountId
                and InstanceName = @Old
                and State in ('running', 'stopped')
            """;
    }
}
