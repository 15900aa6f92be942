using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// A question that opens in place:
/// <c>&lt;ui-dialog title="Delete web-1" open="Delete server" kind="danger"&gt;form&lt;/ui-dialog&gt;</c>.
/// It is a <c>details</c> element, so it opens without script and keeps its place in the page; <c>shown</c> opens it after a
/// refused post.
/// </summary>
[HtmlTargetElement("ui-dialog")]
public sealed class Dialog : TagHelper
{
    public string Title { get; set; } = "";

    public string Open { get; set; } = "";

    public string Kind { get; set; } = "secondary";

    public string? Icon { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public bool Shown { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var words = await output.GetChildContentAsync();
        output.TagName = "details";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "dialog");
        if (Shown) output.Attributes.SetAttribute("open", "");
        output.Content.SetHtmlContent(Markup.Of(
            $"""
            <summary class="button {Kind}">{(Icon is null ? Markup.None : Icons.Draw(Icon))}<span>{Open}</span></summary>
            <div class="dialog-body"><h3>{Title}</h3>{words}</div>
            """));
    }
}
