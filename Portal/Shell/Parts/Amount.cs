using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary><c>&lt;ui-money paise="@Model.TotalPaise" /&gt;</c>: ₹1,18,000.00, tabular figures, on one line.</summary>
[HtmlTargetElement("ui-money", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class Amount : TagHelper
{
    public long Paise { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "data";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "money");
        output.Attributes.SetAttribute("value", Paise);
        output.Content.SetContent(Rupees.Show(Paise));
    }
}
