using Microsoft.AspNetCore.Html;

namespace Portal.Shell;

/// <summary>The house's own icons: 20 by 20, drawn with one 1.6 pixel line, inline so that no request is spent on them.</summary>
internal static class Icons
{
    private static readonly Dictionary<string, string> Paths = new(StringComparer.Ordinal)
    {
        ["server"] = "M3 4h14v5H3zM3 11h14v5H3zM6 6.5h.01M6 13.5h.01M10 6.5h4M10 13.5h4",
        ["backup"] = "M10 3a7 7 0 1 1-6.6 4.7M3 3v5h5M10 6.5V10l2.5 2",
        ["billing"] = "M5 2.5h10v15l-2.5-1.5L10 17.5 7.5 16 5 17.5zM8 6.5h4M8 9.5h4M8 12.5h2",
        ["account"] = "M10 10a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 10 10zM3.5 17c.6-3.3 3.2-5 6.5-5s5.9 1.7 6.5 5",
        ["team"] =
            "M7.5 9.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM2 16c.4-2.9 2.6-4.4 5.5-4.4S12.6 13.1 13 16"
                + "M13 4.3a2.7 2.7 0 0 1 0 5M15 11.8c1.7.6 2.8 2 3 4.2",
        ["catalogue"] = "M3 3h6v6H3zM11 3h6v6h-6zM3 11h6v6H3zM11 11h6v6h-6z",
        ["support"] = "M3 4h14v9.5h-7L6 17v-3.5H3zM7 7.5h6M7 10.3h4",
        ["operations"] = "M2.5 10.5h3.5l2-6 4 11 2-5h3.5",
        ["mail"] = "M2.5 4.5h15v11h-15zM3 5l7 6 7-6",
        ["plus"] = "M10 4v12M4 10h12",
        ["check"] = "M4 10.5l4 4 8-9",
        ["cross"] = "M5 5l10 10M15 5L5 15",
        ["clock"] = "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4l2.8 1.7",
        ["warning"] = "M10 3l7.5 13.5h-15zM10 8v4M10 14.2h.01",
        ["info"] = "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 9v4.5M10 6.5h.01",
        ["stop"] = "M5 5h10v10H5z",
        ["play"] = "M6 4l10 6-10 6z",
        ["restart"] = "M16 10a6 6 0 1 1-1.8-4.2M16.5 3v3.5H13",
        ["power"] = "M10 2.5V10M6 5.2a6 6 0 1 0 8 0",
        ["pencil"] = "M3.5 16.5l1-4 8.5-8.5 3 3-8.5 8.5zM11 6l3 3",
        ["bin"] = "M3.5 5.5h13M8 5.5V3h4v2.5M5 5.5l.8 11.5h8.4L15 5.5M8.3 9v5M11.7 9v5",
        ["undo"] = "M7 4L3 8l4 4M3 8h8.5a4.5 4.5 0 0 1 0 9H8",
        ["search"] = "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4.5 4.5",
        ["menu"] = "M3 5.5h14M3 10h14M3 14.5h14",
        ["chevron"] = "M6 8l4 4 4-4",
        ["right"] = "M8 5l5 5-5 5",
        ["left"] = "M12 5l-5 5 5 5",
        ["copy"] = "M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7",
        ["download"] = "M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13",
        ["out"] = "M8 3.5H3.5v13H8M12.5 6.5L16 10l-3.5 3.5M16 10H7.5",
        ["lock"] = "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
        ["dot"] = "M10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
        ["key"] = "M12.5 11a4 4 0 1 0-3.8-2.8L3 14v3h3v-2h2v-2h2l1-1.3M13.2 6.8h.01",
        ["shield"] = "M10 2.5l6.5 2.5v5c0 3.5-2.5 6.2-6.5 7.5-4-1.3-6.5-4-6.5-7.5V5z",
    };

    private const string Start =
        """<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false"><path d=""";

    public static IEnumerable<string> Names => Paths.Keys;

    /// <summary>The drawing; hidden from assistive technology, since a word always stands beside it.</summary>
    public static IHtmlContent Draw(string name) => new HtmlString($"{Start}\"{PathOf(name)}\"/></svg>");

    private static string PathOf(string name) => Paths.TryGetValue(name, out var path)
        ? path
        : throw new ArgumentException($"There is no icon '{name}'; Portal/Shell/Icons.cs lists them.", nameof(name));
}
