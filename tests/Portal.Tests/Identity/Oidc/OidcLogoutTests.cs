using System.Net;
using Microsoft.IdentityModel.JsonWebTokens;
using Testing;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>Signing out at the provider, and the word of it to other programs.</summary>
public sealed class OidcLogoutTests(OidcHouse house) : IClassFixture<OidcHouse>
{
    private static string SignOut(params (string Name, string Value)[] values) =>
        "/oidc/sign-out?" + string.Join('&', values.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));

    private async Task<(Browser Browser, Reply Tokens)> SignedIn(string name)
    {
        var browser = await house.Portal.SignUpAsync(name);
        var page = await browser.Get(OidcHouse.ShopRequest(("scope", "openid api offline_access")));
        var back = await browser.Submit(page, "/oidc/consent", ("Answer", "yes"));
        return (browser, (await house.ShopPost("/oidc/token", OidcHouse.CodeForm(CommandLine.Query(back.Address, "code")!))).Is(HttpStatusCode.OK));
    }

    [Fact]
    public async Task An_ID_token_of_the_session_ends_it_and_leads_back()
    {
        var (browser, tokens) = await SignedIn("Lata Out");
        using var _ = browser;
        var gone = await browser.Get(SignOut(
            ("id_token_hint", tokens["id_token"]!), ("post_logout_redirect_uri", "https://shop.example/bye"), ("state", "as it was")));

        Assert.Equal("https://shop.example/bye?state=as%20it%20was", gone.Address.AbsoluteUri);
        Assert.Equal("/oidc/sign-in", (await browser.Get("/accounts")).Address.AbsolutePath);
    }

    [Fact]
    public async Task Without_an_ID_token_the_person_is_asked_and_a_foreign_address_is_never_gone_to()
    {
        var (browser, _) = await SignedIn("Mira Asked");
        using var __ = browser;
        var page = await browser.Get(SignOut(("post_logout_redirect_uri", "https://evil.example/")));
        Assert.Equal("/oidc/sign-out/confirm", page.Address.AbsolutePath);
        Assert.Equal("/accounts", (await browser.Get("/accounts")).Address.AbsolutePath);

        var gone = await browser.Submit(page, "/oidc/sign-out/confirm");
        Assert.Equal("/signed-out", gone.Address.AbsolutePath);
        Assert.Equal("/oidc/sign-in", (await browser.Get("/accounts")).Address.AbsolutePath);
    }

    [Fact]
    public async Task Somebody_elses_ID_token_signs_nobody_out_unasked()
    {
        var (lata, tokens) = await SignedIn("Nila Mine");
        using var _ = lata;
        var page = await house.Asha.Get(SignOut(("id_token_hint", tokens["id_token"]!)));
        Assert.Equal("/oidc/sign-out/confirm", page.Address.AbsolutePath);
        var access = await house.Asha.Get(SignOut(("id_token_hint", tokens["access_token"]!)));
        Assert.Equal("/oidc/sign-out/confirm", access.Address.AbsolutePath);
        Assert.Equal("/accounts", (await house.Asha.Get("/accounts")).Address.AbsolutePath);
    }

    [Fact]
    public async Task A_post_is_a_request_like_any_other()
    {
        var (browser, tokens) = await SignedIn("Uma Post");
        using var _ = browser;
        using var response = await browser.Send(new HttpRequestMessage(HttpMethod.Post, "/oidc/sign-out")
        {
            Content = new FormUrlEncodedContent([new("id_token_hint", tokens["id_token"]!)]),
        });
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Equal("/signed-out", (await browser.Get(response.Headers.Location!.ToString())).Address.AbsolutePath);
    }

    [Fact]
    public async Task Other_programs_are_told_of_a_session_that_ended_until_they_have_heard()
    {
        var (browser, tokens) = await SignedIn("Oja Told");
        using var _ = browser;
        var id = OidcHouse.Token(tokens["id_token"]);
        var session = id.GetPayloadValue<string>("sid");
        house.FailFirst(1);

        await browser.Submit(await browser.Get("/sign-out"), "/sign-out");

        await Wait.Until(() => Task.FromResult(Mine().Any()), "the logout token", TimeSpan.FromSeconds(20));
        var token = Assert.Single(Mine());
        Assert.Equal("logout+jwt", token.Typ);
        Assert.Equal(house.Issuer, token.Issuer);
        Assert.Equal([OidcHouse.Shop], token.Audiences);
        Assert.Equal(id.Subject, token.Subject);
        Assert.NotEmpty(token.Id);
        Assert.False(token.TryGetPayloadValue<string>("nonce", out string? _));
        Assert.Contains("http://schemas.openid.net/event/backchannel-logout", token.GetPayloadValue<System.Text.Json.JsonElement>("events").GetRawText(), StringComparison.Ordinal);

        IEnumerable<JsonWebToken> Mine() => house.LogoutTokens.Select(OidcHouse.Token).Where(one => one.GetPayloadValue<string>("sid") == session);
    }

    [Fact]
    [Shows("RFC 9700 4.14 refresh bound")]
    public async Task Tokens_of_a_session_end_with_it_unless_they_were_asked_for_offline()
    {
        using var browser = await house.Portal.SignUpAsync("Ria Ends");
        var first = await browser.Submit(await browser.Get(OidcHouse.ShopRequest()), "/oidc/consent", ("Answer", "yes"));
        var online = await house.ShopPost("/oidc/token", OidcHouse.CodeForm(CommandLine.Query(first.Address, "code")!));
        var second = await browser.Submit(await browser.Get(OidcHouse.ShopRequest(("scope", "openid offline_access"))), "/oidc/consent", ("Answer", "yes"));
        var offline = await house.ShopPost("/oidc/token", OidcHouse.CodeForm(CommandLine.Query(second.Address, "code")!));

        await browser.Submit(await browser.Get("/sign-out"), "/sign-out");

        (await house.Get("/oidc/userinfo", "Bearer", online["access_token"]!)).Is(HttpStatusCode.Unauthorized);
        (await house.Get("/oidc/userinfo", "Bearer", offline["access_token"]!)).Is(HttpStatusCode.OK);
    }
}
