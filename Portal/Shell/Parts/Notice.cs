using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary><c>&lt;ui-notice kind="warning" title="…"&gt;…&lt;/ui-notice&gt;</c>; kinds: info, good, warning, bad.</summary>
[HtmlTargetElement("ui-notice")]
public sealed class Notice : TagHelper
{
    public string Kind { get; set; } = "info";

    public string? Title { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var words = await output.GetChildContentAsync();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"notice {Kind}");
        if (Kind is "good" or "info") output.Attributes.SetAttribute("role", "status");
        var title = Markup.If(Title is not null, $"""<p class="notice-title">{Title}</p>""");
        output.Content.SetHtmlContent(Markup.Of($"{Icons.Draw(IconOf(Kind))}<div>{title}{words}</div>"));
    }

    private static string IconOf(string kind) => kind switch
    {
        "info" => "info",
        "good" => "check",
        "warning" or "bad" => "warning",
        _ => throw new ArgumentException($"A notice is info, good, warning or bad, not '{kind}'."),
    };
}
