using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// <c>&lt;ui-errors /&gt;</c> on top of a form: every error, each a link to its field; nothing when there is none.
/// </summary>
[HtmlTargetElement("ui-errors", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class Errors : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var wrong = ViewContext.ModelState
            .Where(entry => entry.Value!.Errors.Count > 0)
            .Select(entry => (entry.Key, Text: entry.Value!.Errors[0].ErrorMessage))
            .ToList();
        if (wrong.Count == 0)
        {
            output.SuppressOutput();
            return;
        }

        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "notice bad errors");
        output.Attributes.SetAttribute("role", "alert");
        output.Attributes.SetAttribute("tabindex", "-1");
        output.Attributes.SetAttribute("data-focus", "");
        var title = wrong.Count == 1 ? "One answer needs another look" : "Some answers need another look";
        var lines = new InOrder(wrong, Fields(ViewContext.HttpContext));
        output.Content.SetHtmlContent(Markup.Of($"{Icons.Draw("warning")}<div><h2>{title}</h2><ul>{lines}</ul></div>"));
    }

    /// <summary>Notes the order in which the page asks.</summary>
    internal static void Asked(HttpContext context, string field) => Fields(context).Add(field);

    private static List<string> Fields(HttpContext context)
    {
        if (context.Items[typeof(Errors)] is List<string> known) return known;
        var made = new List<string>();
        context.Items[typeof(Errors)] = made;
        return made;
    }

    // written when the page is, after every question has been asked: the model state itself keeps no order
    private sealed class InOrder(IReadOnlyList<(string Field, string Text)> wrong, List<string> asked) : IHtmlContent
    {
        public void WriteTo(TextWriter writer, HtmlEncoder encoder)
        {
            foreach (var (field, text) in wrong.OrderBy(entry => (uint)asked.IndexOf(entry.Field)))
                Line(field, text).WriteTo(writer, encoder);
        }

        private static IHtmlContent Line(string field, string text) => field.Length == 0
            ? Markup.Of($"<li>{text}</li>")
            : Markup.Of($"<li><a href=\"#{TagBuilder.CreateSanitizedId(field, "_")}\">{text}</a></li>");
    }
}
