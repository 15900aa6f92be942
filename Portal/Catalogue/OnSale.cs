using Billing.Prices;
using Database;

namespace Portal.Catalogue;

/// <summary>A size of server that can be ordered.</summary>
public sealed record ServerPlan
{
    /// <summary>E.g. <c>s2</c>.</summary>
    public string Code { get; init; } = "";

    /// <summary>As customers read it.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>virtual</c> or <c>dedicated</c>.</summary>
    public string Kind { get; init; } = "virtual";

    /// <summary>Virtual processors.</summary>
    public int Vcpu { get; init; }

    /// <summary>Memory in MiB.</summary>
    public int MemoryMib { get; init; }

    /// <summary>Disk in GiB.</summary>
    public int DiskGib { get; init; }

    /// <summary>Traffic a month that the price includes, GiB.</summary>
    public int TransferGib { get; init; }

    /// <summary>Its place in the list.</summary>
    public int Position { get; init; }

    /// <summary>Whether it can be ordered.</summary>
    public bool Listed { get; init; } = true;

    /// <summary>What it is called in prices, stock and order lines.</summary>
    public string ItemCode => $"server.{Code}";

    /// <summary>What daily backups of it are called there.</summary>
    public string BackupItemCode => $"backup.{Code}";
}

/// <summary>Where servers run.</summary>
public sealed record Region
{
    /// <summary>E.g. <c>blr</c>.</summary>
    public string Code { get; init; } = "";

    /// <summary>As customers read it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The city of the data centre.</summary>
    public string City { get; init; } = "";

    /// <summary>The GST State code of the data centre, two digits.</summary>
    public string StateCode { get; init; } = "";

    /// <summary>Its place in the list.</summary>
    public int Position { get; init; }

    /// <summary>Whether new servers may be ordered there.</summary>
    public bool IsOpen { get; init; } = true;
}

/// <summary>What a new server boots.</summary>
public sealed record Image
{
    /// <summary>E.g. <c>debian-12</c>.</summary>
    public string Code { get; init; } = "";

    /// <summary>As customers read it.</summary>
    public string Name { get; init; } = "";

    /// <summary>The distribution.</summary>
    public string Family { get; init; } = "";

    /// <summary>What the hypervisor calls it.</summary>
    public string Alias { get; init; } = "";

    /// <summary>Its place in the list.</summary>
    public int Position { get; init; }

    /// <summary>Whether it can be ordered.</summary>
    public bool Listed { get; init; } = true;
}

/// <summary>A plan with what it costs and where it is to be had.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Price">What it costs now.</param>
/// <param name="BackupPrice">What its daily backups cost; null where none are sold.</param>
/// <param name="SoldOutIn">Codes of the regions that have none left.</param>
public sealed record Offer(ServerPlan Plan, Price Price, Price? BackupPrice, IReadOnlySet<string> SoldOutIn)
{
    /// <summary>Whether one is left in the region.</summary>
    public bool IsLeftIn(string region) => !SoldOutIn.Contains(region);
}

/// <summary>Everything that can be ordered at an instant: a plan without a price is not on sale.</summary>
public sealed record OnSale(IReadOnlyList<Offer> Offers, IReadOnlyList<Region> Regions, IReadOnlyList<Image> Images)
{
    /// <summary>The offer of a plan, or null when it is not on sale.</summary>
    public Offer? Offer(string? plan) => Offers.FirstOrDefault(offer => offer.Plan.Code == plan);

    /// <summary>The region, or null when it is unknown or closed to new servers.</summary>
    public Region? Region(string? code) => Regions.FirstOrDefault(region => region.Code == code);

    /// <summary>The image, or null when it is unknown or no longer offered.</summary>
    public Image? Image(string? code) => Images.FirstOrDefault(image => image.Code == code);

    /// <summary>What can be ordered now.</summary>
    public static async Task<OnSale> Read(Db db, DateTimeOffset now)
    {
        var regions = await db.Query<Region>(Sql.Regions);
        var prices = (await Price.All(db, now)).ToDictionary(price => price.ItemCode, StringComparer.Ordinal);
        var left = (await Stock.All(db))
            .Where(stock => stock.Available > 0).Select(stock => (stock.ItemCode, stock.Region)).ToHashSet();
        var offers =
            from plan in await db.Query<ServerPlan>(Sql.Plans)
            where prices.ContainsKey(plan.ItemCode)
            let price = prices[plan.ItemCode]
            let soldOut = price.Counted ? regions.Where(region => !left.Contains((plan.ItemCode, region.Code))) : []
            let backups = prices.GetValueOrDefault(plan.BackupItemCode)
            select new Offer(plan, price, backups, soldOut.Select(region => region.Code).ToHashSet(StringComparer.Ordinal));
        return new OnSale([.. offers], regions, await db.Query<Image>(Sql.Images));
    }

    internal static class Sql
    {
        public const string Plans = """
            select Code, Name, Kind, Vcpu, MemoryMib, DiskGib, TransferGib, Position, Listed
            from ServerPlan
            where Listed = 1
            order by Position, Code
            """;

        public const string Regions = """
            select Code, Name, City, StateCode, Position, IsOpen
            from Region
            where IsOpen = 1
            order by Position, Code
            """;

        public const string Images = """
            select Code, Name, Family, Alias, Position, Listed
            from Image
            where Listed = 1
            order by Position, Code
            """;
    }
}
