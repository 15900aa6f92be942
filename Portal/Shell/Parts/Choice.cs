using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// Radio cards:
/// <c>&lt;ui-choice for="Input.Plan" label="Plan"&gt; &lt;ui-option value="s2" title="S2"&gt;…&lt;/ui-option&gt; … &lt;/ui-choice&gt;</c>.
/// Nothing is chosen unless the model or the person chose it.
/// </summary>
[HtmlTargetElement("ui-choice")]
public sealed class Choice : FormPart
{
    /// <summary>How cards lie: <c>wide</c> (few), <c>narrow</c> (many small ones).</summary>
    public string Cards { get; set; } = "wide";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        context.Items[typeof(Choice)] = this;
        var options = await output.GetChildContentAsync();
        Frame(output, "fieldset", Markup.Of(
            $"""
            <legend>{LabelWords()}</legend>{HintAndError()}
            <div class="cards {Cards}" id="{FieldId}" tabindex="-1">{options}</div>
            """));
        if (DescribedBy() is { } described) output.Attributes.SetAttribute("aria-describedby", described);
    }

    internal IHtmlContent Radio(string value, bool disabled, string id)
    {
        var state = Markup.All([Markup.Flag("checked", Typed() == value), Markup.Flag("disabled", disabled)]);
        return Markup.Of($"""<input type="radio" id="{id}" name="{FieldName}" value="{value}"{state}>""");
    }

    internal string OptionId(string value) => $"{FieldId}-{value}";
}

/// <summary>One card of <see cref="Choice"/>; <c>note</c> says why it is disabled ("Sold out").</summary>
[HtmlTargetElement("ui-option", ParentTag = "ui-choice")]
public sealed class Option : TagHelper
{
    public string Value { get; set; } = "";

    public string Title { get; set; } = "";

    public string? Aside { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public bool Disabled { get; set; }

    public string? Note { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var choice = (Choice)context.Items[typeof(Choice)];
        var words = await output.GetChildContentAsync();
        var id = choice.OptionId(Value);
        output.TagName = "label";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("for", id);
        output.Attributes.SetAttribute("class", Disabled ? "card off" : "card");
        output.Content.SetHtmlContent(Markup.Of(
            $"""
            {choice.Radio(Value, Disabled, id)}
            <span class="card-head"><span class="card-title">{Title}</span>
            {Markup.If(Aside is not null, $"""<span class="card-aside">{Aside}</span>""")}</span>
            {Markup.If(!words.IsEmptyOrWhiteSpace, $"""<span class="card-text">{words}</span>""")}
            {Markup.If(Note is not null, $"""<span class="card-note">{Note}</span>""")}
            """));
    }
}
