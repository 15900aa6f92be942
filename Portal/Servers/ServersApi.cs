using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Portal.Access;
using Portal.Api;
using Portal.Identity;
using Portal.Identity.Factors;

namespace Portal.Servers;

/// <summary>A server.</summary>
internal sealed record ApiServer
{
    public required string Id { get; init; }

    /// <summary>What its owner calls it.</summary>
    public required string Name { get; init; }

    public required string Hostname { get; init; }

    /// <summary>
    /// <c>awaiting_payment</c>, <c>creating</c>, <c>running</c>, <c>stopped</c>, <c>deleted</c>, <c>gone</c>, <c>failed</c>,
    /// <c>expired</c> or <c>cancelled</c>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Null until it is there.</summary>
    public required string? Address { get; init; }

    public required string Plan { get; init; }

    public required string Region { get; init; }

    public required string Image { get; init; }

    /// <summary>Whether it was ordered with daily backups.</summary>
    public required bool Backups { get; init; }

    /// <summary>Its limits; null until it is being created.</summary>
    public required int? Vcpu { get; init; }

    public required int? MemoryMib { get; init; }

    public required int? DiskGib { get; init; }

    public required string OrderId { get; init; }

    public required DateTimeOffset OrderedAt { get; init; }

    /// <summary>When it was promised to be ready; null before payment.</summary>
    public required DateTimeOffset? PromisedAt { get; init; }

    public required DateTimeOffset? ReadyAt { get; init; }

    /// <summary>When its state was last seen on the hypervisor.</summary>
    public required DateTimeOffset? ObservedAt { get; init; }

    public required DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Until when a deleted server can be brought back.</summary>
    public required DateTimeOffset? RestorableUntil { get; init; }

    /// <summary>Why it could not be created, for people.</summary>
    public required string? Failure { get; init; }
}

/// <summary>Something to do to a server.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ApiActionRequest
{
    /// <summary><c>start</c>, <c>stop</c>, <c>restart</c>, <c>rename</c> or <c>undelete</c>.</summary>
    public string? Action { get; init; }

    /// <summary>The new name, for <c>rename</c>: at most 80 characters.</summary>
    public string? Name { get; init; }
}

