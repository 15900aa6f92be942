namespace Portal.Staff;

/// <summary>What somebody of the staff may do. A page of theirs carries it as its policy.</summary>
public static class StaffMay
{
    /// <summary>Search accounts and read what staff keep about them.</summary>
    public const string Accounts = "staff.accounts";

    /// <summary>Look into an account, with a reason and for a time.</summary>
    public const string Look = "staff.look";

    /// <summary>Make changes in an account that is looked into, with a second reason.</summary>
    public const string Change = "staff.change";

    /// <summary>Read the audit events of all accounts.</summary>
    public const string Audit = "staff.audit";

    /// <summary>Invite staff, change their roles, end them.</summary>
    public const string Manage = "staff.manage";

    /// <summary>Register and revoke the house's own applications.</summary>
    public const string Applications = "staff.applications";

    /// <summary>Vouch for a company's domain, and let passwords open an account again whose own sign-in is lost.</summary>
    public const string Vouch = "staff.vouch";

    internal static IReadOnlyList<(string Code, string Words)> All { get; } =
    [
        (Accounts, "Search accounts"),
        (Look, "Look into an account"),
        (Change, "Make changes in an account"),
        (Audit, "Read all audit events"),
        (Manage, "Manage staff"),
        (Applications, "Manage applications"),
        (Vouch, "Decide about companies' sign-in"),
    ];
}

/// <summary>A role of the staff and what it may do: the one table of it.</summary>
/// <param name="Code">As in <c>Person.StaffRole</c>.</param>
internal sealed record StaffRole(string Code, string Name, IReadOnlyList<string> May)
{
    public static IReadOnlyList<StaffRole> All { get; } =
    [
        new("administrator", "Administrator", [
            StaffMay.Accounts, StaffMay.Look, StaffMay.Change, StaffMay.Audit, StaffMay.Manage, StaffMay.Applications, StaffMay.Vouch,
        ]),
        new("operator", "Operator", [StaffMay.Accounts, StaffMay.Look, StaffMay.Change, StaffMay.Vouch]),
        new("billing", "Billing", [StaffMay.Accounts, StaffMay.Look, StaffMay.Change]),
        new("grievance", "Grievance officer", [StaffMay.Accounts, StaffMay.Look]),
        new("auditor", "Auditor", [StaffMay.Accounts, StaffMay.Audit]),
    ];

    public static StaffRole? Of(string? code) => All.FirstOrDefault(role => role.Code == code);

    public static bool Can(string? code, string permission) => Of(code)?.May.Contains(permission) == true;
}
