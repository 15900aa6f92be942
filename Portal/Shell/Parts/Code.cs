using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary><c>&lt;ui-copy text="203.0.113.7" label="address" /&gt;</c>: shown once a script can serve it.</summary>
[HtmlTargetElement("ui-copy", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class Copy : TagHelper
{
    public string Text { get; set; } = "";

    public string Label { get; set; } = "";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "button";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("type", "button");
        output.Attributes.SetAttribute("class", "copy");
        output.Attributes.SetAttribute("hidden", "");
        output.Attributes.SetAttribute("data-copy", Text);
        output.Content.SetHtmlContent(Markup.Of($"{Icons.Draw("copy")}<span class=\"unseen\">Copy {Label}</span>"));
    }
}

/// <summary>
/// <c>&lt;ui-code label="command"&gt;ssh root@203.0.113.7&lt;/ui-code&gt;</c>: text to be copied, never wrapped into nonsense.
/// </summary>
[HtmlTargetElement("ui-code")]
public sealed class CodeBlock : TagHelper
{
    public string Label { get; set; } = "text";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var text = System.Net.WebUtility.HtmlDecode((await output.GetChildContentAsync()).GetContent()).Trim();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "code-block");
        output.Content.SetHtmlContent(Markup.Of(
            $"""
            <pre tabindex="0"><code>{text}</code></pre>
            <button type="button" class="copy" hidden data-copy="{text}">
            {Icons.Draw("copy")}<span class="unseen">Copy {Label}</span></button>
            """));
    }
}
