using System.Net;
using Portal.Tests.Access;
using Portal.Tests.Api;
using Portal.Tests.Identity.Factors;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>What tokens, secrets and service accounts may not: come from nowhere, outrank who made them, go on when they should have ended.</summary>
public sealed class OidcProgramLimitTests
{
    private const string NewToken = "/accounts/tokens/new";

    private static async Task<string> Make(Browser browser, params string[] permissions)
    {
        var form = await browser.Get(NewToken);
        return Shown(await browser.Submit(
            form, NewToken, [("Input.Name", "Script"), .. permissions.Select(code => ("Input.Permissions", code))]));
    }

    private static string Shown(Page page) => page.Html.QuerySelectorAll(".code-block code").Select(one => one.TextContent.Trim())
        .FirstOrDefault(text => text.StartsWith("ptl_", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"No token:\n{page.Text}");

    private static async Task<Customer> Program(PortalUnderTest portal, Browser browser) =>
        Customer.With(portal, await PortalUnderTest.AccessTokenAsync(browser));

    [Fact]
    public async Task Making_a_token_asks_for_a_fresh_second_factor_and_loses_nothing_typed()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var asha = await portal.SignUpAsync("Asha Rao");
        var (app, _) = await AuthenticatorApp.SetUp(asha, clock);
        clock.Pass(TimeSpan.FromMinutes(9));
        using var program = await Program(portal, asha);
        clock.Pass(TimeSpan.FromMinutes(2));
        foreach (var path in (string[])["/tokens", "/applications"])
            (await program.Post(path, new { name = "x" })).Refuses(HttpStatusCode.Unauthorized, "portal.identity.insufficient_user_authentication");

        var asked = await asha.Submit(
            await asha.Get(NewToken), NewToken, ("Input.Name", "Nightly"), ("Input.Permissions", "servers.read"), ("Input.Permissions", "backups.read"));
        Assert.Equal("Confirm that it is you", asked.Title);
        var kept = await asha.Submit(asked, "/oidc/second-factor", ("Code", app.Code()));
        Assert.Contains("You are about to make an API token", kept.Words, StringComparison.Ordinal);
        var made = await asha.Submit(kept, NewToken);
        Assert.Contains("Nightly", made.Words, StringComparison.Ordinal);
        using var script = Customer.With(portal, Shown(made));
        (await script.Get("/servers")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_program_makes_no_tokens_secrets_and_applications()
    {
        await using var portal = await PortalUnderTest.Start();
        using var asha = await portal.SignUpAsync("Asha Rao");
        using var program = await Program(portal, asha);
        var service = (await program.Post("/applications", new { kind = "service", name = "Deploy", permissions = new[] { "tokens.manage" } })).Is(HttpStatusCode.Created);
        var ofService = await program.Post("/tokens", new { name = "Agent", permissions = new[] { "tokens.manage" }, serviceAccount = service["id"] });
        foreach (var token in (string[])[await Make(asha, "tokens.manage"), ofService.Is(HttpStatusCode.Created)["token"]!])
        {
            using var script = Customer.With(portal, token);
            (await script.Get("/tokens")).Is(HttpStatusCode.OK);
            foreach (var path in (string[])["/tokens", "/applications", $"/applications/{service["id"]}/secrets"])
                (await script.Post(path, new { name = "x" })).Refuses(HttpStatusCode.Forbidden, "portal.identity.person_needed");
        }
    }

    [Fact]
    public async Task A_token_does_no_more_than_its_holder_may_now_and_ends_with_their_place_in_the_account()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, _, _) = await portal.OpenAccount("Asha Rao");
        var (ravi, browser) = await portal.Join(account, "Ravi Iyer", null);
        var grant = await portal.Give(account, ravi, "admin");
        using var script = Customer.With(portal, await Make(browser, "servers.read", "audit.read"));
        (await script.Get("/audit-events")).Is(HttpStatusCode.OK);

        await portal.Take(account, grant);
        await portal.Give(account, ravi, "viewer");
        (await script.Get("/audit-events")).Is(HttpStatusCode.Forbidden);
        (await script.Get("/servers")).Is(HttpStatusCode.OK);

        await portal.Db.Write(tx => tx.Execute(Sql.Leave, new { AccountId = account, PersonId = ravi }));
        (await script.Get("/servers")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Nobody_gives_a_token_what_they_do_not_hold_nor_makes_a_secret_of_what_may_do_more()
    {
        await using var portal = await PortalUnderTest.Start();
        var (account, _, asha) = await portal.OpenAccount("Asha Rao");
        using var owner = await Program(portal, asha);
        var service = (await owner.Post("/applications", new { kind = "service", name = "Boss", permissions = new[] { "account.manage" } })).Is(HttpStatusCode.Created);
        var (_, ravi) = await portal.Join(account, "Ravi Iyer", "admin");
        using var admin = await Program(portal, ravi);

        var token = await admin.Post("/tokens", new { name = "x", permissions = new[] { "account.manage" }, serviceAccount = service["id"] });
        Assert.Equal("portal.identity.permission_not_yours", token.FieldCodes["permissions"]);
        var application = await admin.Post("/applications", new { kind = "service", name = "x", permissions = new[] { "account.manage" } });
        Assert.Equal("portal.identity.permission_not_yours", application.FieldCodes["permissions"]);
        (await admin.Post($"/applications/{service["id"]}/secrets")).Refuses(HttpStatusCode.Forbidden, "portal.identity.permission_not_yours");
        var page = await ravi.Get($"/accounts/applications/{service["id"]}");
        Assert.Contains("not for you", (await ravi.Submit(page, $"/accounts/applications/{service["id"]}?handler=Rotate")).Words, StringComparison.Ordinal);
        (await owner.Post($"/applications/{service["id"]}/secrets")).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Being_used_is_written_down_at_most_once_in_five_minutes()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var asha = await portal.SignUpAsync("Asha Rao");
        using var script = Customer.With(portal, await Make(asha, "servers.read"));
        async Task<DateTimeOffset?> UsedAt()
        {
            (await script.Get("/servers")).Is(HttpStatusCode.OK);
            return await portal.Db.One<DateTimeOffset?>(Sql.UsedAt);
        }

        var first = await UsedAt();
        Assert.NotNull(first);
        clock.Pass(TimeSpan.FromMinutes(4));
        Assert.Equal(first, await UsedAt());
        clock.Pass(TimeSpan.FromMinutes(2));
        Assert.True(await UsedAt() > first);
    }

    [Fact]
    public async Task A_token_and_a_service_account_end_on_their_day()
    {
        var clock = new MovableClock();
        await using var portal = await PortalUnderTest.Start(clock);
        using var asha = await portal.SignUpAsync("Asha Rao");
        using var script = Customer.With(portal, await Make(asha, "servers.read"));
        (await script.Get("/servers")).Is(HttpStatusCode.OK);
        clock.Pass(TimeSpan.FromDays(90) + TimeSpan.FromMinutes(1));
        (await script.Get("/servers")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_one_portal_revokes_another_refuses_with_the_next_request()
    {
        await using var portal = await PortalUnderTest.Start();
        await using var other = await portal.StartAnother();
        using var asha = await portal.SignUpAsync("Asha Rao");
        using var program = await Program(portal, asha);
        var service = (await program.Post("/applications", new { kind = "service", name = "Deploy", permissions = new[] { "servers.read" } })).Is(HttpStatusCode.Created);
        using var http = new HttpClient { BaseAddress = new Uri(other.Urls.First()) };
        async Task<HttpStatusCode> Token()
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials", ["client_id"] = service["id"]!, ["client_secret"] = service["secret"]!,
            });
            return (await http.PostAsync(new Uri("/oidc/token", UriKind.Relative), form)).StatusCode;
        }

        // the second time the other portal need not read it again
        Assert.Equal(HttpStatusCode.OK, await Token());
        Assert.Equal(HttpStatusCode.OK, await Token());
        (await program.Send(HttpMethod.Delete, $"/applications/{service["id"]}")).Is(HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.Unauthorized, await Token());
    }

    internal static class Sql
    {
        public const string Leave = "delete from AccountMember where AccountId = @AccountId and PersonId = @PersonId";

        public const string UsedAt = "-- all accounts: a test\nselect max(LastUsedAt) from ApiToken";
    }
}
