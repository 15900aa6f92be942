using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// A key/value list: <c>&lt;ui-facts&gt;&lt;ui-fact label="Address"&gt;203.0.113.7&lt;/ui-fact&gt;&lt;/ui-facts&gt;</c>
/// </summary>
[HtmlTargetElement("ui-facts")]
public sealed class Facts : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "dl";
        output.Attributes.SetAttribute("class", $"facts {context.AllAttributes["class"]?.Value}".TrimEnd());
    }
}

/// <summary>One line of <see cref="Facts"/>.</summary>
[HtmlTargetElement("ui-fact")]
public sealed class Fact : TagHelper
{
    public string Label { get; set; } = "";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var value = await output.GetChildContentAsync();
        output.TagName = "div";
        output.Content.SetHtmlContent(Markup.Of($"<dt>{Label}</dt> <dd>{value}</dd>"));
    }
}
