using Database;
using Database.Work;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Identity;

namespace Portal.Servers;

/// <summary>Why an action failed for good.</summary>
internal sealed record ApiActionError(string Code, string Message);

/// <summary>A long operation on a server: ask again until its status is no longer <c>running</c>.</summary>
internal sealed record ApiAction
{
    public required string Id { get; init; }

    /// <summary>E.g. <c>server.create</c>, <c>server.power</c>, <c>backup.take</c>.</summary>
    public required string Command { get; init; }

    /// <summary><c>running</c>, <c>success</c> or <c>error</c>.</summary>
    public required string Status { get; init; }

    /// <summary>0 to 100.</summary>
    public required int Progress { get; init; }

    /// <summary>The step in words, for people.</summary>
    public required string? Message { get; init; }

    /// <summary>How often it was tried and failed; it is tried again by itself while it is running.</summary>
    public required int FailedTries { get; init; }

    public required string ServerId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null while it waits for a worker.</summary>
    public required DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>Only with the status <c>error</c>.</summary>
    public required ApiActionError? Error { get; init; }
}

/// <summary><c>/api/v1/actions</c>: what is being done to servers, with its progress.</summary>
internal static class ActionsApi
{
    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.Api().MapGet("/actions/{id}", Show).Needs(Permissions.ServersRead, "id").WithTags("Actions").WithSummary("One action: its status, its progress, and why it failed.");
        routes.Api().MapGet("/servers/{id}/actions", List).Needs(Permissions.ServersRead, "id").Paged().WithTags("Actions").WithSummary("The server's actions, newest first.");
    }

    internal static ApiAction Shown(ServerWorkItem item) => new()
    {
        Id = item.Id.Value,
        Command = item.Command,
        Status = item switch { { IsPending: true } => "running", { HasFailed: true } => "error", _ => "success" },
        Progress = item.Progress,
        Message = item.Message,
        FailedTries = item.Attempts,
        ServerId = item.Resource,
        CreatedAt = item.CreatedAt,
        StartedAt = item.StartedAt,
        EndedAt = item.EndedAt,
        Error = item.HasFailed ? new ApiActionError(item.ErrorCode ?? $"{item.Command}.error", item.ErrorText ?? "It failed.") : null,
    };

    /// <summary>Adds work on a server and answers 202 with its action; 409 while other work of the command is under way.</summary>
    /// <param name="token">The same token adds it once; at most 64 characters.</param>
    internal static async Task<Results<Accepted<ApiAction>, ProblemHttpResult>> Add(
        HttpContext context, Db db, ServerId server, string command, object input, string token, DateTimeOffset now)
    {
        var account = context.SignedIn().AccountId;
        if (await ServerWork.Add(db, account, server, command, input, token, now) is not { } id)
        {
            return ApiProblem.Of(
                StatusCodes.Status409Conflict, "portal.servers.action_under_way", $"A {command} of this server is under way already; wait for its end.");
        }

        return TypedResults.Accepted($"/api/v1/actions/{id}", Shown((await ServerWork.Find(db, account, id))!));
    }

    private static async Task<Results<Ok<ApiAction>, ProblemHttpResult>> Show(string id, HttpContext context, Db db) =>
        Id.TryParse<WorkItemId>(id, out var known) && await ServerWork.Find(db, context.SignedIn().AccountId, known) is { } item
            ? TypedResults.Ok(Shown(item))
            : ApiProblem.NotFound("portal.servers.no_action", "This account has no such action.");

    private static async Task<Results<Ok<ApiPage<ApiAction>>, ProblemHttpResult>> List(string id, HttpContext context, Db db)
    {
        var account = context.SignedIn().AccountId;
        var (page, refusal) = PageQuery.Read(context.Request.Query);
        if (refusal is not null) return refusal;
        if (!page.Before(new WorkItemId("wrk_~"), out var before)) return PageQuery.NoCursor();
        if (!Id.TryParse<ServerId>(id, out var server) || await ServerView.Find(db, account, server) is null) return ServersApi.NoServer();
        var items = await ServerWork.Older(db, account, server, before, page.Limit + 1);
        return TypedResults.Ok(page.Of([.. items.Select(Shown)], action => action.Id));
    }
}
