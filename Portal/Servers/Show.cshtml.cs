using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Options;
using Portal.Access;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Servers;

/// <summary>One server: what it is, what is being done to it, and what its owner can do.</summary>
[Needs(Permissions.ServersRead, Resource = "id")]
internal sealed class ShowModel(Db db, TimeProvider clock, IOptions<ServersOptions> options) : PageModel
{
    public ServerView Server { get; private set; } = new();

    public IReadOnlyList<ServerWorkItem> Work { get; private set; } = [];

    public string Version { get; private set; } = "";

    public IReadOnlyList<string> Tags { get; private set; } = [];

    public Team? Team { get; private set; }

    /// <summary>For whoever decides who reaches it.</summary>
    public IReadOnlyList<SelectListItem> Teams { get; private set; } = [];

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    /// <summary>Tells one form from another, so that a double click is one wish.</summary>
    public string Token { get; } = Guid.NewGuid().ToString("n");

    /// <summary>Which question a refused answer belongs to.</summary>
    public string? Asked { get; private set; }

    public ServerWorkItem? Creating => Work.FirstOrDefault(item => item.IsCreation);

    public IReadOnlyList<ServerWorkItem> Pending => [.. Work.Where(item => item.IsPending && !item.IsCreation)];

    /// <summary>The newest work when it failed: an older failure has been overtaken.</summary>
    public ServerWorkItem? Failure => Work.FirstOrDefault(item => !item.IsCreation) is { HasFailed: true } failed ? failed : null;

    public bool IsLate => Server is { IsComing: true, PromisedAt: { } promised } && promised < Now;

    /// <summary>Until when a server deleted now could be brought back.</summary>
    public DateTimeOffset UndoUntil => Now + options.Value.Shield;

    public bool CanUndo => Server is { IsDeleted: true, ShieldUntil: { } until } && until > Now && !IsPending("server.undelete");

    public bool IsPending(string command) => Work.Any(item => item.Command == command && item.IsPending);

    public async Task<IActionResult> OnGet(string id) => await Read(id) ? Page() : NotFound();

    /// <summary>Start, stop or restart.</summary>
    [Needs(Permissions.ServersPower, Resource = "id")]
    public async Task<IActionResult> OnPostPower(string id, string? action, string? token)
    {
        if (!await Read(id)) return NotFound();
        if (action is not ("start" or "stop" or "restart")) return BadRequest();
        if (!Server.IsThere) return Refuse("power", "", "This server cannot be switched in its present state.");
        await Add("server.power", new { Action = action }, token);
        return Again();
    }

    /// <summary>Gives the server another name; nothing outside changes.</summary>
    [Needs(Permissions.ServersRename, Resource = "id")]
    public async Task<IActionResult> OnPostRename(string id, string? label, string? token)
    {
        if (!await Read(id)) return NotFound();
        if (!Server.IsThere) return Refuse("rename", "", "This server cannot be renamed in its present state.");
        var (name, problem) = Label.Read(label);
        if (name is null) return Refuse("rename", "label", problem!);
        await Add("server.rename", new { Label = name }, token);
        return Again();
    }

    /// <summary>Gives the server other tags, and a team: both decide who reaches it.</summary>
    [Needs(Permissions.TeamManage)]
    [FreshFactor("change who reaches this server")]
    public async Task<IActionResult> OnPostPlace(string id, string? tags, string? team)
    {
        if (!await Read(id)) return NotFound();
        var wanted = (tags ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(tag => tag.ToLowerInvariant()).Distinct().ToList();
        if (wanted.Count > Access.Tags.Most || !wanted.TrueForAll(Access.Tags.IsGood)) return Refuse("place", "tags", Access.Tags.Rule);
        TeamId? into = null;
        if (!string.IsNullOrEmpty(team))
        {
            if (!Id.TryParse<TeamId>(team, out var known)) return NotFound();
            into = known;
        }

        return await EditTeam.Place(HttpContext, db, Server.ServerId.Value, into, wanted, Now) switch
        {
            TeamOutcome.Done => Again(),
            TeamOutcome.BeyondOwn beyond => await this.Beyond(beyond.Permission),
            _ => Refuse("place", "team", "Choose a team from the list."),
        };
    }

    /// <summary>Deletes the server, after its name was typed.</summary>
    [Needs(Permissions.ServersDelete, Resource = "id")]
    [FreshFactor("delete this server")]
    public async Task<IActionResult> OnPostDelete(string id, string? confirm, string? token)
    {
        if (!await Read(id)) return NotFound();
        if (!Server.IsThere) return Refuse("delete", "", "This server cannot be deleted in its present state.");
        if (!string.Equals(confirm?.Trim(), Server.Label, StringComparison.Ordinal))
            return Refuse("delete", "confirm", $"Type the name exactly as it stands here: {Server.Label}");
        await Add("server.delete", new { ShieldUntil = UndoUntil }, token);
        return Again();
    }

    /// <summary>Brings a deleted server back while its shield lasts.</summary>
    [Needs(Permissions.ServersDelete, Resource = "id")]
    public async Task<IActionResult> OnPostUndo(string id, string? token)
    {
        if (!await Read(id)) return NotFound();
        if (!CanUndo && !IsPending("server.undelete")) return Refuse("undo", "", "This server can no longer be brought back.");
        await Add("server.undelete", new { }, token);
        return Again();
    }

    private async Task<bool> Read(string id)
    {
        if (!Id.TryParse<ServerId>(id, out var server)) return false;
        var account = HttpContext.SignedIn().AccountId;
        Version = await ServerWatch.Version(db, server);
        if (await ServerView.Find(db, account, server) is not { } found) return false;
        Server = found;
        Work = await ServerWork.Newest(db, account, server);
        Tags = await Access.Tags.Of(db, account, server.Value);
        Team = await Access.Team.OfResource(db, account, server.Value);
        if (HttpContext.Can(Permissions.TeamManage))
            Teams = [.. (await Access.Team.Of(db, account)).Select(team => new SelectListItem(team.Name, team.Id.Value, team.Id == Team?.Id))];
        return true;
    }

    private Task<Database.Work.WorkItemId?> Add(string command, object input, string? token) => ServerWork.Add(
        db, HttpContext.SignedIn().AccountId, Server.ServerId, command, input,
        Guid.TryParseExact(token, "n", out _) ? token : Guid.NewGuid().ToString("n"), Now);

    private PageResult Refuse(string asked, string field, string message)
    {
        Asked = asked;
        ModelState.AddModelError(field, message);
        return Page();
    }

    private StatusCodeResult Again()
    {
        Response.Headers.Location = $"/servers/{Server.ServerId}";
        return StatusCode(StatusCodes.Status303SeeOther);
    }
}
