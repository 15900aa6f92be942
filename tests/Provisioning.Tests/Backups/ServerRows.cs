using Database;

namespace Provisioning.Tests.Backups;

/// <summary>Rows of servers as the Servers room leaves them.</summary>
internal static class ServerRows
{
    public static Task Add(Db db, string id, string account, string instance, string? address, string state, DateTimeOffset now) =>
        db.Write(tx => tx.Execute(
            Sql.Add,
            new { Id = id, AccountId = account, OrderLineId = $"orl_{id[4..]}", InstanceName = instance, State = state, Address = address, Now = now }));

    public static Task SetState(Db db, string id, string state, DateTimeOffset? shieldUntil = null) => db.Write(tx => tx.Execute(
        Sql.SetState, new { Id = id, State = state, ShieldUntil = shieldUntil }));

    internal static class Sql
    {
        public const string Add = """
            insert into Server (Id, AccountId, OrderLineId, InstanceName, Region, ImageAlias, Hostname, Label, Vcpu, MemoryMib, DiskGib,
                Backups, State, Address, CreatedAt)
            values (@Id, @AccountId, @OrderLineId, @InstanceName, 'blr', 'debian-12', 'web-1', 'Web', 1, 128, 1, 1, @State, @Address, @Now)
            """;

        public const string SetState = "update Server set State = @State, ShieldUntil = @ShieldUntil where Id = @Id";
    }
}
