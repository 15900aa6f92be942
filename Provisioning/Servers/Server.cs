using Database;

namespace Provisioning.Servers;

/// <summary>The id of a server, made by the portal when it was ordered; every name outside derives from it.</summary>
internal readonly record struct ServerId(string Value) : IId<ServerId>
{
    public static string Prefix => "srv";

    public static ServerId From(string value) => new(value);

    /// <summary>What the server's first instance is called.</summary>
    public string InstanceName => $"srv-{Value[(Prefix.Length + 1)..]}";

    public override string ToString() => Value;
}

/// <summary>The fact: a server as it is. The portal's server order is the wish.</summary>
internal sealed record Server
{
    public ServerId Id { get; init; }

    public string AccountId { get; init; } = "";

    public string OrderLineId { get; init; } = "";

    /// <summary>The instance that serves it now; a restore in place puts another one in its place.</summary>
    public string InstanceName { get; init; } = "";

    public string Region { get; init; } = "";

    public string Label { get; init; } = "";

    /// <summary>The one word for where it is in its life.</summary>
    public string State { get; init; } = "";

    public string? Address { get; init; }

    /// <summary>What the last observation could not explain; shown to staff.</summary>
    public string? Doubt { get; init; }

    public string? FailureCode { get; init; }

    public string? FailureText { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Until then a deleted server can be had back (UTC).</summary>
    public DateTimeOffset? ShieldUntil { get; init; }

    /// <summary>It is there and its owner uses it.</summary>
    public bool Living => State is "running" or "stopped";

    public static Task<Server?> Find(Db db, ServerId id) => db.One<Server>(Sql.ById, new { Id = id });

    /// <summary>The server that was made for the order line.</summary>
    public static Task<ServerId?> OfLine(Db db, string orderLineId) => db.One<ServerId?>(Sql.ByOrderLine, new { OrderLineId = orderLineId });

    /// <summary>Writes the server down before anything is made; harmless when it is there.</summary>
    public static Task Reserve(Tx tx, ServerSpec spec, string instanceName, DateTimeOffset? promisedAt, DateTimeOffset now) => tx.Execute(
        Sql.Reserve,
        new
        {
            Id = spec.ServerId,
            spec.AccountId,
            spec.OrderLineId,
            InstanceName = instanceName,
            spec.Region,
            ImageAlias = spec.Image,
            spec.Hostname,
            spec.Label,
            spec.Vcpu,
            spec.MemoryMib,
            spec.DiskGib,
            spec.Backups,
            PromisedAt = promisedAt,
            Now = now,
        });

    public static Task SetAddress(Tx tx, string accountId, ServerId id, string address) =>
        tx.Execute(Sql.SetAddress, new { Id = id, AccountId = accountId, Address = address });

    /// <summary>It runs and has its address: delivered.</summary>
    public static Task Ready(Tx tx, string accountId, ServerId id, DateTimeOffset now) =>
        tx.Execute(Sql.Ready, new { Id = id, AccountId = accountId, Now = now });

    /// <summary>It could not be made.</summary>
    public static Task Fail(Tx tx, string accountId, ServerId id, string code, string text) => tx.Execute(
        Sql.Fail, new { Id = id, AccountId = accountId, Code = code[..Math.Min(code.Length, 80)], Text = text[..Math.Min(text.Length, 1000)] });

    /// <summary>What was seen or done: running or stopped.</summary>
    public static Task SetState(Tx tx, string accountId, ServerId id, string state, DateTimeOffset now) =>
        tx.Execute(Sql.SetState, new { Id = id, AccountId = accountId, State = state, Now = now });

    internal static class Sql
    {
        public const string Columns = """
            Id, AccountId, OrderLineId, InstanceName, Region, Label, State, Address, Doubt, FailureCode, FailureText, DeletedAt, ShieldUntil
            """;

        public const string ById = $"""
            -- all accounts: the worker serves everybody
            select {Columns}
            from Server
            where Id = @Id
            """;

        public const string ByOrderLine = """
            -- all accounts: the worker serves everybody
            select Id
            from Server
            where OrderLineId = @OrderLineId
            """;

        public const string Reserve = """
            insert into Server (Id, AccountId, OrderLineId, InstanceName, Region, ImageAlias, Hostname, Label, Vcpu, MemoryMib, DiskGib,
                Backups, State, PromisedAt, CreatedAt)
            select @Id, @AccountId, @OrderLineId, @InstanceName, @Region, @ImageAlias, @Hostname, @Label, @Vcpu, @MemoryMib, @DiskGib,
                @Backups, 'creating', @PromisedAt, @Now
            where not exists (select 1 from Server where Id = @Id and AccountId = @AccountId)
            """;

        public const string SetAddress = """
            update Server
            set Address = @Address
            where Id = @Id
                and AccountId = @AccountId
            """;

        public const string Ready = """
            update Server
            set State = 'running', ReadyAt = coalesce(ReadyAt, @Now), ObservedAt = @Now, Doubt = null
            where Id = @Id
                and AccountId = @AccountId
                and State = 'creating'
            """;

        public const string Fail = """
            update Server
            set State = 'failed', FailureCode = @Code, FailureText = @Text
            where Id = @Id
                and AccountId = @AccountId
                and State = 'creating'
            """;

        public const string SetState = """
            update Server
            set State = @State, ObservedAt = @Now, Doubt = null
            where Id = @Id
                and AccountId = @AccountId
                and State in ('running', 'stopped')
            """;
    }
}
