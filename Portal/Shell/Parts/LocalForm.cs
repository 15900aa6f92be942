using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// Puts the antiforgery token into a form that posts to a written-out address of ours; the framework does so only for forms
/// without one. <c>asp-antiforgery="false"</c> keeps it out, as on pages that must not set a cookie.
/// </summary>
[HtmlTargetElement("form", Attributes = "[method=post],[action^='/']")]
public sealed class LocalForm(IAntiforgery antiforgery) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (context.AllAttributes.ContainsName("asp-antiforgery")) return;
        output.PostContent.AppendHtml(antiforgery.GetHtml(ViewContext.HttpContext));
    }
}
