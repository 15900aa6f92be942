namespace Portal.Invoices.Printing;

/// <summary>How documents become PDFs. Section <c>Portal:Invoices:Printing</c>.</summary>
public sealed record PrintingOptions
{
    /// <summary>A Chromium-family browser: a name looked up on PATH or a full path. Empty: the first known one on PATH. <c>none</c>: no PDFs.</summary>
    public string Browser { get; init; } = "";

    /// <summary>The unprivileged user that the browser runs as when the portal itself is root.</summary>
    public string User { get; init; } = "nobody";

    /// <summary>False only where the machine forbids user namespaces and the browser's own sandbox cannot start.</summary>
    public bool Sandbox { get; init; } = true;

    /// <summary>After so many pages the browser is replaced by a fresh one.</summary>
    public int PagesPerRenderer { get; init; } = 200;

    /// <summary>The longest that starting the browser may take.</summary>
    public TimeSpan StartWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that one page may take; the browser is killed after it.</summary>
    public TimeSpan PrintWithin { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a document waits before a browser is looked for again.</summary>
    public TimeSpan LookAgain { get; init; } = TimeSpan.FromMinutes(5);
}
