using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Testing;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Journeys.Oidc;

/// <summary>npm's oidc-client-ts, unchanged, in a page of another origin that keeps no secret; a real Chromium decides what it may read.</summary>
[Collection("oidc")]
public sealed class OidcPageApplication(OidcHouse house)
{
    [Fact]
    [Shows("RFC 9700 2.6 cors")]
    public async Task A_page_of_another_origin_signs_somebody_in_refreshes_and_signs_them_out()
    {
        var modules = Parts.RequireNodeModules();
        await using var site = await Serve(modules);
        var page = await house.Visitor();
        await page.GotoAsync($"{OidcHouse.Application}/page?issuer={Uri.EscapeDataString(house.Issuer)}");
        await Expect(page.Locator("#who")).ToHaveTextAsync("nobody");

        await page.ClickAsync("#in");
        await page.WaitForURLAsync($"{house.Issuer}/**");
        await OidcHouse.SayYes(page, $"{OidcHouse.Application}/page");
        await Expect(page.Locator("#trouble")).ToHaveTextAsync("");
        await Expect(page.Locator("#who")).ToHaveTextAsync($"Asha Rao <{OidcHouse.Email}>");

        await page.ClickAsync("#again");
        await Expect(page).ToHaveTitleAsync("refreshed");
        await Expect(page.Locator("#who")).ToHaveTextAsync($"Asha Rao <{OidcHouse.Email}>");

        await page.RunAndWaitForResponseAsync(
            () => page.ClickAsync("#out"), answer => answer.Url.StartsWith($"{OidcHouse.Application}/page", StringComparison.Ordinal));
        await Expect(page.Locator("#who")).ToHaveTextAsync("nobody");
        await page.GotoAsync($"{house.Issuer}/accounts");
        Assert.Contains("/oidc/sign-in", page.Url, StringComparison.Ordinal);
    }

    [Fact]
    [Shows("RFC 9700 2.6 cors")]
    public async Task A_page_reads_no_answer_that_is_for_another_client()
    {
        var modules = Parts.RequireNodeModules();
        await using var site = await Serve(modules);
        var page = await house.Visitor();
        await page.GotoAsync($"{OidcHouse.Application}/page?issuer={Uri.EscapeDataString(house.Issuer)}");

        Assert.True(await Reads("/.well-known/openid-configuration"));
        Assert.True(await Reads("/oidc/token", "page-application"));
        Assert.False(await Reads("/oidc/token", "portal-cli"));
        Assert.False(await Reads("/oidc/token", "node-application"));
        Assert.False(await Reads("/oidc/authorize?client_id=page-application"));

        Task<bool> Reads(string path, string? client = null) => page.EvaluateAsync<bool>(
            Fetch, new { address = house.Issuer + path, body = client is null ? null : $"grant_type=refresh_token&client_id={client}" });
    }

    private const string Fetch = """
        async ({ address, body }) => {
          const headers = { 'content-type': 'application/x-www-form-urlencoded' };
          try { await fetch(address, body ? { method: 'POST', body, headers } : {}); return true; } catch { return false; }
        }
        """;

    private static async Task<WebApplication> Serve(string modules)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(OidcHouse.Application);
        var site = builder.Build();
        var library = Path.Combine(modules, "oidc-client-ts", "dist", "browser", "oidc-client-ts.min.js");
        var html = Path.Combine(AppContext.BaseDirectory, "Oidc", "page.html");
        site.MapGet("/page", () => Results.File(html, "text/html"));
        site.MapGet("/oidc-client-ts.min.js", () => Results.File(library, "text/javascript"));
        site.MapFallback(() => Results.StatusCode((int)HttpStatusCode.NotFound));
        await site.StartAsync();
        return site;
    }
}
