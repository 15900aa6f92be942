using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Portal.Shell;

/// <summary>What a person sees when a request ended badly: what happened and what to do, never how the house is built.</summary>
// a post that failed ends here as a post, so the page has no handler of its own and asks for no form token
[AllowAnonymous, IgnoreAntiforgeryToken]
internal sealed class ErrorModel : PageModel
{
    // opened by its own address there is nothing to tell
    private int Status => HttpContext.Response.StatusCode is StatusCodes.Status200OK
        ? StatusCodes.Status404NotFound
        : HttpContext.Response.StatusCode;

    public bool IsOurs => Status >= StatusCodes.Status500InternalServerError;

    public string Trace => Failures.TraceOf(HttpContext);

    public string Title => Status switch
    {
        StatusCodes.Status400BadRequest => "This form could not be accepted",
        StatusCodes.Status401Unauthorized => "Please sign in",
        StatusCodes.Status403Forbidden => "This page is not open to you",
        StatusCodes.Status404NotFound => "There is no such page",
        StatusCodes.Status405MethodNotAllowed => "This page cannot be used that way",
        StatusCodes.Status413PayloadTooLarge => "That was too large",
        StatusCodes.Status415UnsupportedMediaType => "This form was sent in a way we cannot read",
        StatusCodes.Status429TooManyRequests => "Too many tries",
        >= 500 => "Something went wrong on our side",
        _ => "That did not work",
    };

    public string Text => Status switch
    {
        StatusCodes.Status400BadRequest =>
            "The page may have been open for too long, or cookies are switched off. Go back, reload the page and send it again.",
        StatusCodes.Status401Unauthorized => "Your session has ended. Sign in and open the page again.",
        StatusCodes.Status403Forbidden => "Your role in this account does not include it. The account's owner can change that.",
        StatusCodes.Status404NotFound => "The address may be mistyped, or what was here belongs to another account or is gone.",
        StatusCodes.Status405MethodNotAllowed => "Open the page by its link instead.",
        StatusCodes.Status413PayloadTooLarge =>
            "We accept up to 1 MB in one form. Go back and send less; what you typed is still there.",
        StatusCodes.Status415UnsupportedMediaType => "Go back, reload the page and send the form from there.",
        StatusCodes.Status429TooManyRequests => "Wait a few minutes, then try again.",
        >= 500 => "We have recorded it and will look into it. Nothing was charged twice; try again in a minute.",
        _ => "Go back and try again.",
    };
}
