using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;
using Testing;
using Xunit;

namespace Journeys.Oidc;

/// <summary>npm's openid-client, unchanged, against the built-in provider; a person in a real Chromium where one is needed.</summary>
[Collection("oidc")]
public sealed class OidcNodeApplication(OidcHouse house)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public Task A_person_signs_in_and_each_refresh_token_is_good_once() => Tell("code", "node-application", "openid profile email offline_access");

    [Fact]
    public Task A_request_that_was_pushed_first_is_answered() => Tell("pushed", "node-key", "openid email");

    [Fact]
    [Shows("RFC 9700 2.2.1 sender-constrained", "RFC 9700 4.10 stolen token")]
    public Task Tokens_bound_to_a_key_are_worth_nothing_without_it() => Tell("dpop", "node-bound", "openid email offline_access");

    [Fact]
    public Task A_device_is_let_in_by_somebody_in_a_browser() => Tell("device", "portal-cli", "openid email", until: $"{house.Issuer}/device?handler=Decide");

    [Fact]
    [Shows("RFC 9700 4.10 stolen token")]
    public Task A_token_that_was_taken_back_is_dead_at_once() => Tell("revocation", "node-key", "openid email offline_access");

    [Fact]
    public Task A_service_shows_its_secret() => Tell("service", OidcHouse.SecretService, "api");

    [Fact]
    [Shows("RFC 9700 2.5 client authentication")]
    public Task A_service_shows_its_key() => Tell("service", OidcHouse.KeyService, "api");

    [Fact]
    [Shows("RFC 9700 4.14 refresh bound")]
    public async Task A_person_signs_out_at_the_application_and_is_signed_out_here()
    {
        var page = await house.Visitor();
        await Tell("logout", "node-application", "openid email", page);
        await page.GotoAsync($"{house.Issuer}/accounts");
        Assert.Contains("/oidc/sign-in", page.Url, StringComparison.Ordinal);
    }

    private async Task Tell(string story, string client, string scope, IPage? page = null, string? until = null)
    {
        page ??= await house.Visitor();
        var hasKey = client == "node-key" || client == OidcHouse.KeyService;
        var settings = JsonSerializer.Serialize(new
        {
            modules = Parts.RequireNodeModules(),
            issuer = house.Issuer,
            id = client,
            secret = client == "node-application" || client == OidcHouse.SecretService ? OidcHouse.Secret : null,
            privateKey = hasKey ? JsonDocument.Parse(OidcHouse.PrivateKey).RootElement : (JsonElement?)null,
            redirect = $"{OidcHouse.Application}/callback",
            resource = $"{house.Issuer}/api/v1/servers",
            scope,
            push = client == "node-key",
        });
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "Oidc", "openid-client.mjs"), story, settings])
            start.ArgumentList.Add(argument);
        using var node = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        await using var end = patience.Token.Register(() => node.Kill());
        var trouble = node.StandardError.ReadToEndAsync(patience.Token);
        var last = "";
        try
        {
            while (await node.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                last = line;
                if (line.StartsWith("open ", StringComparison.Ordinal)) await OidcHouse.Open(page, line["open ".Length..], until ?? OidcHouse.Application);
            }

            await node.WaitForExitAsync(patience.Token);
        }
        finally
        {
            if (!node.HasExited) node.Kill();
        }

        Assert.True(node.ExitCode == 0, $"{await trouble}\n{house.Said}");
        Assert.Equal("ok", last);
    }
}
