using System.Net;
using Portal.Identity.Oidc;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>A device without a browser is let in by a code on another one (RFC 8628).</summary>
public sealed class OidcDeviceTests(OidcHouse house) : IClassFixture<OidcHouse>
{
    private async Task<Reply> Start(string scope = "openid api offline_access") => (await house.Post(
        "/oidc/device", new() { ["client_id"] = Clients.CommandLine, ["scope"] = scope })).Is(HttpStatusCode.OK);

    private Task<Reply> Ask(Reply started) => house.Post("/oidc/token", new()
    {
        ["grant_type"] = GrantTypes.Device, ["device_code"] = started["device_code"]!, ["client_id"] = Clients.CommandLine,
    });

    private async Task<Page> Enter(string code, Browser? browser = null)
    {
        var page = await (browser ?? house.Asha).Get("/device");
        return await (browser ?? house.Asha).Submit(page, "/device", ("UserCode", code));
    }

    [Fact]
    public async Task A_device_waits_until_a_person_lets_it_in()
    {
        var started = await Start();
        (await Ask(started)).Refuses("authorization_pending");

        var page = await Enter(started["user_code"]!.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal));
        Assert.Contains("Portal command line", page.Words, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", page.Words, StringComparison.Ordinal);
        var done = await house.Asha.Submit(page, "/device?handler=Decide", ("Answer", "yes"));
        Assert.Contains("Go back to your device", done.Words, StringComparison.Ordinal);

        var tokens = (await Ask(started)).Is(HttpStatusCode.OK);
        (await house.Get("/api/v1/account", "Bearer", tokens["access_token"]!)).Is(HttpStatusCode.OK);
        Assert.NotNull(tokens["refresh_token"]);
        Assert.NotNull(tokens["id_token"]);
        (await Ask(started)).Refuses("invalid_grant");
        (await house.Get("/api/v1/account", "Bearer", tokens["access_token"]!)).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_device_that_asks_too_often_is_told_to_slow_down()
    {
        var started = await Start();
        (await Ask(started)).Refuses("authorization_pending");
        (await Ask(started)).Refuses("slow_down");
        (await Ask(started)).Refuses("slow_down");
    }

    [Fact]
    public async Task A_device_is_refused_by_a_person_who_did_not_start_it()
    {
        var started = await Start();
        await house.Asha.Submit(await Enter(started["user_code"]!), "/device?handler=Decide", ("Answer", "no"));
        (await Ask(started)).Refuses("access_denied");
    }

    [Fact]
    public async Task A_code_in_the_address_is_shown_and_not_taken_for_a_yes()
    {
        var started = await Start();
        var page = await house.Asha.Get(new Uri(started["verification_uri_complete"]!).PathAndQuery);
        Assert.Equal(started["user_code"], page.ValueOf("UserCode"));
        (await Ask(started)).Refuses("authorization_pending");
    }

    [Fact]
    public async Task Who_is_not_signed_in_signs_in_first()
    {
        using var stranger = house.Portal.NewBrowser();
        Assert.Equal("/oidc/sign-in", (await stranger.Get("/device")).Address.AbsolutePath);
    }

    [Fact]
    public async Task Guessing_codes_ends_after_a_few_tries()
    {
        using var bela = await house.Portal.SignUpAsync("Bela Guess");
        for (var tries = 0; tries < 10; tries++)
            Assert.Contains("No device waits", (await Enter("BCDF-GHJK", bela)).Words, StringComparison.Ordinal);
        var locked = await Enter((await Start())["user_code"]!, bela);
        Assert.Equal(HttpStatusCode.TooManyRequests, locked.Status);
        Assert.Contains("Wait fifteen minutes", locked.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_clients_that_may_have_devices()
    {
        (await house.ShopPost("/oidc/device", new() { ["scope"] = "openid" })).Refuses("unauthorized_client");
        (await house.Post("/oidc/device", new() { ["client_id"] = "nobody" })).Refuses("invalid_client", HttpStatusCode.Unauthorized);
        (await house.Post("/oidc/device", new() { ["client_id"] = Clients.CommandLine, ["scope"] = "openid admin" })).Refuses("invalid_scope");
        (await house.Post("/oidc/token", new() { ["client_id"] = Clients.CommandLine, ["grant_type"] = GrantTypes.Device, ["device_code"] = "guess" }))
            .Refuses("invalid_grant");
        (await house.ShopPost("/oidc/token", new() { ["grant_type"] = GrantTypes.Device, ["device_code"] = "guess" })).Refuses("unauthorized_client");
    }
}
