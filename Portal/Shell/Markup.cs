using System.Globalization;
using Microsoft.AspNetCore.Html;

namespace Portal.Shell;

/// <summary>HTML with holes: every argument is encoded unless it is HTML already.</summary>
internal static class Markup
{
    public static IHtmlContent None { get; } = HtmlString.Empty;

    public static IHtmlContent Of(FormattableString text)
    {
        var arguments = text.GetArguments().Select(argument => argument ?? "");
        return new HtmlFormattableString(CultureInfo.InvariantCulture, text.Format, [.. arguments]);
    }

    public static IHtmlContent If(bool condition, FormattableString text) => condition ? Of(text) : None;

    /// <summary>An attribute with a leading blank, or nothing when the value is null.</summary>
    public static IHtmlContent Attribute(string name, string? value) =>
        value is null ? None : Of($" {new HtmlString(name)}=\"{value}\"");

    /// <summary>An attribute without value, or nothing.</summary>
    public static IHtmlContent Flag(string name, bool set) => set ? new HtmlString($" {name}") : None;

    public static IHtmlContent All(IEnumerable<IHtmlContent> parts)
    {
        var all = new HtmlContentBuilder();
        foreach (var part in parts) all.AppendHtml(part);
        return all;
    }
}
