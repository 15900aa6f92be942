using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Identity;

namespace Portal.Access;

/// <summary>"Why can't I?": what a refused request is answered with. It has no handler, since a refused post ends here as well.</summary>
[OwnBusiness, IgnoreAntiforgeryToken]
internal sealed class RefusedModel : PageModel
{
    public const string Path = "/access/refused";

    public AccessRefusal? Refusal => HttpContext.Features.Get<AccessRefusal>();

    public bool HasAccount => HttpContext.SignedIn().AccountId is { Value.Length: > 0 };

    public string Title => Refusal is { MayRequest: true } ? "You may ask for this" : "You may not do this";

    public string Sentence => MissingPermission.Sentence(Refusal!);
}
