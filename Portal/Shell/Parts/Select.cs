using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary><c>&lt;ui-select for="Input.State" label="State" items="Model.States" empty="Choose a State" /&gt;</c></summary>
[HtmlTargetElement("ui-select", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class Select : FormPart
{
    public IEnumerable<SelectListItem> Items { get; set; } = [];

    /// <summary>The first line, which chooses nothing; without it the first item is chosen.</summary>
    public string? Empty { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public string? Autocomplete { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var chosen = Typed();
        var empty = Markup.If(Empty is not null, $"""<option value="">{Empty}</option>""");
        var options = Markup.All(Items.Select(item => Choice(item, chosen)).Prepend(empty));
        var rest = Markup.All([Described(), Markup.Attribute("autocomplete", Autocomplete)]);
        Frame(output, "div", Markup.Of(
            $"""
            <label for="{FieldId}">{LabelWords()}</label>{HintAndError()}
            <div class="select"><select id="{FieldId}" name="{FieldName}"{rest}>{options}</select>{Icons.Draw("chevron")}</div>
            """));
    }

    private static IHtmlContent Choice(SelectListItem item, string? chosen)
    {
        var selected = string.IsNullOrEmpty(chosen) ? item.Selected : item.Value == chosen;
        var state = Markup.All([Markup.Flag("selected", selected), Markup.Flag("disabled", item.Disabled)]);
        return Markup.Of($"""<option value="{item.Value}"{state}>{item.Text}</option>""");
    }
}
