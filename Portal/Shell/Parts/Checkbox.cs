using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// <c>&lt;ui-checkbox for="Input.Backups" label="Daily backups" hint="…" /&gt;</c>: a boolean, never ticked in advance.
/// </summary>
[HtmlTargetElement("ui-checkbox", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class Checkbox : FormPart
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        // with the hidden field below, a ticked box posts "true,false"
        var ticked = Typed()?.Split(',').Contains("true", StringComparer.OrdinalIgnoreCase) ?? false;
        var state = Markup.All([Markup.Flag("checked", ticked), Described()]);
        Frame(output, "div", Markup.Of(
            $"""
            <div class="tick"><input type="checkbox" id="{FieldId}" name="{FieldName}" value="true"{state}>
            <label for="{FieldId}">{LabelWords()}</label></div>
            <input type="hidden" name="{FieldName}" value="false">{HintAndError()}
            """));
    }
}
