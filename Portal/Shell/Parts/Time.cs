using System.Globalization;
using Database;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// <c>&lt;ui-time at="@Model.PaidAt" /&gt;</c>: <c>22 Nov 2026, 15:30 IST (3 minutes ago)</c>; <c>relative="false"</c> leaves the
/// brackets out, nothing is shown for null.
/// </summary>
[HtmlTargetElement("ui-time", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class Time(TimeProvider clock) : TagHelper
{
    public DateTimeOffset? At { get; set; }

    public bool Relative { get; set; } = true;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (At is not { } at)
        {
            output.SuppressOutput();
            return;
        }

        output.TagName = "time";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute(
            "datetime", at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        var distance = Markup.If(Relative, $""" <span class="relative">({Words.Relative(at, clock.GetUtcNow())})</span>""");
        output.Content.SetHtmlContent(Markup.Of($"{Ist.Show(at)}{distance}"));
    }
}
