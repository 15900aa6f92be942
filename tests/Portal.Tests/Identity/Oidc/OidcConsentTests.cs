using System.Net;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>When a person is asked, and what prompt, max_age, hints and strength do to it.</summary>
public sealed class OidcConsentTests(OidcHouse house) : IClassFixture<OidcHouse>
{
    [Fact]
    public async Task A_yes_to_a_confidential_client_is_remembered_for_the_same_and_less()
    {
        using var browser = await house.Portal.SignUpAsync("Pia Remembers");
        await browser.Submit(await browser.Get(OidcHouse.ShopRequest()), "/oidc/consent", ("Answer", "yes"));

        Assert.NotNull(CommandLine.Query((await browser.Get(OidcHouse.ShopRequest())).Address, "code"));
        Assert.NotNull(CommandLine.Query((await browser.Get(OidcHouse.ShopRequest(("scope", "openid"), ("prompt", "none")))).Address, "code"));
        Assert.Equal("/oidc/consent", (await browser.Get(OidcHouse.ShopRequest(("scope", "openid email api")))).Address.AbsolutePath);
        Assert.Equal("/oidc/consent", (await browser.Get(OidcHouse.ShopRequest(("prompt", "consent")))).Address.AbsolutePath);

        var grants = await browser.Get("/accounts/grants");
        Assert.Contains("The shop", grants.Words, StringComparison.Ordinal);
        await browser.Submit(grants, "/accounts/grants");
        Assert.Contains("You let nothing in", (await browser.Get("/accounts/grants")).Words, StringComparison.Ordinal);
        var refused = await browser.Get(OidcHouse.ShopRequest(("prompt", "none")));
        Assert.Equal("consent_required", CommandLine.Query(refused.Address, "error"));
    }

    [Fact]
    public async Task A_program_that_can_be_anybodys_is_asked_for_each_time()
    {
        await CommandLine.SignIn(house.Asha);
        Assert.Equal("/oidc/consent", (await house.Asha.Get(CommandLine.Request())).Address.AbsolutePath);
    }

    [Fact]
    public async Task Taking_a_yes_back_ends_the_tokens_at_once()
    {
        using var browser = await house.Portal.SignUpAsync("Rani Back");
        var tokens = await CommandLine.SignIn(browser);
        Assert.Equal(HttpStatusCode.OK, await CommandLine.UserInfo(browser, tokens.AccessToken));
        await browser.Submit(await browser.Get("/accounts/grants"), ("client", "portal-cli"));
        Assert.Equal(HttpStatusCode.Unauthorized, await CommandLine.UserInfo(browser, tokens.AccessToken));
        Assert.Equal(HttpStatusCode.BadRequest, (await CommandLine.Refresh(browser, tokens.RefreshToken!)).Status);
    }

    [Fact]
    public async Task Prompt_login_wants_the_password_again_and_only_once()
    {
        using var browser = await house.Portal.SignUpAsync("Sita Again");
        var request = OidcHouse.ShopRequest(("prompt", "login"));
        var page = await browser.Get(request);
        Assert.Equal("/oidc/sign-in", page.Address.AbsolutePath);
        var consent = await browser.Submit(page, ("Email", PortalUnderTest.EmailOf("Sita Again")), ("Password", PortalUnderTest.Password));
        Assert.Equal("/oidc/consent", consent.Address.AbsolutePath);
        var back = await browser.Submit(consent, "/oidc/consent", ("Answer", "yes"));
        Assert.NotNull(CommandLine.Query(back.Address, "code"));

        // the mark of that sign-in is good for that request, not for the next one
        var mark = CommandLine.Query(consent.Address, "signed_in")!;
        var other = await browser.Get(OidcHouse.ShopRequest(("prompt", "login"), ("state", "another"), ("signed_in", mark)));
        Assert.Equal("/oidc/sign-in", other.Address.AbsolutePath);
        // nor may the consent page be opened instead
        Assert.Equal("/oidc/sign-in", (await browser.Get(request.Replace("/authorize", "/consent", StringComparison.Ordinal))).Address.AbsolutePath);
    }

    [Fact]
    public async Task Max_age_of_zero_wants_a_fresh_sign_in_and_the_ID_token_says_when()
    {
        using var browser = await house.Portal.SignUpAsync("Tara Fresh");
        var page = await browser.Get(OidcHouse.ShopRequest(("max_age", "0")));
        Assert.Equal("/oidc/sign-in", page.Address.AbsolutePath);
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var consent = await browser.Submit(page, ("Email", PortalUnderTest.EmailOf("Tara Fresh")), ("Password", PortalUnderTest.Password));
        var back = await browser.Submit(consent, "/oidc/consent", ("Answer", "yes"));
        var tokens = (await house.ShopPost("/oidc/token", OidcHouse.CodeForm(CommandLine.Query(back.Address, "code")!))).Is(HttpStatusCode.OK);
        var id = OidcHouse.Token(tokens["id_token"]);
        Assert.InRange(id.GetPayloadValue<long>("auth_time"), before, before + 60);
        Assert.Contains("pwd", id.GetPayloadValue<string[]>("amr"));
        Assert.Equal("urn:portal:acr:1", id.GetPayloadValue<string>("acr"));
    }

    [Fact]
    public async Task A_program_of_another_server_needs_one_sign_in_only()
    {
        using var fresh = house.Portal.NewBrowser();
        var page = await fresh.Get(OidcHouse.ShopRequest(("prompt", "consent")));
        var next = await fresh.Submit(page, ("Email", PortalUnderTest.EmailOf("Asha Rao")), ("Password", PortalUnderTest.Password));
        Assert.Equal("/oidc/consent", next.Address.AbsolutePath);
        Assert.Equal("/accounts", (await fresh.Get("/accounts")).Address.AbsolutePath);
    }

    [Fact]
    public async Task A_hint_at_somebody_else_lets_nobody_in_silently()
    {
        var tokens = await house.ShopTokens();
        using var other = await house.Portal.SignUpAsync("Uma Other");
        await other.Submit(await other.Get(OidcHouse.ShopRequest()), "/oidc/consent", ("Answer", "yes"));
        string Error(Page page) => CommandLine.Query(page.Address, "error") ?? "none";

        Assert.Equal("none", Error(await other.Get(OidcHouse.ShopRequest(("prompt", "none")))));
        Assert.Equal("login_required", Error(await other.Get(OidcHouse.ShopRequest(("prompt", "none"), ("id_token_hint", tokens["id_token"])))));
        Assert.Equal("invalid_request", Error(await other.Get(OidcHouse.ShopRequest(("prompt", "none"), ("id_token_hint", tokens["access_token"])))));
        using var nobody = house.Portal.NewBrowser();
        Assert.Equal("login_required", Error(await nobody.Get(OidcHouse.ShopRequest(("prompt", "none")))));
        Assert.Equal("asha@hint.example", (await nobody.Get(OidcHouse.ShopRequest(("login_hint", "asha@hint.example")))).ValueOf("Email"));
    }

    [Fact]
    public async Task A_made_up_mark_of_a_sign_in_is_worth_nothing()
    {
        var page = await house.Asha.Get(OidcHouse.ShopRequest(("prompt", "login"), ("signed_in", "made-up")));
        Assert.Equal("/oidc/sign-in", page.Address.AbsolutePath);
    }
}
