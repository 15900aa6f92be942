using System.Reflection;
using Testing;

namespace House.Tests;

/// <summary>The checkout and the product's assemblies, as the rules of the house look at them.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", ".git", "data", "artifacts"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<Assembly> Assemblies { get; } =
    [
        typeof(global::Database.Db).Assembly,
        typeof(Billing.Payments.PaymentsRoom).Assembly,
        typeof(Portal.PortalHost).Assembly,
        typeof(Provisioning.ProvisioningHost).Assembly,
    ];

    public static IReadOnlyList<SqlText> Texts { get; } = [.. Assemblies.SelectMany(SqlTexts.Of)];

    public static IEnumerable<SqlText> Statements => Texts.Where(text => text.IsStatement);

    /// <summary>Our files with the ending, as paths below the root with forward slashes.</summary>
    public static IEnumerable<string> Files(params string[] endings) =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => NotOurs.Contains(part)))
            .Where(file => endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Portal.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The house tests run inside a checkout: Portal.sln was not found above them.");
    }
}
