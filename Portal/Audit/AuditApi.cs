using System.Text.Json;
using Database;
using Database.Audit;
using Microsoft.AspNetCore.Http.HttpResults;
using Portal.Access;
using Portal.Api;
using Portal.Identity;

namespace Portal.Audit;

/// <summary>Something that was done in the account.</summary>
internal sealed record ApiAuditEvent
{
    /// <summary>The event's id; ids sort by time.</summary>
    public required string Id { get; init; }

    /// <summary>When (UTC).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was done, e.g. <c>orders.placed</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The id of what it was done to.</summary>
    public required string? Resource { get; init; }

    /// <summary>Who did it; null for the portal itself.</summary>
    public required string? PersonId { get; init; }

    /// <summary>Their name, or what else did it.</summary>
    public required string Who { get; init; }

    /// <summary>The staff access or approval in whose name it was done.</summary>
    public required string? OnBehalfOf { get; init; }

    /// <summary>The program whose token was used; null in the browser.</summary>
    public required string? ClientId { get; init; }

    /// <summary>The request's address; null for work in the background, and once the person was erased.</summary>
    public required string? Ip { get; init; }

    /// <summary>The browser or program.</summary>
    public required string? UserAgent { get; init; }

    /// <summary>Why, in the words of whoever did it.</summary>
    public required string? Reason { get; init; }

    /// <summary>How it was before.</summary>
    public required JsonElement? Before { get; init; }

    /// <summary>How it is now.</summary>
    public required JsonElement? After { get; init; }

    public static ApiAuditEvent Of(ListedEvent row, AuditParticulars? told) => new()
    {
        Id = row.Id.Value,
        At = row.HappenedAt,
        Action = row.Action,
        Resource = row.Resource,
        PersonId = row.PersonId,
        Who = row.Who,
        OnBehalfOf = row.OnBehalfOf,
        ClientId = row.ClientId,
        Ip = told?.Ip,
        UserAgent = told?.UserAgent,
        Reason = told?.Reason,
        Before = told?.Before,
        After = told?.After,
    };
}

/// <summary><c>/api/v1/audit-events</c>: what was done in the account.</summary>
internal static class AuditApi
{
    internal static void Map(IEndpointRouteBuilder routes) => routes.Api().MapGet("/audit-events", List).Paged().Needs(Permissions.AuditRead).WithTags("Audit")
        .WithSummary("What was done in the account, newest first; ?person, ?did (an action), ?resource (an id), ?from and ?to (days in India, yyyy-MM-dd).");

    private static async Task<Results<Ok<ApiPage<ApiAuditEvent>>, ProblemHttpResult>> List(HttpContext context, Db db, AuditKeys keys)
    {
        var (page, refusal) = PageQuery.Read(context.Request.Query);
        if (refusal is not null) return refusal;
        if (!page.Before(AuditEventId.From("aud_~"), out var before)) return PageQuery.NoCursor();
        var rows = await EventsPage.Asked(context.Request.Query, context.SignedIn().AccountId).Older(db, page.After is null ? null : before, page.Limit + 1);
        var read = page.Of(rows, row => row.Id.Value);
        return TypedResults.Ok(new ApiPage<ApiAuditEvent>([.. read.Items.Select(row => ApiAuditEvent.Of(row, keys.Read(row)))], read.Next));
    }
}
