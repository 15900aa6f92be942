using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// Several of a list: <c>&lt;ui-ticks for="Input.Permissions" label="What it may do" items="Model.Choices" /&gt;</c>, where the model's
/// property is a list of texts. None is ticked unless the person ticked it.
/// </summary>
[HtmlTargetElement("ui-ticks", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class Ticks : FormPart
{
    public IEnumerable<SelectListItem> Items { get; set; } = [];

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var ticked = (For?.Model as IEnumerable<string> ?? []).ToHashSet(StringComparer.Ordinal);
        IHtmlContent Ticked(SelectListItem item) => Markup.Flag("checked", ticked.Contains(item.Value));
        var boxes = Items.Select((item, place) => Markup.Of(
            $"""
            <div class="tick"><input type="checkbox" id="{FieldId}-{place}" name="{FieldName}" value="{item.Value}"{Ticked(item)}>
            <label for="{FieldId}-{place}">{item.Text}</label></div>
            """));
        Frame(output, "fieldset", Markup.Of(
            $"""
            <legend>{LabelWords()}</legend>{HintAndError()}
            <div id="{FieldId}" tabindex="-1">{Markup.All([.. boxes])}</div>
            """));
        if (DescribedBy() is { } described) output.Attributes.SetAttribute("aria-describedby", described);
    }
}
