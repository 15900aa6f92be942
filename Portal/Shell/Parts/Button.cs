using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// <c>&lt;ui-button&gt;Pay ₹1,180.00&lt;/ui-button&gt;</c>; kinds: primary (default), secondary, danger, quiet.
/// With <c>href</c> it is a link.
/// Other attributes (name, value, form, formaction, disabled) pass through.
/// </summary>
[HtmlTargetElement("ui-button")]
public sealed class Button : TagHelper
{
    public string Kind { get; set; } = "primary";

    public string? Href { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public string? Icon { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public string Type { get; set; } = "submit";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var words = await output.GetChildContentAsync();
        output.TagName = Href is null ? "button" : "a";
        output.TagMode = TagMode.StartTagAndEndTag;
        if (Href is null) output.Attributes.SetAttribute("type", Type);
        else output.Attributes.SetAttribute("href", Href);
        output.Attributes.SetAttribute("class", $"button {Kind}");
        output.Content.SetHtmlContent(Markup.Of($"{(Icon is null ? Markup.None : Icons.Draw(Icon))}<span>{words}</span>"));
    }
}
