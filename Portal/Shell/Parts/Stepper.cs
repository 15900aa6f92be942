using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// <c>&lt;ui-stepper steps="Choose,Review,Pay" current="2" label="Order" /&gt;</c>: where one stands; the first step is 1.
/// </summary>
[HtmlTargetElement("ui-stepper", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class Stepper : TagHelper
{
    public string Steps { get; set; } = "";

    public int Current { get; set; } = 1;

    public string Label { get; set; } = "Steps";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "ol";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "stepper");
        output.Attributes.SetAttribute("aria-label", Label);
        var steps = Steps.Split(',', StringSplitOptions.TrimEntries);
        output.Content.SetHtmlContent(Markup.All(steps.Select((step, index) => Line(step, index + 1))));
    }

    private IHtmlContent Line(string step, int number)
    {
        var mark = number < Current ? Icons.Draw("check") : Markup.Of($"""<span class="step-number">{number}</span>""");
        var (state, current) = (number.CompareTo(Current)) switch
        {
            < 0 => ("done", null),
            0 => ("current", "step"),
            _ => ("to-come", null),
        };
        return Markup.Of($"""<li class="{state}"{Markup.Attribute("aria-current", current)}>{mark}<span>{step}</span></li>""");
    }
}
