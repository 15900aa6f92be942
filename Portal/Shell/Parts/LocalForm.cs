using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// Puts the antiforgery token into a form that posts to a written-out address of ours; the framework does so only for forms
/// without one. <c>asp-antiforgery="false"</c> keeps it out, as on pages that must not set a cookie.
/// </summary>
[HtmlTargetElement("form", Attributes = "[method=post],action")]
public sealed class LocalForm(IAntiforgery antiforgery) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (context.AllAttributes.ContainsName("asp-antiforgery") || !IsOurs(output)) return;
        output.PostContent.AppendHtml(antiforgery.GetHtml(ViewContext.HttpContext));
    }

    private static bool IsOurs(TagHelperOutput output)
    {
        var action = output.Attributes["action"].Value;
        if (action is not IHtmlContent content) return action?.ToString() is ['/', ..];
        using var text = new StringWriter();
        content.WriteTo(text, HtmlEncoder.Default);
        return text.ToString() is ['/', ..];
    }
}
