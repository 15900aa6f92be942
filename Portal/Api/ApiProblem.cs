using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace Portal.Api;

/// <summary>What is wrong with a field of a request.</summary>
/// <param name="Field">As in the request, e.g. <c>sshKey</c>.</param>
/// <param name="Code">Stable, e.g. <c>portal.servers.ssh_key_invalid</c>.</param>
/// <param name="Message">What is wrong and how to mend it, for people.</param>
public sealed record FieldProblem(string Field, string Code, string Message)
{
    /// <summary>The problem of a property, named as requests name it.</summary>
    public static FieldProblem Of(string property, string code, string message) => new(JsonNamingPolicy.CamelCase.ConvertName(property), code, message);
}

/// <summary>What the API answers when it says no: problem details (RFC 9457) with a stable <c>code</c>.</summary>
public static class ApiProblem
{
    /// <summary>A refusal.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">Stable, e.g. <c>billing.orders.sold_out</c>: programs decide by it.</param>
    /// <param name="detail">What is wrong and how to mend it, for people.</param>
    /// <param name="more">Further members, such as the new price.</param>
    public static ProblemHttpResult Of(int status, string code, string detail, IReadOnlyDictionary<string, object?>? more = null)
    {
        var extensions = new Dictionary<string, object?>(more ?? new Dictionary<string, object?>(), StringComparer.Ordinal)
        {
            ["code"] = code,
            ["trace"] = Activity.Current?.TraceId.ToString(),
        };
        return TypedResults.Problem(detail, null, status, ReasonPhrases.GetReasonPhrase(status), "about:blank", extensions);
    }

    /// <summary>422 with what is wrong in each field.</summary>
    /// <param name="code">Stable, e.g. <c>portal.servers.invalid_order</c>.</param>
    /// <param name="problems">One or more for a field.</param>
    public static ProblemHttpResult Fields(string code, IEnumerable<FieldProblem> problems) => Of(
        StatusCodes.Status422UnprocessableEntity,
        code,
        "Some fields are not as they must be; errors says which and why.",
        new Dictionary<string, object?> { ["errors"] = problems.ToList() });

    /// <summary>404: there is none, or it is somebody else's.</summary>
    public static ProblemHttpResult NotFound(string code, string detail) => Of(StatusCodes.Status404NotFound, code, detail);
}
