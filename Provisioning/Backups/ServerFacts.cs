using Database;

namespace Provisioning.Backups;

/// <summary>What backups need to know of a server.</summary>
internal sealed record ServerFacts
{
    public string Id { get; init; } = "";
    public string AccountId { get; init; } = "";
    public string Region { get; init; } = "";
    public string InstanceName { get; init; } = "";
    public string Label { get; init; } = "";
    public string State { get; init; } = "";
    public string? Address { get; init; }
    public int Vcpu { get; init; }
    public int MemoryMib { get; init; }
    public int DiskGib { get; init; }
    public DateTimeOffset? ShieldUntil { get; init; }

    /// <summary>It is there and its owner uses it.</summary>
    public bool Living => State is "running" or "stopped";

    /// <summary>It has an instance, be it one that waits for its end.</summary>
    public bool HasInstance => State is "running" or "stopped" or "deleted";

    /// <summary>The server of that id, if it is the account's; without an account, whoever's it is.</summary>
    public static async Task<ServerFacts?> Find(Db db, string id, string? accountId) =>
        await db.One<ServerFacts>(Sql.ById, new { Id = id }) is { } found && (accountId is null || found.AccountId == accountId) ? found : null;

    internal static class Sql
    {
        public const string ById = """
            -- all accounts: the caller compares the account with the one that asked
            select Id, AccountId, Region, InstanceName, Label, State, Address, Vcpu, MemoryMib, DiskGib, ShieldUntil
            from Server
            where Id = @Id
            """;
    }
}
