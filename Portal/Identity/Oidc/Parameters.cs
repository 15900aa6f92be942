using System.Diagnostics.CodeAnalysis;

namespace Portal.Identity.Oidc;

/// <summary>What a client posted: every endpoint but the authorization endpoint reads it here.</summary>
internal sealed class Parameters
{
    private const int LongestValue = 8000;
    private readonly IReadOnlyDictionary<string, string> values;

    private Parameters(IReadOnlyDictionary<string, string> values) => this.values = values;

    /// <summary>RFC 6749 section 3.1: a parameter without a value is a parameter that was left out.</summary>
    public string? this[string name] => values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    public bool Has(string name, [NotNullWhen(true)] out string? value) => (value = this[name]) is not null;

    public IEnumerable<KeyValuePair<string, string>> All => values.Where(pair => pair.Value.Length > 0);

    /// <summary>The form, or what to answer when it is none (RFC 6749 sections 3.1 and 3.2: no parameter twice).</summary>
    public static async Task<(Parameters Form, IResult? Refusal)> Read(HttpContext context)
    {
        var nothing = new Parameters(new Dictionary<string, string>());
        // RFC 6749 section 5.1
        context.Response.Headers.CacheControl = "no-store";
        if (!IsForm(context.Request)) return (nothing, No("Send a form (application/x-www-form-urlencoded)."));
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync();
        }
        catch (InvalidDataException)
        {
            return (nothing, No("The form cannot be read: it has too many or too long values."));
        }

        // RFC 6749 section 2.3.1, RFC 9700 section 4.3: what is in an address ends in logs
        if (context.Request.Query.Count > 0) return (nothing, No("Send the parameters in the body, not in the address."));
        if (form.FirstOrDefault(pair => pair.Value.Count > 1) is { Key: { } twice }) return (nothing, No($"{Texts.Cut(twice, 60)} is given twice."));
        if (form.FirstOrDefault(pair => pair.Value.ToString().Length > LongestValue) is { Key: { } large })
            return (nothing, No($"{Texts.Cut(large, 60)} is too long."));
        return (new Parameters(form.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal)), null);
    }

    public static bool IsForm(HttpRequest request) =>
        request.ContentType?.Split(';')[0].Trim().Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;

    private static IResult No(string text) => OAuthProblem.Of("invalid_request", text);
}

/// <summary>How the provider says no to a client: RFC 6749 section 5.2.</summary>
internal static class OAuthProblem
{
    public static IResult Of(string error, string text, int status = StatusCodes.Status400BadRequest) =>
        Results.Json(new { error, error_description = text }, statusCode: status);
}
