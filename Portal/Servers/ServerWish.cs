using Portal.Catalogue;

namespace Portal.Servers;

/// <summary>A server as somebody asks for it, unchecked.</summary>
public sealed record ServerWish
{
    /// <summary>The plan's code, e.g. <c>s2</c>.</summary>
    public string? Plan { get; init; }

    /// <summary>The region's code, e.g. <c>blr</c>.</summary>
    public string? Region { get; init; }

    /// <summary>The image's code, e.g. <c>debian-12</c>.</summary>
    public string? Image { get; init; }

    /// <summary>RFC 1123.</summary>
    public string? Hostname { get; init; }

    /// <summary>One line of OpenSSH.</summary>
    public string? SshKey { get; init; }

    /// <summary>Whether daily backups are wanted; nobody decides it for the customer.</summary>
    public bool? Backups { get; init; }

    /// <summary>The account's backup (<c>bkp_…</c>) that the disk comes from, in the place of the image; null for a fresh one.</summary>
    public string? Backup { get; init; }
}

/// <summary>An answer that cannot be accepted.</summary>
/// <param name="Field">The property of <see cref="ServerWish"/>.</param>
/// <param name="Code">Stable, e.g. <c>portal.servers.sold_out</c>.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
public sealed record Refusal(string Field, string Code, string Message);

/// <summary>A wish that can be ordered.</summary>
public sealed record CheckedWish(Offer Offer, Region Region, Image Image, string Hostname, SshPublicKey SshKey, bool Backups)
{
    /// <summary>The backup that the disk comes from.</summary>
    public string? BackupId { get; init; }
}

/// <summary>Checks a wish against what is on sale.</summary>
public static class CheckWish
{
    /// <summary>The wish with everything it names, or every reason why it cannot be ordered.</summary>
    public static (CheckedWish? Wish, IReadOnlyList<Refusal> Refusals) Run(ServerWish wish, OnSale onSale)
    {
        var refusals = new List<Refusal>();
        var offer = onSale.Offer(wish.Plan);
        if (offer is null) refusals.Add(Unknown(nameof(wish.Plan), wish.Plan, "plan"));
        var region = onSale.Region(wish.Region);
        if (region is null) refusals.Add(Unknown(nameof(wish.Region), wish.Region, "region"));
        var image = onSale.Image(wish.Image);
        if (image is null) refusals.Add(Unknown(nameof(wish.Image), wish.Image, "image"));
        if (offer is not null && region is not null && !offer.IsLeftIn(region.Code)) refusals.Add(SoldOut(offer, region));
        var (hostname, hostnameProblem) = Hostname.Read(wish.Hostname);
        if (hostnameProblem is not null)
            refusals.Add(new(nameof(wish.Hostname), "portal.servers.hostname_invalid", hostnameProblem));
        var (key, keyProblem) = SshPublicKey.Read(wish.SshKey);
        if (keyProblem is not null)
            refusals.Add(new(nameof(wish.SshKey), "portal.servers.ssh_key_invalid", keyProblem));
        if (wish.Backups is null)
            refusals.Add(new(nameof(wish.Backups), "portal.servers.backups_undecided", "Say whether you want daily backups."));
        if (wish.Backups == true && offer is { BackupPrice: null })
            refusals.Add(new(
                nameof(wish.Backups), "portal.servers.backups_not_sold", $"Backups are not sold for {offer.Plan.Name}."));
        return refusals.Count > 0
            ? (null, refusals)
            : (new CheckedWish(offer!, region!, image!, hostname!, key!, wish.Backups == true), []);
    }

    internal static Refusal SoldOut(Offer offer, Region region) => new(
        nameof(ServerWish.Plan),
        "portal.servers.sold_out",
        $"{offer.Plan.Name} is sold out in {region.Name}. Choose another plan or region.");

    internal static Refusal Unsold(string field, string noun) =>
        new(field, $"portal.servers.{noun}_unknown", $"This {noun} is not on sale any more. Choose one from the list.");

    private static Refusal Unknown(string field, string? given, string noun) => string.IsNullOrEmpty(given)
        ? new(field, $"portal.servers.{noun}_missing", $"Choose {(noun == "image" ? "an" : "a")} {noun}.")
        : Unsold(field, noun);
}
