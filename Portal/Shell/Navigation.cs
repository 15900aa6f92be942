namespace Portal.Shell;

/// <summary>One entry of the navigation.</summary>
internal sealed record NavigationEntry(string Section, string Text, string Href, string Icon);

/// <summary>Where people go: the customers' and the staff's entries, in order of use.</summary>
internal static class Navigation
{
    public static IReadOnlyList<NavigationEntry> Customer { get; } =
    [
        new("servers", "Servers", "/servers", "server"),
        new("invoices", "Billing", "/invoices", "billing"),
        new("accounts", "Account", "/accounts", "account"),
    ];

    public static IReadOnlyList<NavigationEntry> Staff { get; } =
    [
        new("operations", "Operations", "/operations", "operations"),
        new("catalogue", "Catalogue", "/catalogue", "catalogue"),
    ];
}
