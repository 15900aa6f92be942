using System.Text;
using Database;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace Portal.Api;

/// <summary>Marks an endpoint that answers a list by pages.</summary>
public sealed class PagedMetadata;

/// <summary>How an endpoint says that it pages.</summary>
public static class Pages
{
    /// <summary>The endpoint takes <c>cursor</c> and <c>limit</c>, and answers an <see cref="ApiPage{T}"/>.</summary>
    public static RouteHandlerBuilder Paged(this RouteHandlerBuilder endpoint) => endpoint.WithMetadata(new PagedMetadata());
}

/// <summary>One page of a list.</summary>
/// <param name="Items">In the list's order.</param>
/// <param name="Next">Pass it as <c>cursor</c> to get what follows; null at the end.</param>
public sealed record ApiPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>
/// Which page is asked for: <c>?cursor=…&amp;limit=…</c>. A cursor holds the sort key of the last item seen, so that a page stays right
/// while rows are added in front of it, and costs the same at any depth.
/// </summary>
public sealed record PageQuery
{
    /// <summary>The most that a page holds.</summary>
    public const int Most = 200;

    private const int Usual = 50;

    /// <summary>Items a page, 1 to 200.</summary>
    public int Limit { get; private init; } = Usual;

    /// <summary>The sort key of the last item seen; null for the first page.</summary>
    public string? After { get; private init; }

    /// <summary>Reads <c>cursor</c> and <c>limit</c>; the refusal when they are none of ours.</summary>
    public static (PageQuery Page, ProblemHttpResult? Refusal) Read(IQueryCollection query)
    {
        var limit = Usual;
        if (query["limit"].FirstOrDefault() is { } text && (!int.TryParse(text, out limit) || limit is < 1 or > Most))
            return (new(), ApiProblem.Of(StatusCodes.Status400BadRequest, "portal.api.bad_limit", $"limit is a whole number from 1 to {Most}."));
        if (query["cursor"].FirstOrDefault() is not { Length: > 0 } cursor) return (new() { Limit = limit }, null);
        return Decode(cursor) is { } after
            ? (new() { Limit = limit, After = after }, null)
            : (new(), NoCursor());
    }

    /// <summary>The id before which the page goes on, newest first; <paramref name="first"/> for the first page; false when the cursor holds none.</summary>
    public bool Before<T>(T first, out T id)
        where T : struct, IId<T>
    {
        id = first;
        return After is null || Id.TryParse(After, out id);
    }

    /// <summary>The refusal of a cursor that is none of ours.</summary>
    public static ProblemHttpResult NoCursor() => ApiProblem.Of(
        StatusCodes.Status400BadRequest, "portal.api.bad_cursor", "This cursor is none of ours; leave it out to begin again.");

    /// <summary>Makes the page from one item more than the limit was read.</summary>
    public ApiPage<T> Of<T>(IReadOnlyList<T> read, Func<T, string> key) => read.Count > Limit
        ? new(read.Take(Limit).ToList(), Encode(key(read[Limit - 1])))
        : new(read, null);

    /// <summary>The cursor of a sort key.</summary>
    public static string Encode(string key) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes($"1:{key}"));

    private static string? Decode(string cursor)
    {
        if (cursor.Length > 400) return null;
        try
        {
            var text = Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(cursor));
            return text.StartsWith("1:", StringComparison.Ordinal) ? text[2..] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
