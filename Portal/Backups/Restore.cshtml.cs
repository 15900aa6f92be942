using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity;
using Portal.Servers;

namespace Portal.Backups;

/// <summary>One backup: what it is, and bringing it back in place or as a new server.</summary>
[Needs(Permissions.BackupsRead, Resource = "id")]
internal sealed class RestoreModel(Db db, TimeProvider clock) : PageModel
{
    public ServerView Server { get; private set; } = new();

    public ListedBackup Backup { get; private set; } = new();

    /// <summary>Tells one form from another, so that a double click is one wish.</summary>
    public string Token { get; } = Guid.NewGuid().ToString("n");

    /// <summary>Whether the question stays open, because its answer was refused.</summary>
    public bool Asked { get; private set; }

    public async Task<IActionResult> OnGet(string id, string backup) => await Read(id, backup) ? Page() : NotFound();

    /// <summary>Restores in place, after the server's name was typed.</summary>
    [Needs(Permissions.BackupsRestore, Resource = "id")]
    public async Task<IActionResult> OnPost(string id, string backup, string? confirm, string? token)
    {
        if (!await Read(id, backup)) return NotFound();
        if (!Server.IsThere) return Refuse("", "This server cannot be restored in its present state.");
        if (!Backup.IsReady) return Refuse("", "Only a backup that was read back to its end can be restored.");
        if (!string.Equals(confirm?.Trim(), Server.Label, StringComparison.Ordinal))
            return Refuse("confirm", $"Type the name exactly as it stands here: {Server.Label}");
        var own = Guid.TryParseExact(token, "n", out _) ? token : Guid.NewGuid().ToString("n");
        var added = await ServerWork.Add(
            db, HttpContext.SignedIn().AccountId, Server.ServerId, "backup.restore_in_place", new { BackupId = Backup.Id }, own, clock.GetUtcNow());
        if (added is null) return Refuse("", "A restore of this server is under way already.");
        Response.Headers.Location = $"/servers/{Server.ServerId}/backups";
        return StatusCode(StatusCodes.Status303SeeOther);
    }

    private PageResult Refuse(string field, string message)
    {
        Asked = true;
        ModelState.AddModelError(field, message);
        return Page();
    }

    private async Task<bool> Read(string id, string backup)
    {
        if (!Id.TryParse<ServerId>(id, out var server)) return false;
        var account = HttpContext.SignedIn().AccountId;
        if (await ServerView.Find(db, account, server) is not { } found) return false;
        if (await ListedBackup.Find(db, account, backup) is not { } kept || kept.ServerId != server) return false;
        (Server, Backup) = (found, kept);
        return true;
    }
}
