using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using Portal.Access;

namespace Portal.Identity.Factors;

/// <summary>Adds a passkey (WebAuthn Level 3 section 7.1).</summary>
[OwnBusiness, FreshFactor("add a passkey")]
internal sealed class AddPasskeyModel(Db db, Passkeys passkeys, ChangeFactors change, IOptions<IdentityOptions> options) : PageModel
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Question { get; set; }

    [BindProperty]
    public string? Answer { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? ReturnTo { get; set; }

    public string Options { get; private set; } = "";

    public IReadOnlyList<string> Codes { get; private set; } = [];

    public async Task<IActionResult> OnGet()
    {
        if (!options.Value.IsOwnProvider) return NotFound();
        Name = Devices.Name(HttpContext.UserAgent());
        return await Ask();
    }

    public async Task<IActionResult> OnPost()
    {
        if (!options.Value.IsOwnProvider) return NotFound();
        if (ChangeFactors.NameOf(Name) is not { } name)
        {
            ModelState.AddModelError(nameof(Name), "Give the passkey a name of at most 60 characters.");
            return await Ask();
        }

        var person = (await Person.ById(db, HttpContext.SignedIn().PersonId))!;
        if (await passkeys.CheckNew(person, Question, Answer, HttpContext) is not { } info)
        {
            ModelState.AddModelError("", "The passkey was not accepted. Try again.");
            return await Ask();
        }

        switch (await change.AddPasskey(HttpContext, info, name))
        {
            case FactorAdded.Done { Codes: { Count: > 0 } codes }:
                Codes = codes;
                return Page();
            case FactorAdded.Done:
                return this.SeeOther(string.IsNullOrEmpty(ReturnTo) ? SecurityModel.Path : Texts.LocalPath(ReturnTo));
            default:
                ModelState.AddModelError("", $"This passkey is there already, or you have {Passkey.Most}. Remove one first.");
                return await Ask();
        }
    }

    private async Task<IActionResult> Ask()
    {
        var asked = await passkeys.AskNew((await Person.ById(db, HttpContext.SignedIn().PersonId))!, HttpContext);
        ModelState.Remove(nameof(Question));
        (Options, Question, Answer) = (asked.Options, asked.Question, null);
        return Page();
    }
}
