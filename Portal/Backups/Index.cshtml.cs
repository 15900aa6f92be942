using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity;
using Portal.Servers;

namespace Portal.Backups;

/// <summary>What is kept of a server, and taking one more.</summary>
[Needs(Permissions.BackupsRead, Resource = "id")]
internal sealed class IndexModel(Db db, TimeProvider clock) : PageModel
{
    private const int Most = 200;
    private const string Take = "backup.take";

    public ServerView Server { get; private set; } = new();

    public IReadOnlyList<ListedBackup> Backups { get; private set; } = [];

    public IReadOnlyList<ListedSnapshot> Snapshots { get; private set; } = [];

    public IReadOnlyList<ListedReplaced> Replaced { get; private set; } = [];

    public IReadOnlyList<ServerWorkItem> Work { get; private set; } = [];

    public string Version { get; private set; } = "";

    /// <summary>Tells one form from another, so that a double click is one wish.</summary>
    public string Token { get; } = Guid.NewGuid().ToString("n");

    public IReadOnlyList<ServerWorkItem> Pending => [.. Work.Where(item => item.IsPending)];

    /// <summary>The newest work when it failed: an older failure has been overtaken.</summary>
    public ServerWorkItem? Failure => Work is [{ HasFailed: true } failed, ..] ? failed : null;

    public bool IsTaking => Pending.Any(item => item.Command == Take);

    public async Task<IActionResult> OnGet(string id) => await Read(id) ? Page() : NotFound();

    /// <summary>Takes a backup now.</summary>
    [Needs(Permissions.BackupsTake, Resource = "id")]
    public async Task<IActionResult> OnPost(string id, string? token)
    {
        if (!await Read(id)) return NotFound();
        if (!Server.IsThere)
        {
            ModelState.AddModelError("", "This server cannot be backed up in its present state.");
            return Page();
        }

        var own = Guid.TryParseExact(token, "n", out _) ? token : Guid.NewGuid().ToString("n");
        await ServerWork.Add(db, HttpContext.SignedIn().AccountId, Server.ServerId, Take, new { Kind = "manual" }, own, clock.GetUtcNow());
        Response.Headers.Location = $"/servers/{Server.ServerId}/backups";
        return StatusCode(StatusCodes.Status303SeeOther);
    }

    private async Task<bool> Read(string id)
    {
        if (!Id.TryParse<ServerId>(id, out var server)) return false;
        var account = HttpContext.SignedIn().AccountId;
        Version = await ServerWatch.Version(db, server);
        if (await ServerView.Find(db, account, server) is not { } found) return false;
        Server = found;
        Work = [.. (await ServerWork.Newest(db, account, server)).Where(item => item.Command.StartsWith("backup.", StringComparison.Ordinal))];
        Backups = await ListedBackup.Of(db, account, server, Most);
        Snapshots = await ListedSnapshot.Of(db, account, server);
        Replaced = await ListedReplaced.Of(db, account, server);
        return true;
    }
}
