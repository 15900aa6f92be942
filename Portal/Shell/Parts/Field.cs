using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// <c>&lt;ui-field for="Input.Hostname" label="Hostname" hint="…" /&gt;</c>.
/// <c>type</c> as in HTML, or <c>textarea</c> with <c>rows</c>.
/// Keeps what was typed (never a password), shows the model state's error, and says so to assistive technology.
/// </summary>
[HtmlTargetElement("ui-field", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class Field : FormPart
{
    public string Type { get; set; } = "text";

    public string? Value { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public string? Prefix { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public string? Suffix { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    /// <summary>The HTML autocomplete token (WCAG 1.3.5), e.g. <c>email</c>, <c>street-address</c>.</summary>
    public string? Autocomplete { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public string? Inputmode { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public string? Placeholder { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public int? Maxlength { get; set; }

    public int Rows { get; set; } = 4;

    /// <summary>Characters the answer usually has; the field is as wide. 0: full width.</summary>
    public int Width { get; set; }

    /// <summary>Monospaced, for keys, numbers and identifiers.</summary>
    public bool Code { get; set; }

    public bool Required { get; set; }

    public bool Autofocus { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var control = Type == "textarea" ? TextArea() : Input();
        if (Prefix is not null || Suffix is not null)
        {
            control = Markup.Of(
                $"""<div class="affixed">{Affix(Prefix)}{control}{Affix(Suffix)}</div>""");
        }

        Frame(output, "div", Markup.Of($"<label for=\"{FieldId}\">{LabelWords()}</label>{HintAndError()}{control}"));
    }

    private IHtmlContent Input()
    {
        var value = Type == "password" ? null : Typed(Value);
        var rest = Markup.All([Markup.Attribute("value", value), Shared()]);
        return Markup.Of($"""<input id="{FieldId}" name="{FieldName}" type="{Type}" class="{Classes()}"{rest}>""");
    }

    // a line break after the tag, since browsers drop the first one of the text
    private IHtmlContent TextArea() => Markup.Of(
        $"""
        <textarea id="{FieldId}" name="{FieldName}" rows="{Rows}" class="{Classes()}"{Shared()}>
        {Typed(Value)}</textarea>
        """);

    private static IHtmlContent Affix(string? text) => Markup.If(text is not null, $"""<span class="affix">{text}</span>""");

    private string Classes()
    {
        var width = Width switch { <= 0 => "", <= 6 => " w6", <= 12 => " w12", <= 20 => " w20", _ => " w32" };
        return $"input{(Code ? " code" : "")}{width}";
    }

    private IHtmlContent Shared() => Markup.All([
        Described(),
        Markup.Attribute("autocomplete", Autocomplete),
        Markup.Attribute("inputmode", Inputmode),
        Markup.Attribute("placeholder", Placeholder),
        Markup.Attribute("maxlength", Maxlength?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Markup.Attribute("spellcheck", Code ? "false" : null),
        Markup.Attribute("autocapitalize", Code ? "none" : null),
        Markup.Flag("required", Required),
        Markup.Flag("autofocus", Autofocus),
    ]);
}
