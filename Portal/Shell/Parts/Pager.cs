using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// <c>&lt;ui-pager label="Servers" previous="…" next="…" /&gt;</c>: null where there is no further page.
/// </summary>
[HtmlTargetElement("ui-pager", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class Pager : TagHelper
{
    public string Label { get; set; } = "";

    public string? Previous { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public string? Next { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        // Razor hands an attribute whose expression is null over as an empty text
        if (string.IsNullOrEmpty(Previous)) Previous = null;
        if (string.IsNullOrEmpty(Next)) Next = null;
        if (Previous is null && Next is null)
        {
            output.SuppressOutput();
            return;
        }

        output.TagName = "nav";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "pager");
        output.Attributes.SetAttribute("aria-label", $"{Label}, pages");
        output.Content.SetHtmlContent(Markup.All([
            Markup.If(
                Previous is not null,
                $"""<a class="button secondary" rel="prev" href="{Previous}">{Icons.Draw("left")}<span>Previous</span></a>"""),
            Markup.If(
                Next is not null,
                $"""<a class="button secondary" rel="next" href="{Next}"><span>Next</span>{Icons.Draw("right")}</a>"""),
        ]));
    }
}
