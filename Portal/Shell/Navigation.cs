using Portal.Access;
using Portal.Identity;
using Portal.Staff;

namespace Portal.Shell;

/// <summary>One entry of the navigation.</summary>
/// <param name="Permission">Who lacks it does not see the entry; null is for everybody.</param>
internal sealed record NavigationEntry(string Section, string Text, string Href, string Icon, string? Permission = null);

/// <summary>Where people go: the customers' and the staff's entries, in order of use.</summary>
internal static class Navigation
{
    public static IReadOnlyList<NavigationEntry> Customer { get; } =
    [
        new("servers", "Servers", "/servers", "server", Permissions.ServersRead),
        new("invoices", "Billing", "/invoices", "billing", Permissions.BillingRead),
        new("team", "Team", "/team", "team", Permissions.TeamRead),
        new("accounts", "Account", "/accounts", "account"),
    ];

    /// <summary>The customers' entries that lead somewhere for whoever makes this request.</summary>
    public static IEnumerable<NavigationEntry> For(HttpContext context) =>
        Customer.Where(entry => entry.Permission is null || context.Can(entry.Permission));

    /// <summary>The staff's entries that lead somewhere for whoever makes this request.</summary>
    public static IEnumerable<NavigationEntry> ForStaff(HttpContext context) =>
        Staff.Where(entry => entry.Permission is null || StaffRole.Can(context.SignedInOrNull()?.StaffRole, entry.Permission));

    public static IReadOnlyList<NavigationEntry> Staff { get; } =
    [
        new("operations", "Operations", "/operations", "operations"),
        new("accounts", "Accounts", "/operations/accounts", "account", StaffMay.Accounts),
        new("staff", "Staff", "/operations/staff", "team", StaffMay.Manage),
        new("applications", "Applications", "/operations/applications", "key", StaffMay.Applications),
        new("audit", "Audit", "/operations/audit", "clock", StaffMay.Audit),
        new("catalogue", "Catalogue", "/catalogue", "catalogue"),
    ];
}
