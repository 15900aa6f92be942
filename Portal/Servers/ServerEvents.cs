using Database;
using Portal.Access;
using Portal.Identity;

namespace Portal.Servers;

/// <summary>
/// <c>GET /servers/{id}/events</c>: tells an open page that it is out of date (server-sent events). It says nothing else, so what
/// the page may show is decided when it asks again. The stream ends after a minute; the browser opens it again, signed in as
/// it then is.
/// </summary>
internal static class ServerEvents
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public static async Task Write(HttpContext context, string id, Db db, ServerWatch watch, IHostApplicationLifetime host)
    {
        if (!Id.TryParse<ServerId>(id, out var server) || await ServerView.Find(db, context.SignedIn().AccountId, server) is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, host.ApplicationStopping);
        end.CancelAfter(Longest);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await context.Response.WriteAsync("retry: 1000\n\n", end.Token);
            await foreach (var version in watch.Versions(server, end.Token))
            {
                if (!await context.StillCan(Permissions.ServersRead, server.Value)) return;
                await context.Response.WriteAsync($"event: version\ndata: {version}\n\n", end.Token);
                await context.Response.Body.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // the minute is over, the reader has left, or the host stops: all are the stream's ordinary end
        }
    }
}
