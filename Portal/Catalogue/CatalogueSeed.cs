using Billing.Prices;
using Database;

namespace Portal.Catalogue;

/// <summary>A catalogue to start from, for the demo and the tests: plans, regions, images, prices and stock.</summary>
public static class CatalogueSeed
{
    private const int HoursOfMonth = 730;

    /// <summary>The plans with their net price a month in rupees.</summary>
    public static IReadOnlyList<(ServerPlan Plan, long Rupees)> Plans { get; } =
    [
        (new() { Code = "s1", Name = "S1", Vcpu = 1, MemoryMib = 1024, DiskGib = 25, TransferGib = 1000, Position = 1 }, 299),
        (new() { Code = "s2", Name = "S2", Vcpu = 2, MemoryMib = 2048, DiskGib = 50, TransferGib = 2000, Position = 2 }, 599),
        (new() { Code = "s3", Name = "S3", Vcpu = 2, MemoryMib = 4096, DiskGib = 80, TransferGib = 3000, Position = 3 }, 1_199),
        (new() { Code = "s4", Name = "S4", Vcpu = 4, MemoryMib = 8192, DiskGib = 160, TransferGib = 4000, Position = 4 }, 2_299),
        (new() { Code = "s5", Name = "S5", Vcpu = 8, MemoryMib = 16384, DiskGib = 320, TransferGib = 5000, Position = 5 }, 4_499),
        (new() { Code = "s6", Name = "S6", Vcpu = 16, MemoryMib = 32768, DiskGib = 640, TransferGib = 6000, Position = 6 }, 8_999),
    ];

    /// <summary>The regions.</summary>
    public static IReadOnlyList<Region> Regions { get; } =
    [
        new() { Code = "blr", Name = "Bengaluru", City = "Bengaluru", StateCode = "29", Position = 1 },
        new() { Code = "bom", Name = "Mumbai", City = "Navi Mumbai", StateCode = "27", Position = 2 },
        new() { Code = "del", Name = "Delhi NCR", City = "Noida", StateCode = "09", Position = 3 },
    ];

    /// <summary>The images; the alias is the code unless the hypervisor calls it something else.</summary>
    public static IReadOnlyList<Image> Images { get; } =
    [
        new() { Code = "debian-12", Name = "Debian 12", Family = "Debian", Alias = "debian-12", Position = 1 },
        new() { Code = "debian-13", Name = "Debian 13", Family = "Debian", Alias = "debian-13", Position = 2 },
        new() { Code = "ubuntu-24.04", Name = "Ubuntu 24.04 LTS", Family = "Ubuntu", Alias = "ubuntu-24.04", Position = 3 },
        new() { Code = "almalinux-9", Name = "AlmaLinux 9", Family = "AlmaLinux", Alias = "almalinux-9", Position = 4 },
    ];

    /// <summary>Writes the catalogue; a second time changes nothing but the stock.</summary>
    /// <param name="aliases">What the hypervisor calls an image, by the image's code, where it differs.</param>
    /// <param name="available">Servers of each plan that a region can take; the largest plan is sold out in Delhi NCR.</param>
    public static async Task Run(
        Tx tx, DateTimeOffset now, IReadOnlyDictionary<string, string>? aliases = null, int available = 40)
    {
        foreach (var region in Regions) await SetCatalogue.Region(tx, region);
        foreach (var image in Images)
            await SetCatalogue.Image(tx, image with { Alias = aliases?.GetValueOrDefault(image.Code) ?? image.Alias });
        foreach (var (plan, rupees) in Plans)
        {
            await SetCatalogue.Plan(tx, plan);
            await Price(tx, plan.ItemCode, Money.OfRupees(rupees), counted: true, now);
            await Price(tx, plan.BackupItemCode, Money.OfRupees(rupees / 5), counted: false, now);
            foreach (var region in Regions)
                await Stock.Set(tx, plan.ItemCode, region.Code, plan.Code == "s6" && region.Code == "del" ? 0 : available);
        }
    }

    private static async Task Price(Tx tx, string item, Money month, bool counted, DateTimeOffset now)
    {
        if (await Billing.Prices.Price.At(tx, item, now) is not null) return;
        // rounded up to a whole paisa, so that a month by the hour never undercuts the month
        var hour = new Money((month.Paise + HoursOfMonth - 1) / HoursOfMonth);
        await SetPrice.Run(tx, item, month, hour, counted, now);
    }
}
