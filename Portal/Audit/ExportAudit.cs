using System.Text;
using System.Text.Json;
using Database;
using Database.Audit;
using Portal.Identity;

namespace Portal.Audit;

/// <summary><c>GET /audit.csv</c> and <c>/audit.json</c>: the events of the search, row by row as they are read. Exporting is an event too.</summary>
internal static class ExportAudit
{
    public static async Task Csv(HttpContext context, Db db, AuditKeys keys, TimeProvider clock)
    {
        var search = await Begin(context, db, clock, "csv");
        context.Response.ContentType = "text/csv; charset=utf-8";
        var head = Shell.Csv.Line(
            "id", "at", "who", "person", "in the name of", "program", "action", "resource", "address", "user agent", "reason", "before", "after");
        await context.Response.WriteAsync($"\ufeff{head}", Encoding.UTF8);
        await foreach (var row in search.Everything(db).WithCancellation(context.RequestAborted))
        {
            var told = keys.Read(row);
            await context.Response.WriteAsync(
                Shell.Csv.Line(
                    row.Id.Value, row.HappenedAt, row.Who, row.PersonId, row.OnBehalfOf, row.ClientId, row.Action, row.Resource, told?.Ip,
                    told?.UserAgent, told?.Reason, told?.Before?.GetRawText(), told?.After?.GetRawText()),
                context.RequestAborted);
        }
    }

    public static async Task Json(HttpContext context, Db db, AuditKeys keys, TimeProvider clock)
    {
        var search = await Begin(context, db, clock, "json");
        context.Response.ContentType = "application/json; charset=utf-8";
        await JsonSerializer.SerializeAsync(context.Response.Body, Shown(search, db, keys), JsonSerializerOptions.Web, context.RequestAborted);
    }

    private static async IAsyncEnumerable<ApiAuditEvent> Shown(AuditSearch search, Db db, AuditKeys keys)
    {
        await foreach (var row in search.Everything(db)) yield return ApiAuditEvent.Of(row, keys.Read(row));
    }

    private static async Task<AuditSearch> Begin(HttpContext context, Db db, TimeProvider clock, string form)
    {
        var search = EventsPage.Asked(context.Request.Query, context.SignedIn().AccountId);
        var entry = context.Entry("audit.exported", after: new { form, search.Action, search.Resource, search.From, search.To });
        await db.Write(tx => tx.Record(entry, clock.GetUtcNow()));
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"audit.{form}\"";
        return search;
    }
}
