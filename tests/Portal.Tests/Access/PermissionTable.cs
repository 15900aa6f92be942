using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Portal.Access;
using Portal.Tests.Invoices.Printing;
using Xunit;

namespace Portal.Tests.Access;

/// <summary>
/// Walks every page handler and endpoint of a running portal as every kind of person and compares with <c>permissions.md</c>. A new
/// endpoint without a row fails; so does a row without an endpoint. With <c>PORTAL_WRITE_PERMISSIONS=1</c> the file is written anew, to be read.
/// </summary>
public sealed partial class PermissionTable
{
    private const string Heading = """
        # Who may do what

        A row is a page handler or an endpoint of the portal, a column somebody who asks. The person's own account has one server with an order, a backup,
        an invoice and a piece of work; *one server* is a Technical on that server alone, *other server* one on another server of the account, *foreign* the
        owner of another account who guesses the ids, *none* somebody signed in who belongs to no account, *stranger* nobody.

        `yes` lets in, `no` is 403 with the missing permission, `-` is 404 as if it were not there, `in` asks for a sign-in, `open` is for everybody.


        """;

    [BrowserFact]
    public async Task Every_page_and_endpoint_lets_in_exactly_whom_the_table_says()
    {
        await using var house = await PermissionHouse.Start();
        var rows = new List<string>();
        foreach (var door in await Doors(house.Portal))
        {
            var cells = new List<string>();
            foreach (var guest in house.Guests) cells.Add(door.IsOpen ? "open" : await house.Try(guest, door));
            rows.Add($"| `{door}` | {door.Asks} | {string.Join(" | ", cells)} |");
        }

        rows.Sort(StringComparer.Ordinal);
        var head = $"| asked for | needs | {string.Join(" | ", house.Guests.Select(guest => guest.Name))} |";
        var lines = $"|{string.Concat(Enumerable.Repeat(" --- |", house.Guests.Count + 2))}";
        var found = new StringBuilder(Heading).Append(head).Append('\n').Append(lines).Append('\n').AppendJoin('\n', rows).Append('\n').ToString();
        var file = Path.Combine(PortalUnderTest.ContentRoot, "..", "tests", "Portal.Tests", "Access", "permissions.md");
        if (Environment.GetEnvironmentVariable("PORTAL_WRITE_PERMISSIONS") == "1") await File.WriteAllTextAsync(file, found);
        var expected = (await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n").Split('\n');
        var differences = found.Split('\n').Except(expected).Select(line => $"is   {line}")
            .Concat(expected.Except(found.Split('\n')).Select(line => $"told {line}"));
        Assert.True(!differences.Any(), $"permissions.md tells it otherwise:\n{string.Join('\n', differences.Order(StringComparer.Ordinal))}");
    }

    /// <summary>Every handler of every page, every method of every endpoint.</summary>
    internal static async Task<IReadOnlyList<PermissionDoor>> Doors(PortalUnderTest portal)
    {
        var loader = portal.Get<PageLoader>();
        var doors = new List<PermissionDoor>();
        foreach (var endpoint in portal.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var pattern = Hash().Replace("/" + endpoint.RoutePattern.RawText!.TrimStart('/'), "-*.");
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page)
            {
                var compiled = await loader.LoadAsync(page, EndpointMetadataCollection.Empty);
                var model = compiled.EndpointMetadata ?? [];
                if (compiled.HandlerMethods.Count == 0) doors.Add(new PermissionDoor("GET", pattern, null, model));
                doors.AddRange(compiled.HandlerMethods.Select(handler => new PermissionDoor(
                    handler.HttpMethod.ToUpperInvariant(), pattern, handler.Name, [.. model, .. handler.MethodInfo.GetCustomAttributes(inherit: true)])));
                continue;
            }

            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                doors.Add(new PermissionDoor(method, pattern, null, endpoint.Metadata));
        }

        return doors;
    }

    [GeneratedRegex(@"-[0-9a-f]{12}\.")]
    private static partial Regex Hash();
}

/// <summary>A way into the portal.</summary>
internal sealed record PermissionDoor(string Method, string Pattern, string? Handler, IEnumerable<object> Metadata)
{
    private object? Last => Metadata.LastOrDefault(one =>
        one is NeedsAttribute or OwnBusinessAttribute or IAllowAnonymous or IAuthorizeData { Policy.Length: > 0 });

    public bool IsOpen => Last is IAllowAnonymous;

    /// <summary>What it asks for, as its attribute says.</summary>
    public string Asks => Last switch
    {
        NeedsAttribute needs => needs.Resource is null ? needs.Permission : $"{needs.Permission} on {{{needs.Resource}}}",
        OwnBusinessAttribute => "own business",
        IAllowAnonymous => "nothing",
        IAuthorizeData data => $"policy {data.Policy}",
        _ => "NOTHING SAID",
    };

    public bool IsApi => Pattern.StartsWith("/api/", StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Pattern}{(string.IsNullOrEmpty(Handler) ? "" : $"?handler={Handler.ToLowerInvariant()}")}";
}
