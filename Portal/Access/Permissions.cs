using System.Collections.Frozen;

namespace Portal.Access;

/// <summary>What somebody may do in an account. A permission is given by a role, on a scope; the code is the room and the act.</summary>
public static class Permissions
{
    /// <summary>See servers, their state and what was done to them.</summary>
    public const string ServersRead = "servers.read";

    /// <summary>Order servers.</summary>
    public const string ServersOrder = "servers.order";

    /// <summary>Start, stop and restart.</summary>
    public const string ServersPower = "servers.power";

    /// <summary>Give a server another name.</summary>
    public const string ServersRename = "servers.rename";

    /// <summary>Delete a server, and bring it back while its shield lasts.</summary>
    public const string ServersDelete = "servers.delete";

    /// <summary>See backups.</summary>
    public const string BackupsRead = "backups.read";

    /// <summary>Take a backup now.</summary>
    public const string BackupsTake = "backups.take";

    /// <summary>Restore a backup, in place or as a new server.</summary>
    public const string BackupsRestore = "backups.restore";

    /// <summary>See invoices, credit notes, the statement and the credit balance.</summary>
    public const string BillingRead = "billing.read";

    /// <summary>Pay orders.</summary>
    public const string BillingPay = "billing.pay";

    /// <summary>Change billing details: legal name, GSTIN, PAN, address.</summary>
    public const string BillingEdit = "billing.edit";

    /// <summary>See who belongs to the account and what they may do.</summary>
    public const string TeamRead = "team.read";

    /// <summary>Invite and remove people, give and take roles, change teams and what is in them.</summary>
    public const string TeamManage = "team.manage";

    /// <summary>Decide what others may only request.</summary>
    public const string ApprovalsDecide = "approvals.decide";

    /// <summary>Make and revoke API tokens, service accounts and applications of the account.</summary>
    public const string TokensManage = "tokens.manage";

    /// <summary>Read and export the account's audit events.</summary>
    public const string AuditRead = "audit.read";

    /// <summary>Change the account itself: its name, company sign-in, required second factor.</summary>
    public const string AccountManage = "account.manage";

    /// <summary>File complaints and read one's own.</summary>
    public const string GrievancesFile = "grievances.file";

    /// <summary>Read all complaints of the account.</summary>
    public const string GrievancesRead = "grievances.read";

    /// <summary>Every permission, in the order of the pages.</summary>
    public static IReadOnlyList<Permission> All { get; } =
    [
        new(ServersRead, "See servers and what was done to them", OnParts: true),
        new(ServersOrder, "Order servers", OnParts: true),
        new(ServersPower, "Start, stop and restart servers", OnParts: true),
        new(ServersRename, "Rename servers", OnParts: true),
        new(ServersDelete, "Delete servers and bring them back", OnParts: true),
        new(BackupsRead, "See backups", OnParts: true),
        new(BackupsTake, "Take backups", OnParts: true),
        new(BackupsRestore, "Restore backups", OnParts: true),
        new(BillingRead, "See invoices, the statement and the credit"),
        new(BillingPay, "Pay orders", OnParts: true),
        new(BillingEdit, "Change the billing details"),
        new(TeamRead, "See the team and what everybody may do"),
        new(TeamManage, "Invite and remove people, give and take access, change teams and tags"),
        new(ApprovalsDecide, "Decide what others may only ask for"),
        new(TokensManage, "Make and revoke API tokens and service accounts"),
        new(AuditRead, "Read and export the audit log"),
        new(AccountManage, "Change the account itself"),
        new(GrievancesFile, "File complaints and read their own"),
        new(GrievancesRead, "Read all complaints of the account"),
    ];

    private static readonly FrozenDictionary<string, int> Places =
        All.Select((permission, place) => KeyValuePair.Create(permission.Code, place)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Those that read and change nothing.</summary>
    internal static ulong Reading { get; } = Mask(All.Select(permission => permission.Code).Where(code => code.EndsWith(".read", StringComparison.Ordinal)));

    /// <summary>Those that a spend limit bounds.</summary>
    internal static ulong Spending { get; } = Mask([ServersOrder, BillingPay]);

    /// <summary>Those that show that a thing is there.</summary>
    internal static ulong Sight { get; } = Mask([ServersRead, BackupsRead]);

    /// <summary>Those that mean something on a part of the account; the others count only on the whole.</summary>
    internal static ulong OnParts { get; } = Mask(All.Where(permission => permission.OnParts).Select(permission => permission.Code));

    /// <summary>What the permission lets somebody do, in words.</summary>
    public static string Words(string code) => Places.TryGetValue(code, out var place) ? All[place].Text : code;

    /// <summary>What the permission is about, for lists that people choose from.</summary>
    public static string Area(string code) => code.Split('.')[0] switch
    {
        "servers" or "backups" => "Servers and backups",
        "billing" => "Money",
        "grievances" => "Complaints",
        _ => "People and the account",
    };

    /// <summary>Whether there is such a permission.</summary>
    public static bool Exists(string? code) => code is not null && Places.ContainsKey(code);

    /// <summary>The permission's bit.</summary>
    /// <exception cref="ArgumentException">There is no such permission: a slip of the caller's.</exception>
    internal static ulong Bit(string code) => Places.TryGetValue(code, out var place)
        ? 1UL << place
        : throw new ArgumentException($"{code} is no permission; it is missing in Permissions.All.", nameof(code));

    /// <summary>The bits of those that exist; a code that an earlier version knew is worth nothing.</summary>
    internal static ulong Mask(IEnumerable<string> codes) =>
        codes.Aggregate(0UL, (mask, code) => Places.TryGetValue(code, out var place) ? mask | (1UL << place) : mask);
}

/// <summary>A permission as people see it.</summary>
/// <param name="Code">Stable, e.g. <c>servers.power</c>.</param>
/// <param name="Text">What it lets somebody do.</param>
/// <param name="OnParts">Whether it can be given on a team, a resource or a tag; otherwise only on the whole account.</param>
public sealed record Permission(string Code, string Text, bool OnParts = false);
