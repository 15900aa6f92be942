using Database;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Portal.Mail;

/// <summary>Every mail, for whoever develops: there is no such page elsewhere.</summary>
[AllowAnonymous]
internal sealed class InboxModel(Db db, IHostEnvironment host) : PageModel
{
    private const int Most = 50;

    public IReadOnlyList<MailMessage> Mails { get; private set; } = [];

    public MailMessage? Shown { get; private set; }

    /// <summary>The text by lines; a link stands on a line of its own.</summary>
    public IEnumerable<string> Lines => (Shown?.TextBody ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public async Task<IActionResult> OnGet(string? id)
    {
        if (!host.IsDevelopment()) return NotFound();
        if (id is null)
        {
            Mails = await MailMessage.Newest(db, Most);
            return Page();
        }

        if (!Id.TryParse<MailMessageId>(id, out var known)) return NotFound();
        Shown = await MailMessage.ById(db, known);
        return Shown is null ? NotFound() : Page();
    }
}
