using System.Text;
using Database;
using Portal.Access;
using Portal.Identity;
using Portal.Shell;

namespace Portal.Servers;

/// <summary><c>GET /servers.csv</c>: every server of the list, row by row as it is read.</summary>
internal static class ExportServers
{
    public static async Task Write(HttpContext context, Db db, string? q)
    {
        var account = context.SignedIn().AccountId;
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"servers.csv\"";
        // the mark tells spreadsheets that the text is UTF-8
        var head = Csv.Line("id", "name", "hostname", "state", "address", "plan", "region", "image", "backups", "ordered");
        await context.Response.WriteAsync($"\ufeff{head}", Encoding.UTF8);
        await foreach (var server in ServerList.All(db, account, context.Access().Scope(Permissions.ServersRead), string.IsNullOrWhiteSpace(q) ? null : q))
        {
            await context.Response.WriteAsync(
                Csv.Line(
                    server.ServerId.Value, server.Label, server.Hostname, server.Status.Code, server.Address, server.PlanCode,
                    server.Region, server.ImageName, server.Backups ? "yes" : "no", server.PlacedAt),
                context.RequestAborted);
        }
    }
}
