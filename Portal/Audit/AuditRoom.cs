using Database.Audit;
using Portal.Access;
using Portal.Identity;

namespace Portal.Audit;

/// <summary>What the room offers the building: who is behind what a request does, and the pages that show it.</summary>
public static class AuditRoom
{
    /// <summary>Every event that a request leaves, in whatever room, says who made the request and from where.</summary>
    internal static void UseAuditSource(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        AuditSource.Begin(told => told with
        {
            PersonId = told.PersonId ?? context.SignedInOrNull()?.PersonId.Value,
            OnBehalfOf = told.OnBehalfOf ?? context.SignedInOrNull()?.Looking?.Id,
            ClientId = told.ClientId ?? context.SignedInOrNull()?.ClientId,
            Ip = told.Ip ?? context.Ip(),
            UserAgent = told.UserAgent ?? context.UserAgent(),
        });
        return next(context);
    });

    /// <summary>Maps the room's endpoints.</summary>
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        AuditApi.Map(routes);
        routes.MapGet("/audit.csv", ExportAudit.Csv).Needs(Permissions.AuditRead);
        routes.MapGet("/audit.json", ExportAudit.Json).Needs(Permissions.AuditRead);
    }
}
