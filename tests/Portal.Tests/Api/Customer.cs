using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Portal.Tests.Api;

/// <summary>A program with an access token of a customer.</summary>
internal sealed class Customer : IDisposable
{
    private readonly HttpClient http;

    private Customer(HttpClient http) => this.http = http;

    /// <summary>Signs somebody up; their program is let in through the consent page.</summary>
    public static async Task<Customer> SignUp(PortalUnderTest portal, string name, bool billing = true)
    {
        using var browser = billing ? await portal.SignUpWithBillingAsync(name) : await portal.SignUpAsync(name);
        return With(portal, await PortalUnderTest.AccessTokenAsync(browser));
    }

    public static Customer With(PortalUnderTest portal, string? token)
    {
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = portal.Address };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new Customer(http);
    }

    public string Token => http.DefaultRequestHeaders.Authorization!.Parameter!;

    /// <summary>Sends it; <paramref name="body"/> as JSON, a text as it is.</summary>
    public async Task<Answer> Send(HttpMethod method, string path, object? body = null, string? key = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, $"/api/v1{path}");
        if (body is string text) request.Content = new StringContent(text, Encoding.UTF8, type);
        else if (body is not null) request.Content = JsonContent.Create(body);
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await http.SendAsync(request);
        return new Answer(
            response.StatusCode, response.Content.Headers.ContentType?.MediaType, response.Headers.Location?.ToString(),
            await response.Content.ReadAsStringAsync());
    }

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path);

    /// <summary>Posts under a key of its own, or the given one.</summary>
    public Task<Answer> Post(string path, object? body = null, string? key = null) =>
        Send(HttpMethod.Post, path, body, key ?? Guid.NewGuid().ToString());

    public void Dispose() => http.Dispose();
}

/// <summary>What the API answered.</summary>
internal sealed record Answer(HttpStatusCode Status, string? Type, string? Location, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException("The answer is null.");

    public string? this[string name] => Json[name]?.ToString();

    public Answer Is(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} in place of {(int)status}: {Text}");
        return this;
    }

    /// <summary>A refusal with this status and code, and nothing of our inside in it.</summary>
    public Answer Refuses(HttpStatusCode status, string code)
    {
        Is(status);
        Assert.Equal("application/problem+json", Type);
        Assert.Equal(code, this["code"]);
        Assert.Equal((int)status, Json["status"]!.GetValue<int>());
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Text, StringComparison.Ordinal);
        return this;
    }

    /// <summary>Code of the first problem of each field.</summary>
    public Dictionary<string, string> FieldCodes => Json["errors"]!.AsArray()
        .GroupBy(error => error!["field"]!.ToString())
        .ToDictionary(group => group.Key, group => group.First()!["code"]!.ToString(), StringComparer.Ordinal);
}