/// <summary><c>/api/v1/servers</c>: the account's servers and what can be done to them.</summary>
internal static class ServersApi
{
    private const int LongestSearch = 100;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var servers = routes.Api().MapGroup("/servers").WithTags("Servers");
        servers.MapGet("/", List).Needs(Permissions.ServersRead).Paged()
            .WithSummary("The account's servers, newest first, without those that are gone or were never paid; ?q searches name, hostname and address.");
        servers.MapGet("/{id}", Show).Needs(Permissions.ServersRead, "id").WithSummary("One server.");
        servers.MapPost("/{id}/actions", Act).Needs(Permissions.ServersRead, "id").Creates().WithSummary("Starts, stops, restarts, renames or undeletes the server; answers with an action.")
            .WithDescription("409 portal.servers.wrong_state or portal.servers.action_under_way; 422 portal.servers.invalid_action.");
        servers.MapDelete("/{id}", Delete).FreshFactor().Needs(Permissions.ServersDelete, "id").WithSummary("Deletes the server; ?confirm is its name. It can be undeleted until its shield ends.")
            .WithDescription("422 portal.servers.name_not_confirmed; 409 portal.servers.wrong_state. Deleting again while it is under way answers the same action.");
    }

    internal static ProblemHttpResult NoServer() => ApiProblem.NotFound("portal.servers.no_server", "This account has no such server.");

    internal static ProblemHttpResult WrongState(ServerView server, string what) => ApiProblem.Of(
        StatusCodes.Status409Conflict,
        "portal.servers.wrong_state",
        $"The server cannot be {what} now: its state is {server.Status.Code}.",
        new Dictionary<string, object?> { ["state"] = server.Status.Code });

    /// <summary>What tells this request from another, short enough for a work item's key: the Idempotency-Key and what is asked for.</summary>
    internal static string Token(HttpContext context, params string?[] asked) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [context.IdempotencyKey(), .. asked]))))[..32];

    private static async Task<Results<Ok<ApiPage<ApiServer>>, ProblemHttpResult>> List(string? q, HttpContext context, Db db)
    {
        var (page, refusal) = PageQuery.Read(context.Request.Query);
        if (refusal is not null) return refusal;
        if (q?.Length > LongestSearch)
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "portal.servers.search_too_long", $"q has at most {LongestSearch} characters.");
        ServerId? before = page.After is null ? null : Id.TryParse<ServerId>(page.After, out var last) ? last : default(ServerId);
        if (before is { Value: null }) return PageQuery.NoCursor();
        var found = await ServerList.Read(
            db, context.SignedIn().AccountId, context.Access().Scope(Permissions.ServersRead), string.IsNullOrWhiteSpace(q) ? null : q, before, after: null, page.Limit);
        return TypedResults.Ok(new ApiPage<ApiServer>(
            [.. found.Servers.Select(Shown)], found.HasOlder ? PageQuery.Encode(found.Servers[^1].ServerId.Value) : null));
    }

    private static async Task<Results<Ok<ApiServer>, ProblemHttpResult>> Show(string id, HttpContext context, Db db) =>
        await Find(id, context, db) is { } server ? TypedResults.Ok(Shown(server)) : NoServer();

    private static async Task<Results<Accepted<ApiAction>, ProblemHttpResult>> Act(
        string id, ApiActionRequest request, HttpContext context, Db db, TimeProvider clock)
    {
        if (await Find(id, context, db) is not { } server) return NoServer();
        if (PermissionOf(request.Action) is { } permission && await context.Missing(permission, id) is { } missing) return missing;
        var now = clock.GetUtcNow();
        switch (request.Action)
        {
            case "start" or "stop" or "restart":
                if (!server.IsThere) return WrongState(server, "switched");
                return await Add("server.power", new { request.Action });
            case "rename":
                if (!server.IsThere) return WrongState(server, "renamed");
                var (name, problem) = Label.Read(request.Name);
                if (name is null) return Invalid("name", "portal.servers.name_invalid", problem!);
                return await Add("server.rename", new { Label = name });
            case "undelete":
                if (server is not { IsDeleted: true, ShieldUntil: { } until } || until <= now) return WrongState(server, "brought back");
                return await Add("server.undelete", new { });
            default:
                return Invalid("action", "portal.servers.unknown_action", "action is one of start, stop, restart, rename, undelete.");
        }

        Task<Results<Accepted<ApiAction>, ProblemHttpResult>> Add(string command, object input) =>
            ActionsApi.Add(context, db, server.ServerId, command, input, Token(context, request.Action, request.Name), now);
    }

    private static string? PermissionOf(string? action) => action switch
    {
        "start" or "stop" or "restart" => Permissions.ServersPower,
        "rename" => Permissions.ServersRename,
        "undelete" => Permissions.ServersDelete,
        _ => null,
    };

    private static async Task<Results<Accepted<ApiAction>, ProblemHttpResult>> Delete(
        string id, string? confirm, HttpContext context, Db db, TimeProvider clock, IOptions<ServersOptions> options)
    {
        const string command = "server.delete";
        if (await Find(id, context, db) is not { } server) return NoServer();
        var account = context.SignedIn().AccountId;
        if ((await ServerWork.Newest(db, account, server.ServerId)).FirstOrDefault(item => item is { Command: command, IsPending: true }) is { } pending)
            return TypedResults.Accepted($"/api/v1/actions/{pending.Id}", ActionsApi.Shown(pending));
        if (!server.IsThere) return WrongState(server, "deleted");
        if (!string.Equals(confirm?.Trim(), server.Label, StringComparison.Ordinal))
        {
            return ApiProblem.Fields(
                "portal.servers.name_not_confirmed",
                [new FieldProblem("confirm", "portal.servers.name_not_confirmed", $"Send the server's name as confirm: {server.Label}")]);
        }

        var now = clock.GetUtcNow();
        var input = new { ShieldUntil = now + options.Value.Shield };
        return await ActionsApi.Add(context, db, server.ServerId, command, input, Guid.NewGuid().ToString("n"), now);
    }

    private static ProblemHttpResult Invalid(string field, string code, string message) =>
        ApiProblem.Fields("portal.servers.invalid_action", [new FieldProblem(field, code, message)]);

    private static async Task<ServerView?> Find(string id, HttpContext context, Db db) =>
        Id.TryParse<ServerId>(id, out var server) ? await ServerView.Find(db, context.SignedIn().AccountId, server) : null;

    private static ApiServer Shown(ServerView server) => new()
    {
        Id = server.ServerId.Value,
        Name = server.Label,
        Hostname = server.Hostname,
        State = server.Status.Code,
        Address = server.Address,
        Plan = server.PlanCode,
        Region = server.Region,
        Image = server.ImageCode,
        Backups = server.Backups,
        Vcpu = server.Vcpu,
        MemoryMib = server.MemoryMib,
        DiskGib = server.DiskGib,
        OrderId = server.OrderId.Value,
        OrderedAt = server.PlacedAt,
        PromisedAt = server.PromisedAt,
        ReadyAt = server.ReadyAt,
        ObservedAt = server.ObservedAt,
        DeletedAt = server.DeletedAt,
        RestorableUntil = server.ShieldUntil,
        Failure = server.FailureText,
    };
}
