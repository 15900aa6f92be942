using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Portal.Identity;
using Portal.Identity.Sessions;
using Xunit;

namespace Portal.Tests.Identity;

/// <summary>The OpenID provider by the specifications, as a public client with PKCE sees it.</summary>
public sealed class ProviderTests(SignedUpPortal signedUp) : IClassFixture<SignedUpPortal>
{
    private readonly PortalUnderTest portal = signedUp.Portal;
    private readonly Browser browser = signedUp.Browser;

    [Fact]
    public async Task A_command_line_is_let_in_after_a_yes_and_reads_who_it_acts_for()
    {
        var tokens = await CommandLine.SignIn(browser);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/oidc/userinfo", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {tokens.AccessToken}");
        using var response = await browser.Send(request);
        using var claims = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(PortalUnderTest.EmailOf("Asha Rao"), CommandLine.Text(claims.RootElement, "email"));
        Assert.StartsWith("per_", CommandLine.Text(claims.RootElement, "sub"), StringComparison.Ordinal);
        Assert.NotNull(tokens.IdToken);
        Assert.NotNull(tokens.RefreshToken);
    }

    [Fact]
    public async Task A_person_who_says_no_is_heard()
    {
        var back = await browser.Submit(await browser.Get(CommandLine.Request()), "/oidc/consent", ("Answer", "no"));

        Assert.Equal("access_denied", CommandLine.Query(back.Address, "error"));
        Assert.Equal("state-of-the-program", CommandLine.Query(back.Address, "state"));
        Assert.Equal(portal.Address.ToString().TrimEnd('/'), CommandLine.Query(back.Address, "iss"));
    }

    [Fact]
    public async Task A_program_does_not_get_a_code_from_somebody_who_signs_in_without_asking()
    {
        using var fresh = portal.NewBrowser();
        var landed = await fresh.Submit(
            await fresh.Get(CommandLine.Request()), ("Email", PortalUnderTest.EmailOf("Asha Rao")), ("Password", PortalUnderTest.Password));

        // one more sign-in, the portal's own, then the question
        if (landed.Title == "Sign in")
            landed = await fresh.Submit(landed, ("Email", PortalUnderTest.EmailOf("Asha Rao")), ("Password", PortalUnderTest.Password));
        Assert.Equal("/oidc/consent", landed.Address.AbsolutePath);
    }

    [Theory]
    [InlineData("redirect_uri", "https://evil.example/callback")]
    [InlineData("redirect_uri", "http://127.0.0.1:49152/callback/other")]
    [InlineData("redirect_uri", "http://127.0.0.1:49152/callback?x=1")]
    [InlineData("redirect_uri", "http://localhost:49152/callback")]
    [InlineData("redirect_uri", "http://127.0.0.1.evil.example:49152/callback")]
    [InlineData("redirect_uri", "http://user@127.0.0.1:49152/callback")]
    [InlineData("redirect_uri", null)]
    [InlineData("client_id", "unknown")]
    [InlineData("client_id", null)]
    public async Task A_request_without_a_registered_client_and_address_is_answered_nowhere(string name, string? value)
    {
        using var response = await browser.SendGet(CommandLine.Request((name, value)));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(response.Headers.Location);
    }

    [Theory]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("code_challenge_method", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", null, "invalid_request")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("scope", "openid admin", "invalid_scope")]
    [InlineData("scope", null, "invalid_scope")]
    [InlineData("request", "eyJ", "request_not_supported")]
    [InlineData("request_uri", "https://x.example", "request_uri_not_supported")]
    [InlineData("prompt", "none login", "invalid_request")]
    [InlineData("prompt", "none", "consent_required")]
    [InlineData("max_age", "soon", "invalid_request")]
    public async Task A_wrong_request_is_answered_at_the_registered_address(string name, string? value, string error)
    {
        using var response = await browser.SendGet(CommandLine.Request((name, value)));

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.StartsWith(CommandLine.Callback, response.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(error, CommandLine.Query(response.Headers.Location, "error"));
        Assert.Equal("state-of-the-program", CommandLine.Query(response.Headers.Location, "state"));
        Assert.NotNull(CommandLine.Query(response.Headers.Location, "iss"));
    }

    [Fact]
    public async Task A_parameter_given_twice_is_refused()
    {
        using var response = await browser.SendGet(CommandLine.Request() + "&scope=openid");
        Assert.Equal("invalid_request", CommandLine.Query(response.Headers.Location!, "error"));
        using var twoAddresses = await browser.SendGet(CommandLine.Request() + "&redirect_uri=https%3A%2F%2Fevil.example");
        Assert.Equal(HttpStatusCode.BadRequest, twoAddresses.StatusCode);
    }

    [Fact]
    public async Task A_post_to_the_authorization_endpoint_is_a_request_like_any_other()
    {
        var pairs = CommandLine.Request().Split('?')[1].Split('&').Select(pair => pair.Split('='))
            .Select(pair => KeyValuePair.Create(pair[0], Uri.UnescapeDataString(pair[1])));
        using var response = await browser.Send(new HttpRequestMessage(HttpMethod.Post, "/oidc/authorize") { Content = new FormUrlEncodedContent(pairs) });

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.StartsWith("/oidc/authorize?", response.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replayed_code_is_refused_and_ends_what_it_gave()
    {
        var code = await CommandLine.Code(browser);
        var (first, answer) = await CommandLine.Redeem(browser, code);
        Assert.Equal(HttpStatusCode.OK, first);
        var (access, refresh) = (CommandLine.Text(answer, "access_token")!, CommandLine.Text(answer, "refresh_token")!);
        Assert.Equal(HttpStatusCode.OK, await CommandLine.UserInfo(browser, access));

        var (second, refused) = await CommandLine.Redeem(browser, code);

        Assert.Equal(HttpStatusCode.BadRequest, second);
        Assert.Equal("invalid_grant", CommandLine.Text(refused, "error"));
        Assert.Equal(HttpStatusCode.Unauthorized, await CommandLine.UserInfo(browser, access));
        Assert.Equal(HttpStatusCode.BadRequest, (await CommandLine.Refresh(browser, refresh)).Status);
    }

    [Fact]
    public async Task A_code_redeemed_by_many_at_once_is_good_at_most_once()
    {
        var code = await CommandLine.Code(browser);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CommandLine.Redeem(browser, code)));
        Assert.True(answers.Count(answer => answer.Status == HttpStatusCode.OK) <= 1);
    }

    [Theory]
    [InlineData("code_verifier", null, "invalid_grant")]
    [InlineData("code_verifier", "another-verifier-that-is-long-enough-to-be-one-0000", "invalid_grant")]
    [InlineData("redirect_uri", "http://127.0.0.1:49153/callback", "invalid_grant")]
    [InlineData("redirect_uri", null, "invalid_grant")]
    [InlineData("grant_type", "password", "unsupported_grant_type")]
    [InlineData("grant_type", null, "invalid_request")]
    [InlineData("code", null, "invalid_request")]
    [InlineData("client_id", "portal", "invalid_client")]
    [InlineData("client_secret", "guess", "invalid_client")]
    public async Task A_code_is_only_good_as_it_was_asked_for(string name, string? value, string error)
    {
        var (status, answer) = await CommandLine.Redeem(browser, await CommandLine.Code(browser), (name, value));

        Assert.Equal(error == "invalid_client" ? HttpStatusCode.Unauthorized : HttpStatusCode.BadRequest, status);
        Assert.Equal(error, CommandLine.Text(answer, "error"));
    }

    [Fact]
    public async Task A_refresh_token_is_replaced_at_each_use_and_a_second_use_ends_the_grant()
    {
        var tokens = await CommandLine.SignIn(browser);
        var (_, second) = await CommandLine.Refresh(browser, tokens.RefreshToken!);
        var next = CommandLine.Text(second, "refresh_token")!;
        Assert.NotEqual(tokens.RefreshToken, next);

        Assert.Equal(HttpStatusCode.BadRequest, (await CommandLine.Refresh(browser, tokens.RefreshToken!)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await CommandLine.Refresh(browser, next)).Status);
    }

    [Fact]
    public async Task An_ID_token_is_no_access_token()
    {
        var tokens = await CommandLine.SignIn(browser);
        Assert.Equal(HttpStatusCode.Unauthorized, await CommandLine.UserInfo(browser, tokens.IdToken!));
        Assert.Equal(HttpStatusCode.Unauthorized, await CommandLine.UserInfo(browser, tokens.AccessToken[..^3] + "AAA"));
    }

    [Fact]
    public async Task The_metadata_and_keys_can_be_read_by_anybody_and_hold_no_private_part()
    {
        using var anybody = portal.NewBrowser();
        using var metadata = JsonDocument.Parse(await (await anybody.SendGet("/.well-known/openid-configuration")).Content.ReadAsStringAsync());
        Assert.Equal(portal.Address.ToString().TrimEnd('/'), CommandLine.Text(metadata.RootElement, "issuer"));
        Assert.Equal("S256", metadata.RootElement.GetProperty("code_challenge_methods_supported")[0].GetString());

        using var keys = JsonDocument.Parse(await (await anybody.SendGet("/oidc/keys")).Content.ReadAsStringAsync());
        var key = Assert.Single(keys.RootElement.GetProperty("keys").EnumerateArray());
        Assert.Equal("ES256", CommandLine.Text(key, "alg"));
        Assert.False(key.TryGetProperty("d", out _));
    }

    [Fact]
    public async Task The_API_takes_no_cookie_and_the_pages_take_no_token()
    {
        var token = await PortalUnderTest.AccessTokenAsync(browser);
        Assert.Equal(BearerHandler.SchemeName, (await Authenticate("/api/v1/servers", token, null)).Ticket?.AuthenticationScheme);
        Assert.False((await Authenticate("/api/v1/servers", null, browser.Cookies["__Host-portal"])).Succeeded);
        Assert.Equal(SessionHandler.SchemeName, (await Authenticate("/accounts", null, browser.Cookies["__Host-portal"])).Ticket?.AuthenticationScheme);

        using var stranger = portal.NewBrowser();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/accounts");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var page = await stranger.Send(request);
        Assert.Equal(HttpStatusCode.SeeOther, page.StatusCode);
    }

    // as the host's middleware does for a request to the path
    private async Task<AuthenticateResult> Authenticate(string path, string? token, string? cookie)
    {
        await using var scope = portal.App.Services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Path = path;
        if (token is not null) context.Request.Headers.Authorization = $"Bearer {token}";
        if (cookie is not null) context.Request.Headers.Cookie = $"__Host-portal={cookie}";
        return await context.AuthenticateAsync();
    }
}

/// <summary>A portal with one person who is signed in, for tests that leave no trace for one another.</summary>
public sealed class SignedUpPortal : IAsyncLifetime
{
    public PortalUnderTest Portal { get; private set; } = null!;

    public Browser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Portal = await PortalUnderTest.Start();
        Browser = await Portal.SignUpAsync("Asha Rao");
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await Portal.DisposeAsync();
    }
}
