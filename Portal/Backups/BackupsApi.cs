using System.Text.Json.Serialization;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Accounts;
using Portal.Api;
using Portal.Identity;
using Portal.Servers;

namespace Portal.Backups;

/// <summary>A backup of a server.</summary>
/// <param name="Kind"><c>daily</c>, <c>manual</c> or <c>final</c> (on deletion).</param>
/// <param name="State"><c>taking</c>, <c>stored</c> (being read back), <c>ready</c>, <c>failed</c> or <c>removing</c>; only ready ones can be restored.</param>
/// <param name="Bytes">The archive's size before encryption.</param>
/// <param name="Sha256">Of the archive before encryption, hexadecimal.</param>
/// <param name="DiskGib">What a server made of it needs at least.</param>
internal sealed record ApiBackup(
    string Id, string ServerId, string Kind, string State, long? Bytes, string? Sha256, int DiskGib, DateTimeOffset TakenAt, DateTimeOffset? VerifiedAt,
    DateTimeOffset ExpiresAt);

/// <summary>A restore in place.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiRestoreRequest
{
    /// <summary>The server's name: what is on it now is replaced.</summary>
    public string? Confirm { get; init; }
}

/// <summary>Backups in <c>/api/v1</c>. A backup becomes a new server by an order that names it (<c>POST /api/v1/orders</c>).</summary>
internal static class BackupsApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        var backups = routes.Api().MapGroup("").WithTags("Backups");
        backups.MapGet("/servers/{id}/backups", List).Needs(Permissions.BackupsRead, "id").Paged().WithSummary("The server's backups, newest first.");
        backups.MapPost("/servers/{id}/backups", Take).Needs(Permissions.BackupsTake, "id").Creates().WithSummary("Takes a backup now; answers with an action.")
            .WithDescription("409 portal.servers.wrong_state or portal.servers.action_under_way.");
        backups.MapGet("/backups/{id}", Show).Needs(Permissions.BackupsRead, "id").WithSummary("One backup.");
        backups.MapPost("/backups/{id}/restore", Restore).Needs(Permissions.BackupsRestore, "id").Creates()
            .WithSummary("Puts the backup in the place of its server; answers with an action. The server's disk of now is kept until its shield ends.")
            .WithDescription("422 portal.backups.name_not_confirmed; 409 portal.backups.not_ready, portal.servers.wrong_state or portal.servers.action_under_way.");
    }

    private static async Task<Results<Ok<ApiPage<ApiBackup>>, ProblemHttpResult>> List(string id, HttpContext context, Db db)
    {
        var account = context.SignedIn().AccountId;
        var (page, refusal) = PageQuery.Read(context.Request.Query);
        if (refusal is not null) return refusal;
        if (page.After is { } after && !ListedBackup.IsId(after)) return PageQuery.NoCursor();
        if (await ServerOf(id, account, db) is not { } server) return ServersApi.NoServer();
        var found = await ListedBackup.Older(db, account, server.ServerId, page.After ?? ListedBackup.AfterAll, page.Limit + 1);
        return TypedResults.Ok(page.Of([.. found.Select(Shown)], backup => backup.Id));
    }

    private static async Task<Results<Ok<ApiBackup>, ProblemHttpResult>> Show(string id, HttpContext context, Db db) =>
        await ListedBackup.Find(db, context.SignedIn().AccountId, id) is { } backup ? TypedResults.Ok(Shown(backup)) : NoBackup();

    private static async Task<Results<Accepted<ApiAction>, ProblemHttpResult>> Take(string id, HttpContext context, Db db, TimeProvider clock)
    {
        if (await ServerOf(id, context.SignedIn().AccountId, db) is not { } server) return ServersApi.NoServer();
        if (!server.IsThere) return ServersApi.WrongState(server, "backed up");
        return await ActionsApi.Add(
            context, db, server.ServerId, "backup.take", new { Kind = "manual" }, ServersApi.Token(context), clock.GetUtcNow());
    }

    private static async Task<Results<Accepted<ApiAction>, ProblemHttpResult>> Restore(
        string id, ApiRestoreRequest request, HttpContext context, Db db, TimeProvider clock)
    {
        var account = context.SignedIn().AccountId;
        if (await ListedBackup.Find(db, account, id) is not { } backup || await ServerView.Find(db, account, backup.ServerId) is not { } server)
            return NoBackup();
        if (!backup.IsReady)
        {
            return ApiProblem.Of(
                StatusCodes.Status409Conflict, "portal.backups.not_ready", "Only a backup that was read back to its end can be restored.");
        }

        if (!server.IsThere) return ServersApi.WrongState(server, "restored");
        if (!string.Equals(request.Confirm?.Trim(), server.Label, StringComparison.Ordinal))
        {
            return ApiProblem.Fields(
                "portal.backups.name_not_confirmed",
                [new FieldProblem("confirm", "portal.backups.name_not_confirmed", $"Send the server's name as confirm: {server.Label}")]);
        }

        return await ActionsApi.Add(
            context, db, server.ServerId, "backup.restore_in_place", new { BackupId = backup.Id }, ServersApi.Token(context, backup.Id), clock.GetUtcNow());
    }

    private static ProblemHttpResult NoBackup() => ApiProblem.NotFound("portal.backups.no_backup", "This account has no such backup.");

    private static async Task<ServerView?> ServerOf(string id, AccountId account, Db db) =>
        Id.TryParse<ServerId>(id, out var server) ? await ServerView.Find(db, account, server) : null;

    private static ApiBackup Shown(ListedBackup backup) => new(
        backup.Id, backup.ServerId.Value, backup.Kind, backup.State, backup.Bytes, backup.Sha256, backup.DiskGib, backup.TakenAt, backup.VerifiedAt,
        backup.ExpiresAt);
}
