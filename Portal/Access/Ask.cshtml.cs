using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Audit;
using Portal.Identity;
using Portal.Mail;

namespace Portal.Access;

/// <summary>Asks those who can give a permission, by mail; the same wish once a day.</summary>
[OwnBusiness]
internal sealed class AskModel(Db db, PublicAddress address, TimeProvider clock) : PageModel
{
    private const int MostAsked = 10;

    [BindProperty]
    public string? Permission { get; set; }

    [BindProperty]
    public string? On { get; set; }

    public IReadOnlyList<string> Asked { get; private set; } = [];

    public async Task<IActionResult> OnGet(string? permission)
    {
        if (permission is null || !Permissions.Exists(permission)) return this.SeeOther("/accounts");
        Permission = permission;
        Asked = [.. (await Holder.WhoGive(db, HttpContext.SignedIn().AccountId, permission, clock.GetUtcNow())).Take(MostAsked).Select(one => one.FullName)];
        return Page();
    }

    public async Task<IActionResult> OnPost()
    {
        var (who, now) = (HttpContext.SignedIn(), clock.GetUtcNow());
        if (Permission is not { } permission || !Permissions.Exists(permission) || who.AccountId.Value is not { Length: > 0 }) return NotFound();
        var resource = On is { Length: > 0 and <= 60 } && await KnownResources.ServerOf(db, who.AccountId, On) is { } known && HttpContext.Access().Sees(known)
            ? known
            : null;
        var granters = (await Holder.WhoGive(db, who.AccountId, permission, now)).Take(MostAsked).ToList();
        var letters = granters.Select(granter => Letter(granter, who, permission, resource, Ist.Date(now))).ToList();
        await db.Write(async tx =>
        {
            foreach (var letter in letters) await MailRoom.Queue(tx, letter, now);
            await tx.Record(HttpContext.Entry("team.ask", resource, after: new { permission, Asked = granters.Select(one => one.PersonId) }), now);
        });
        return this.SeeOther("/access/ask" + QueryString.Create("permission", permission));
    }

    private NewMail Letter(Holder to, SignedIn who, string permission, string? resource, DateOnly day) =>
        new($"access.ask:{who.AccountId}:{who.PersonId}:{permission}:{resource}:{day:yyyyMMdd}", to.Email, $"{who.FullName} asks for access", $"""
            Hello {to.FullName},

            {who.FullName} ({who.Email}) tried something in the account {who.AccountName} that they may not do, and asks you for it:

            {Permissions.Words(permission)} ({permission}){(resource is null ? "" : $"\non {resource}")}

            You can give them a role that includes it, for a time if you like, on their page:

            {address.Of($"/team/{who.PersonId}")}

            If you do not want to, you need not do anything.
            """)
        {
            AccountId = who.AccountId.Value,
        };
}
