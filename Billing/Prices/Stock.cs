using Database;

namespace Billing.Prices;

/// <summary>How many of a counted item a region can still take.</summary>
public sealed record Stock
{
    /// <summary>The item, e.g. <c>server.s2</c>.</summary>
    public string ItemCode { get; init; } = "";

    /// <summary>The region's code, e.g. <c>blr</c>.</summary>
    public string Region { get; init; } = "";

    /// <summary>How many are left.</summary>
    public int Available { get; init; }

    /// <summary>What is left of everything, for a catalogue.</summary>
    public static Task<IReadOnlyList<Stock>> All(Db db) => db.Query<Stock>(Sql.All);

    /// <summary>Whether one is left.</summary>
    public static async Task<bool> IsLeft(Tx tx, string itemCode, string region) =>
        await tx.One<int>(Sql.Left, new { ItemCode = itemCode, Region = region }) > 0;

    /// <summary>Takes one; false when none is left. Two takers never get the same one.</summary>
    public static async Task<bool> Take(Tx tx, string itemCode, string region) =>
        await tx.Execute(Sql.Take, new { ItemCode = itemCode, Region = region }) == 1;

    /// <summary>Gives one back.</summary>
    public static Task GiveBack(Tx tx, string itemCode, string region) =>
        tx.Execute(Sql.GiveBack, new { ItemCode = itemCode, Region = region });

    /// <summary>Sets how many are left.</summary>
    public static async Task Set(Tx tx, string itemCode, string region, int available)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(available);
        var args = new { ItemCode = itemCode, Region = region, Available = available };
        if (await tx.Execute(Sql.Update, args) == 0) await tx.Execute(Sql.Insert, args);
    }

    internal static class Sql
    {
        public const string All = "select ItemCode, Region, Available from Stock order by ItemCode, Region";

        public const string Left = "select Available from Stock where ItemCode = @ItemCode and Region = @Region";

        public const string Take = """
            update Stock
            set Available = Available - 1
            where ItemCode = @ItemCode and Region = @Region and Available > 0
            """;

        public const string GiveBack = """
            update Stock
            set Available = Available + 1
            where ItemCode = @ItemCode and Region = @Region
            """;

        public const string Update = "update Stock set Available = @Available where ItemCode = @ItemCode and Region = @Region";

        public const string Insert = """
            insert into Stock (ItemCode, Region, Available)
            select @ItemCode, @Region, @Available
            where not exists (select 1 from Stock where ItemCode = @ItemCode and Region = @Region)
            """;
    }
}
