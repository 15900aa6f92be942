using System.Net;
using System.Text.Json;
using Portal.Tests.Invoices;
using Xunit;

namespace Portal.Tests.Api;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_document_is_open_to_everybody_and_the_API_is_not()
    {
        await using var host = await InvoiceHost.Start("none");
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
        using var document = JsonDocument.Parse(await client.GetStringAsync("/api/v1/openapi.json"));
        var paths = document.RootElement.GetProperty("paths");
        Assert.True(paths.TryGetProperty("/api/v1/invoices", out var list), paths.ToString());
        Assert.True(list.TryGetProperty("get", out _));
        Assert.All(paths.EnumerateObject(), path => Assert.StartsWith("/api/v1/", path.Name, StringComparison.Ordinal));

        using var catalogue = JsonDocument.Parse(await client.GetStringAsync("/api/v1/catalogue"));
        Assert.Equal(JsonValueKind.Array, catalogue.RootElement.GetProperty("plans").ValueKind);

        using var refused = await client.GetAsync("/api/v1/invoices");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"code\":\"portal.api.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
