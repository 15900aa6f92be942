using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary><c>&lt;ui-progress percent="40" text="Installing Debian 12" /&gt;</c></summary>
[HtmlTargetElement("ui-progress", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class Progress : TagHelper
{
    public int Percent { get; set; }

    public string Text { get; set; } = "";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "progress");
        output.Content.SetHtmlContent(Markup.Of(
            $"""
            <p><span>{Text}</span> <span class="number">{Percent} %</span></p>
            <progress max="100" value="{Percent}" aria-label="{Text}">{Percent} %</progress>
            """));
    }
}
