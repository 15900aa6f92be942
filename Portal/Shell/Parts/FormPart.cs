using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>What every question of a form has: a label, a hint, the error, and what the person typed last time.</summary>
public abstract class FormPart : TagHelper
{
    /// <summary>The property that is asked for; gives name, value and errors.</summary>
    public ModelExpression? For { get; set; }

    /// <summary>The form name, where there is no property.</summary>
    public string? Name { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    /// <summary>The question.</summary>
    public string Label { get; set; } = "";

    /// <summary>What helps to answer it.</summary>
    public string? Hint { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    /// <summary>Says "optional" beside the label.</summary>
    public bool Optional { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    [HtmlAttributeNotBound]
    protected string FieldName => Name ?? ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For!.Name);

    [HtmlAttributeNotBound]
    protected string FieldId => TagBuilder.CreateSanitizedId(FieldName, "_");

    [HtmlAttributeNotBound]
    protected string? Error => ViewContext.ModelState.TryGetValue(FieldName, out var entry) && entry.Errors.Count > 0
        ? entry.Errors[0].ErrorMessage
        : null;

    /// <summary>What was typed, else what the model holds.</summary>
    protected string? Typed(string? given = null)
    {
        if (ViewContext.ModelState.TryGetValue(FieldName, out var entry) && entry.AttemptedValue is { } typed) return typed;
        return given ?? Convert.ToString(For?.Model, System.Globalization.CultureInfo.InvariantCulture);
    }

    protected string? DescribedBy() => (Hint, Error) switch
    {
        (null, null) => null,
        (_, null) => $"{FieldId}-hint",
        (null, _) => $"{FieldId}-error",
        _ => $"{FieldId}-hint {FieldId}-error",
    };

    /// <summary>Ties the control to its hint and error.</summary>
    protected IHtmlContent Described() => Markup.All([
        Markup.Attribute("aria-describedby", DescribedBy()),
        Markup.Attribute("aria-invalid", Error is null ? null : "true"),
    ]);

    protected IHtmlContent HintAndError() => Markup.All([
        Markup.If(Hint is not null, $"""<p class="hint" id="{FieldId}-hint">{Hint}</p>"""),
        Markup.If(
            Error is not null,
            $"""
            <p class="error" id="{FieldId}-error">{Icons.Draw("warning")}
            <span><span class="unseen">Error: </span>{Error}</span></p>
            """),
    ]);

    protected IHtmlContent LabelWords() =>
        Markup.Of($"{Label}{Markup.If(Optional, $" <span class=\"optional\">(optional)</span>")}");

    protected void Frame(TagHelperOutput output, string tag, IHtmlContent inside)
    {
        Errors.Asked(ViewContext.HttpContext, FieldName);
        output.TagName = tag;
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Error is null ? "field" : "field wrong");
        output.Content.SetHtmlContent(inside);
    }
}
