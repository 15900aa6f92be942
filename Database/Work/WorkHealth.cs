using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Database.Work;

/// <summary>How late a command's oldest due item is.</summary>
public sealed record Lateness
{
    /// <summary>The command.</summary>
    public string Command { get; init; } = "";

    /// <summary>Items due and not yet done.</summary>
    public int Items { get; init; }

    /// <summary>When the oldest of them was due (UTC).</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Whole seconds since then.</summary>
    public long LateSeconds { get; init; }
}

internal static class WorkHealth
{
    internal static async Task<Ok<IEnumerable<Lateness>>> Answer(Db db, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        var late = await db.Query<Lateness>(Sql.Late, new { Now = now });
        return TypedResults.Ok(late.Select(row => row with { LateSeconds = (long)(now - row.Since).TotalSeconds }));
    }

    internal static class Sql
    {
        public const string Late = """
            -- all accounts: the operators' view of the whole queue
            select Command, count(*) as Items, min(NextTryAt) as Since
            from WorkItem
            where EndedAt is null
                and NextTryAt <= @Now
            group by Command
            """;
    }
}
