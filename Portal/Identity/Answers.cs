using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Portal.Identity;

internal static class Answers
{
    /// <summary>303: what was posted here must not be posted there (RFC 9700 section 4.12).</summary>
    public static IActionResult SeeOther(this PageModel page, string address)
    {
        page.Response.Headers.Location = address;
        page.Response.Headers.CacheControl = "no-store";
        return new StatusCodeResult(StatusCodes.Status303SeeOther);
    }

    /// <summary>The page with another status than 200.</summary>
    public static PageResult With(this PageResult result, int status)
    {
        result.StatusCode = status;
        return result;
    }
}
