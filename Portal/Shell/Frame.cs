using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Portal.Shell;

/// <summary>A step of the way to a page: what it is called and where it is.</summary>
public sealed record Crumb(string Text, string Href);

/// <summary>What a page tells the frame around it.</summary>
public sealed record Frame(string Title, string? Section, IReadOnlyList<Crumb> Way, bool ShowTitle)
{
    private const string Slot = "Portal.Shell.Frame";

    internal static Frame Of(ViewDataDictionary viewData) => viewData[Slot] as Frame ?? new Frame("Portal", null, [], true);

    internal static void Set(ViewDataDictionary viewData, Frame frame) => viewData[Slot] = frame;
}

/// <summary>How a page names itself.</summary>
public static class FrameOfPage
{
    /// <summary>
    /// Names the page: its title, the entry of the navigation that is lit (the room's URL, e.g. <c>servers</c>), and the way
    /// to it.
    /// <code>ViewData.Page("Order a server", "servers", new Crumb("Servers", "/servers"));</code>
    /// </summary>
    public static void Page(this ViewDataDictionary viewData, string title, string? section = null, params Crumb[] way) =>
        Frame.Set(viewData, new Frame(title, section, way, true));

    /// <summary>As <see cref="Page"/>, for a page that draws its own heading.</summary>
    public static void PageWithOwnHeading(
        this ViewDataDictionary viewData, string title, string? section = null, params Crumb[] way) =>
        Frame.Set(viewData, new Frame(title, section, way, false));
}
