using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// <c>&lt;ui-badge tone="good" icon="check"&gt;Running&lt;/ui-badge&gt;</c>: a state as word, icon and colour.
/// Tones: good, busy, quiet, warning, bad; each has an icon unless one is given.
/// </summary>
[HtmlTargetElement("ui-badge")]
public sealed class Badge : TagHelper
{
    public string Tone { get; set; } = "quiet";

    public string? Icon { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var words = await output.GetChildContentAsync();
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"badge {Tone}");
        output.Content.SetHtmlContent(Markup.Of($"{Icons.Draw(Icon ?? IconOf(Tone))}<span>{words}</span>"));
    }

    private static string IconOf(string tone) => tone switch
    {
        "good" => "check",
        "busy" => "clock",
        "quiet" => "dot",
        "warning" => "warning",
        "bad" => "cross",
        _ => throw new ArgumentException($"A badge is good, busy, quiet, warning or bad, not '{tone}'."),
    };
}
