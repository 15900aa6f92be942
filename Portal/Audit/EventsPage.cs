using Database;
using Database.Audit;
using Microsoft.AspNetCore.WebUtilities;
using Portal.Accounts;
using Portal.Identity;

namespace Portal.Audit;

/// <summary>An event as it is shown: its key asked for, its particulars opened.</summary>
internal sealed record ShownEvent(ListedEvent Event, AuditParticulars? Told)
{
    public IReadOnlyList<(string Field, string? Before, string? After)> Changes { get; } = AuditWords.Changes(Told?.Before, Told?.After);
}

/// <summary>A page of events and how to go on from it; the customers' and the staff's page.</summary>
internal sealed record EventsPage(string Path, AuditSearch Search, IReadOnlyList<ShownEvent> Events, bool IsFirst, bool HasMore)
{
    private const int RowsOfPage = 50;

    public string? Next => HasMore ? Address(Path, Events[^1].Event.Id.Value) : null;

    /// <summary>Back to the newest: what came in between is one click away again.</summary>
    public string? Newest => IsFirst ? null : Address(Path);

    public string Address(string path, string? before = null)
    {
        var query = new Dictionary<string, string?>
        {
            ["account"] = Path == "/audit" ? null : Search.AccountId?.Value,
            ["person"] = Search.PersonId?.Value,
            ["did"] = Search.Action,
            ["resource"] = Search.Resource,
            ["from"] = Search.From?.ToString("yyyy-MM-dd", null),
            ["to"] = Search.To?.ToString("yyyy-MM-dd", null),
            ["before"] = before,
        };
        return QueryHelpers.AddQueryString(path, query.Where(pair => pair.Value is not null));
    }

    public static async Task<EventsPage> Read(Db db, AuditKeys keys, string path, AuditSearch search, string? before)
    {
        var from = Id.TryParse<AuditEventId>(before, out var id) ? id : (AuditEventId?)null;
        var rows = await search.Older(db, from, RowsOfPage + 1);
        return new EventsPage(
            path, search, [.. rows.Take(RowsOfPage).Select(row => new ShownEvent(row, keys.Read(row)))], from is null, rows.Count > RowsOfPage);
    }

    /// <summary>What an address asks for; what cannot be read is not asked for.</summary>
    public static AuditSearch Asked(IQueryCollection query, AccountId? account) => new()
    {
        AccountId = account,
        PersonId = Id.TryParse<PersonId>(query["person"], out var person) ? person : null,
        Action = Text(query["did"], 60),
        Resource = Text(query["resource"], 60),
        From = DateOnly.TryParseExact(query["from"], "yyyy-MM-dd", out var from) ? from : null,
        To = DateOnly.TryParseExact(query["to"], "yyyy-MM-dd", out var to) && to < DateOnly.MaxValue ? to : null,
    };

    private static string? Text(string? text, int most) => string.IsNullOrWhiteSpace(text) || text.Length > most ? null : text.Trim();
}
