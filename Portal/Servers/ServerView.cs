using Billing.Orders;
using Database;
using Portal.Accounts;

namespace Portal.Servers;

/// <summary>A state for people: the word, its tone and what it means for them.</summary>
/// <param name="Code">Stable, for the API and the script.</param>
internal sealed record ServerStatus(string Code, string Word, string Tone, string? Icon = null);

/// <summary>A server as its owner sees it: what was ordered, what was paid, what is there.</summary>
internal sealed record ServerView
{
    public ServerId ServerId { get; init; }

    public string Hostname { get; init; } = "";

    public string Label { get; init; } = "";

    public string PlanCode { get; init; } = "";

    public string PlanName { get; init; } = "";

    public string Region { get; init; } = "";

    public string RegionName { get; init; } = "";

    public string ImageCode { get; init; } = "";

    public string ImageName { get; init; } = "";

    public bool Backups { get; init; }

    public int? Vcpu { get; init; }

    public int? MemoryMib { get; init; }

    public int? DiskGib { get; init; }

    public string SshKey { get; init; } = "";

    public DateTimeOffset PlacedAt { get; init; }

    public SalesOrderId OrderId { get; init; }

    public string OrderState { get; init; } = "";

    public DateTimeOffset? PaidAt { get; init; }

    public DateTimeOffset? PromisedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Null until the worker has taken the order up.</summary>
    public string? MachineState { get; init; }

    public string? Address { get; init; }

    public string? Doubt { get; init; }

    public string? FailureText { get; init; }

    public DateTimeOffset? ObservedAt { get; init; }

    public DateTimeOffset? ReadyAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    public DateTimeOffset? ShieldUntil { get; init; }

    public bool IsRunning => MachineState == "running";

    public bool IsStopped => MachineState == "stopped";

    public bool IsDeleted => MachineState == "deleted";

    /// <summary>It is there and can be worked with.</summary>
    public bool IsThere => IsRunning || IsStopped;

    public bool IsUndeliverable => OrderState == SalesOrder.Undeliverable;

    /// <summary>Paid for and not there yet.</summary>
    public bool IsComing => OrderState == SalesOrder.Paid && MachineState is null or "creating" && !IsUndeliverable;

    public bool IsUnpaid => OrderState == SalesOrder.AwaitingPayment;

    public ServerStatus Status => (OrderState, MachineState) switch
    {
        (SalesOrder.AwaitingPayment, _) => new("awaiting_payment", "Waiting for payment", "warning", "billing"),
        (SalesOrder.Expired, _) => new("expired", "Order expired", "quiet", "clock"),
        (SalesOrder.Cancelled, _) => new("cancelled", "Order cancelled", "quiet", "cross"),
        (_, "deleted") => new("deleted", "Deleted", "quiet", "bin"),
        (_, "gone") => new("gone", "Gone", "quiet", "bin"),
        (SalesOrder.Undeliverable, _) or (_, "failed") => new("failed", "Could not be created", "bad"),
        (_, "running") => new("running", "Running", "good"),
        (_, "stopped") => new("stopped", "Stopped", "quiet", "stop"),
        _ => new("creating", "Being created", "busy"),
    };

    /// <summary>One server of the account; null when there is none.</summary>
    public static Task<ServerView?> Find(Db db, AccountId account, ServerId id) =>
        db.One<ServerView>(Sql.Find, new { AccountId = account, ServerId = id });

    internal static class Sql
    {
        public const string Columns = """
            s.ServerId, s.Hostname, coalesce(f.Label, s.Label) as Label, s.PlanCode, coalesce(p.Name, s.PlanCode) as PlanName,
            s.Region, coalesce(r.Name, s.Region) as RegionName, s.ImageCode, coalesce(i.Name, s.ImageCode) as ImageName,
            s.Backups, s.SshKey, s.PlacedAt,
            o.Id as OrderId, o.State as OrderState, o.PaidAt, o.PromisedAt, o.ExpiresAt,
            f.State as MachineState, f.Address, f.Doubt, f.FailureText, f.ObservedAt, f.ReadyAt, f.DeletedAt, f.ShieldUntil,
            f.Vcpu, f.MemoryMib, f.DiskGib
            """;

        public const string Tables = """
            ServerOrder s
                join SalesOrder o on o.Id = s.SalesOrderId
                left join Server f on f.Id = s.ServerId
                left join ServerPlan p on p.Code = s.PlanCode
                left join Region r on r.Code = s.Region
                left join Image i on i.Code = s.ImageCode
            """;

        public const string Find = $"""
            select {Columns}
            from {Tables}
            where s.AccountId = @AccountId
                and s.ServerId = @ServerId
            """;
    }
}
