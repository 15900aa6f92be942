using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// Puts the antiforgery token into a form that posts to an address of ours, written out or computed; the framework does so only for
/// forms without one. A form that leads elsewhere gets none: the token is a secret between the browser and us.
/// <c>asp-antiforgery="false"</c> keeps it out, as on pages that must not set a cookie.
/// </summary>
[HtmlTargetElement("form", Attributes = "[method=post],action")]
public sealed class LocalForm(IAntiforgery antiforgery) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (context.AllAttributes.ContainsName("asp-antiforgery")) return;
        if (IsLocal(context.AllAttributes["action"]?.Value?.ToString()))
            output.PostContent.AppendHtml(antiforgery.GetHtml(ViewContext.HttpContext));
    }

    // browsers read "//host", "/\host" and the same around a tab or line break as another host; an empty action has the framework's token
    internal static bool IsLocal(string? action) => action is { Length: > 0 } && !action.Any(c => char.IsControl(c) || c == '\\')
        && (action[0] == '?' || action.StartsWith("~/", StringComparison.Ordinal) || (action[0] == '/' && action is not ['/', '/', ..]));
}
