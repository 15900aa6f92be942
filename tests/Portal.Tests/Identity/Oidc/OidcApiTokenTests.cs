using System.Net;
using Portal.Tests.Api;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>API tokens: for some permissions, from some addresses, for a time.</summary>
public sealed class OidcApiTokenTests(OidcHouse house) : IClassFixture<OidcHouse>
{
    private async Task<Customer> Program() => Customer.With(house.Portal, (await CommandLine.SignIn(house.Asha)).AccessToken);

    private static string Shown(Page page) => page.Html.QuerySelectorAll("code, pre, input, textarea")
        .Select(one => one.TextContent.Trim()).First(text => text.StartsWith("ptl_", StringComparison.Ordinal));

    private async Task<string> Make(params (string Name, string Value)[] fields)
    {
        (string Name, string Value)[] usual = [("Input.Name", "Backup script"), ("Input.Permissions", "servers.read")];
        var form = await house.Asha.Get("/accounts/tokens/new");
        return Shown(await house.Asha.Submit(
            form, "/accounts/tokens/new", [.. usual.Where(field => fields.All(given => given.Name != field.Name)), .. fields]));
    }

    [Fact]
    public async Task A_token_made_on_the_page_does_what_was_chosen_and_no_more()
    {
        var token = await Make();
        using var script = Customer.With(house.Portal, token);
        (await script.Get("/servers")).Is(HttpStatusCode.OK);
        (await script.Get("/invoices")).Is(HttpStatusCode.Forbidden);

        var list = await house.Asha.Get("/accounts/tokens");
        Assert.Contains("Backup script", list.Words, StringComparison.Ordinal);
        Assert.Contains("from 127.0.0.1", list.Words, StringComparison.Ordinal);
        Assert.DoesNotContain(token, list.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_refused_from_the_moment_it_is_revoked()
    {
        var token = await Make(("Input.Name", "Short-lived"));
        using var script = Customer.With(house.Portal, token);
        (await script.Get("/servers")).Is(HttpStatusCode.OK);
        var list = await house.Asha.Get("/accounts/tokens");
        var row = list.Html.QuerySelectorAll("tbody tr").Single(one => one.TextContent.Contains("Short-lived", StringComparison.Ordinal));
        await house.Asha.Submit(list, "/accounts/tokens", ("id", row.QuerySelector("input[name=id]")!.GetAttribute("value")!));
        (await script.Get("/servers")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_is_good_from_its_networks_only()
    {
        using var far = Customer.With(house.Portal, await Make(("Input.IpAllowList", "198.51.100.0/24, 2001:db8::/32")));
        Assert.Contains("not good from 127.0.0.1", (await far.Get("/servers")).Is(HttpStatusCode.Unauthorized)["detail"], StringComparison.Ordinal);
        using var near = Customer.With(house.Portal, await Make(("Input.IpAllowList", "127.0.0.0/8 ::1")));
        (await near.Get("/servers")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_mistyped_token_is_told_apart_from_a_revoked_one()
    {
        var token = await Make();
        using var script = Customer.With(house.Portal, token[..^1] + (token[^1] == '0' ? '1' : '0'));
        Assert.Contains("mistyped", (await script.Get("/servers")).Is(HttpStatusCode.Unauthorized)["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_in_order_is_refused_beside_its_field()
    {
        using var program = await Program();
        (string Field, string Code, object Body)[] wrong =
        [
            ("name", "name_invalid", new { permissions = new[] { "servers.read" } }),
            ("permissions", "permissions_missing", new { name = "x" }),
            ("permissions", "permission_unknown", new { name = "x", permissions = new[] { "all" } }),
            ("days", "days_invalid", new { name = "x", permissions = new[] { "servers.read" }, days = 400 }),
            ("networks", "network_invalid", new { name = "x", permissions = new[] { "servers.read" }, networks = new[] { "10.0.0.0/99" } }),
            ("serviceAccount", "no_service_account", new { name = "x", permissions = new[] { "servers.read" }, serviceAccount = "cli_nobody" }),
        ];
        foreach (var (field, code, body) in wrong)
        {
            var answer = await program.Post("/tokens", body);
            answer.Refuses(HttpStatusCode.UnprocessableEntity, "portal.identity.invalid_token");
            Assert.Equal($"portal.identity.{code}", answer.FieldCodes[field]);
        }
    }

    [Fact]
    public async Task A_service_accounts_token_ends_with_the_service_account()
    {
        using var program = await Program();
        var service = (await program.Post("/applications", new { kind = "service", name = "Metrics", permissions = new[] { "servers.read" } }))["id"];
        var made = (await program.Post("/tokens", new { name = "Agent", permissions = new[] { "servers.read", "billing.read" }, serviceAccount = service }))
            .Is(HttpStatusCode.Created);
        Assert.StartsWith("ptl_", made["token"], StringComparison.Ordinal);
        using var agent = Customer.With(house.Portal, made["token"]);
        (await agent.Get("/servers")).Is(HttpStatusCode.OK);
        // more than the service account itself has is not given by its token
        (await agent.Get("/invoices")).Is(HttpStatusCode.Forbidden);
        (await program.Send(HttpMethod.Delete, $"/applications/{service}")).Is(HttpStatusCode.NoContent);
        (await agent.Get("/servers")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Tokens_of_another_account_are_not_there()
    {
        using var program = await Program();
        var made = (await program.Post("/tokens", new { name = "Mine", permissions = new[] { "servers.read" } })).Is(HttpStatusCode.Created);
        using var other = await house.Portal.SignUpAsync("Wali Other");
        using var others = Customer.With(house.Portal, (await CommandLine.SignIn(other)).AccessToken);
        Assert.DoesNotContain(made["id"]!, (await others.Get("/tokens")).Text, StringComparison.Ordinal);
        (await others.Send(HttpMethod.Delete, $"/tokens/{made["id"]}")).Refuses(HttpStatusCode.NotFound, "portal.identity.no_token");
        (await program.Send(HttpMethod.Delete, $"/tokens/{made["id"]}")).Is(HttpStatusCode.NoContent);
    }
}
