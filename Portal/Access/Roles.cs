namespace Portal.Access;

/// <summary>A ready-made role.</summary>
/// <param name="Code">Stable, e.g. <c>billing</c>.</param>
/// <param name="Name">As people see it.</param>
/// <param name="Text">Whom it is for.</param>
/// <param name="Permissions">What it allows.</param>
public sealed record Role(string Code, string Name, string Text, IReadOnlyList<string> Permissions)
{
    internal ulong Mask { get; } = Access.Permissions.Mask(Permissions);
}

/// <summary>The roles that every account has; its own ones are rows of <c>CustomRole</c>.</summary>
public static class Roles
{
    /// <summary>Everything; at least one person of an account holds it on the whole account without an end.</summary>
    public const string Owner = "owner";

    /// <summary>Reads.</summary>
    public const string Viewer = "viewer";

    /// <summary>From the most to the least.</summary>
    public static IReadOnlyList<Role> Ready { get; } =
    [
        new(Owner, "Owner", "Everything, and hands the account over.", [.. Permissions.All.Select(permission => permission.Code)]),
        new("admin", "Admin", "Everything but the account itself: people, machines and money.",
            [.. Permissions.All.Select(permission => permission.Code).Where(code => code != Permissions.AccountManage)]),
        new("billing", "Billing", "Invoices, payments and billing details.",
            [Permissions.BillingRead, Permissions.BillingPay, Permissions.BillingEdit, Permissions.GrievancesFile]),
        new("technical", "Technical", "Orders, pays for and runs servers and backups.",
        [
            Permissions.ServersRead, Permissions.ServersOrder, Permissions.ServersPower, Permissions.ServersRename, Permissions.ServersDelete,
            Permissions.BackupsRead, Permissions.BackupsTake, Permissions.BackupsRestore, Permissions.BillingPay, Permissions.GrievancesFile,
        ]),
        new("grievances", "Grievances only", "Files and follows complaints, sees nothing else.",
            [Permissions.GrievancesFile, Permissions.GrievancesRead]),
        new(Viewer, "Viewer", "Sees servers, backups, invoices and the team; changes nothing.",
        [
            Permissions.ServersRead, Permissions.BackupsRead, Permissions.BillingRead, Permissions.TeamRead, Permissions.GrievancesRead,
            Permissions.GrievancesFile,
        ]),
    ];

    /// <summary>The ready-made role; null when there is none of this code.</summary>
    public static Role? Find(string? code) => Ready.FirstOrDefault(role => role.Code == code);
}
