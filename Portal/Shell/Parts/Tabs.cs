using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// Tabs that are links:
/// <c>&lt;ui-tabs label="Server"&gt;&lt;ui-tab href="…" current="true"&gt;Overview&lt;/ui-tab&gt;&lt;/ui-tabs&gt;</c>
/// </summary>
[HtmlTargetElement("ui-tabs")]
public sealed class Tabs : TagHelper
{
    public string Label { get; set; } = "";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "nav";
        output.Attributes.SetAttribute("class", "tabs");
        output.Attributes.SetAttribute("aria-label", Label);
    }
}

/// <summary>One tab.</summary>
[HtmlTargetElement("ui-tab")]
public sealed class Tab : TagHelper
{
    public string Href { get; set; } = "";

    public bool Current { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "a";
        output.Attributes.SetAttribute("href", Href);
        if (Current) output.Attributes.SetAttribute("aria-current", "page");
    }
}
