namespace Portal.Invoices.Printing;

/// <summary>Finds a Chromium-family browser on this machine.</summary>
internal static class FindBrowser
{
    private static readonly string[] Known =
    [
        "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome-headless-shell",
        "microsoft-edge", "microsoft-edge-stable", "msedge", "brave-browser", "brave",
    ];

    /// <summary>The full path, or null when there is none.</summary>
    /// <param name="setting"><c>Portal:Invoices:Printing:Browser</c>.</param>
    /// <param name="path">The PATH variable.</param>
    internal static string? On(string setting, string? path)
    {
        if (setting == "none" || OperatingSystem.IsWindows()) return null;
        if (setting.Contains('/', StringComparison.Ordinal)) return Runs(setting) ? setting : null;
        string[] names = setting.Length > 0 ? [setting] : Known;
        var folders = (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(Runs);
    }

    private static bool Runs(string file) => !OperatingSystem.IsWindows() && File.Exists(file)
        && (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}
