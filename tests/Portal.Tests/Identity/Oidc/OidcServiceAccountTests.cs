using System.Net;
using System.Text.Json;
using Portal.Identity.Oidc;
using Portal.Tests.Api;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>Applications and service accounts that customers register, on the page and over the API.</summary>
public sealed class OidcServiceAccountTests(OidcHouse house) : IClassFixture<OidcHouse>
{
    private async Task<Customer> Program() => Customer.With(house.Portal, (await CommandLine.SignIn(house.Asha)).AccessToken);

    private async Task<(string Id, string Secret)> Service(params string[] permissions)
    {
        using var program = await Program();
        var made = (await program.Post("/applications", new { kind = "service", name = "Deploy machine", permissions })).Is(HttpStatusCode.Created);
        return (made["id"]!, made["secret"]!);
    }

    private Task<Reply> Token(string id, string secret, string? scope = null) => house.Post(
        "/oidc/token",
        scope is null ? new() { ["grant_type"] = GrantTypes.ClientCredentials } : new() { ["grant_type"] = GrantTypes.ClientCredentials, ["scope"] = scope },
        id, secret);

    [Fact]
    public async Task A_service_account_gets_a_token_of_its_own_and_reads_its_account()
    {
        var (id, secret) = await Service("servers.read");
        Assert.StartsWith("pcs_", secret, StringComparison.Ordinal);
        var token = (await Token(id, secret)).Is(HttpStatusCode.OK);
        Assert.Equal("api", token["scope"]);
        Assert.Null(token["refresh_token"]);
        Assert.Null(token["id_token"]);
        Assert.Equal(id, OidcHouse.Token(token["access_token"]).Subject);

        using var machine = Customer.With(house.Portal, token["access_token"]);
        (await machine.Get("/servers")).Is(HttpStatusCode.OK);
        (await machine.Get("/invoices")).Is(HttpStatusCode.Forbidden);
        (await house.Get("/oidc/userinfo", "Bearer", token["access_token"]!)).Is(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_service_account_that_was_revoked_is_refused_on_the_next_request()
    {
        var (id, secret) = await Service("servers.read");
        var token = (await Token(id, secret))["access_token"]!;
        using var program = await Program();
        using var machine = Customer.With(house.Portal, token);
        (await machine.Get("/servers")).Is(HttpStatusCode.OK);
        (await program.Send(HttpMethod.Delete, $"/applications/{id}")).Is(HttpStatusCode.NoContent);
        (await machine.Get("/servers")).Is(HttpStatusCode.Unauthorized);
        (await Token(id, secret)).Refuses("invalid_client", HttpStatusCode.Unauthorized);
        (await program.Get($"/applications/{id}")).Refuses(HttpStatusCode.NotFound, "portal.identity.no_application");
    }

    [Fact]
    public async Task A_service_account_gives_its_token_back()
    {
        var (id, secret) = await Service("servers.read");
        var token = (await Token(id, secret))["access_token"]!;
        (await house.Post("/oidc/revoke", new() { ["token"] = token }, id, secret)).Is(HttpStatusCode.OK);
        using var machine = Customer.With(house.Portal, token);
        (await machine.Get("/servers")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_new_secret_is_good_at_once_and_the_old_one_until_it_is_revoked()
    {
        var (id, old) = await Service("servers.read");
        using var program = await Program();
        var next = (await program.Post($"/applications/{id}/secrets")).Is(HttpStatusCode.Created)["secret"]!;
        (await Token(id, next)).Is(HttpStatusCode.OK);
        (await Token(id, old)).Is(HttpStatusCode.OK);

        var page = await house.Asha.Get($"/accounts/applications/{id}");
        Assert.DoesNotContain(next, page.Text, StringComparison.Ordinal);
        var row = page.Html.QuerySelectorAll("tbody tr").Single(one => one.TextContent.Contains(old[^4..], StringComparison.Ordinal));
        await house.Asha.Submit(page, $"/accounts/applications/{id}?handler=Secret", ("secret", row.QuerySelector("input[name=secret]")!.GetAttribute("value")!));
        (await Token(id, old)).Refuses("invalid_client", HttpStatusCode.Unauthorized);
        (await Token(id, next)).Is(HttpStatusCode.OK);

        var kept = Assert.Single((await program.Get($"/applications/{id}/secrets")).Json["items"]!.AsArray())!;
        Assert.Equal(next[^4..], kept["hint"]!.ToString());
        Assert.NotNull(kept["lastUsedAt"]);
        (await program.Send(HttpMethod.Delete, $"/applications/{id}/secrets/{kept["id"]}")).Is(HttpStatusCode.NoContent);
        (await Token(id, next)).Refuses("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_service_account_comes_from_its_networks_only()
    {
        using var program = await Program();
        async Task<(string Id, string Secret)> From(params string[] networks)
        {
            var made = (await program.Post("/applications", new { kind = "service", name = "Machine", permissions = new[] { "servers.read" }, networks })).Is(HttpStatusCode.Created);
            return (made["id"]!, made["secret"]!);
        }

        var (near, nearSecret) = await From("127.0.0.1", "2001:db8::7/32");
        var shown = await program.Get($"/applications/{near}");
        Assert.Equal("[\"127.0.0.1/32\",\"2001:db8::/32\"]", shown.Json["networks"]!.ToJsonString());
        using var machine = Customer.With(house.Portal, (await Token(near, nearSecret)).Is(HttpStatusCode.OK)["access_token"]);
        (await machine.Get("/servers")).Is(HttpStatusCode.OK);

        var (far, farSecret) = await From("198.51.100.0/24");
        var refused = await Token(far, farSecret);
        refused.Refuses("invalid_client", HttpStatusCode.Unauthorized);
        Assert.Contains("127.0.0.1", refused["error_description"], StringComparison.Ordinal);
        // a token that was taken elsewhere is as good as none
        await house.Portal.Db.Write(tx => tx.Execute(Sql.MoveAway, new { Id = near }));
        Assert.Contains("not good from 127.0.0.1", (await machine.Get("/servers")).Is(HttpStatusCode.Unauthorized)["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_account_has_nothing_of_a_person()
    {
        var (id, secret) = await Service("servers.read");
        (await Token(id, secret, "openid")).Refuses("invalid_scope");
        (await Token(id, secret, "api admin")).Refuses("invalid_scope");
        (await house.Post("/oidc/token", new() { ["grant_type"] = "authorization_code", ["code"] = "x" }, id, secret)).Refuses("unauthorized_client");
        (await house.ShopPost("/oidc/token", new() { ["grant_type"] = GrantTypes.ClientCredentials })).Refuses("unauthorized_client");
    }

    [Theory]
    [InlineData("{\"kind\":\"web\",\"name\":\"X\",\"redirectUris\":[\"https://x.example/*\"]}", "redirectUris", "address_invalid")]
    [InlineData("{\"kind\":\"web\",\"name\":\"X\",\"redirectUris\":[\"http://x.example/\"]}", "redirectUris", "address_invalid")]
    [InlineData("{\"kind\":\"web\",\"name\":\"X\",\"redirectUris\":[\"https://x.example/#a\"]}", "redirectUris", "address_invalid")]
    [InlineData("{\"kind\":\"web\",\"name\":\"X\",\"redirectUris\":[\"https://u@x.example/\"]}", "redirectUris", "address_invalid")]
    [InlineData("{\"kind\":\"web\",\"name\":\"X\",\"redirectUris\":[\"javascript:alert(1)\"]}", "redirectUris", "address_invalid")]
    [InlineData("{\"kind\":\"web\",\"name\":\"X\",\"redirectUris\":[\"com.example.app:/cb\"]}", "redirectUris", "address_invalid")]
    [InlineData("{\"kind\":\"web\",\"name\":\"X\"}", "redirectUris", "address_missing")]
    [InlineData("{\"kind\":\"web\",\"name\":\"\",\"redirectUris\":[\"https://x.example/\"]}", "name", "name_invalid")]
    [InlineData("{\"kind\":\"other\",\"name\":\"X\",\"redirectUris\":[\"https://x.example/\"]}", "kind", "kind_unknown")]
    [InlineData("{\"kind\":\"service\",\"name\":\"X\"}", "permissions", "permissions_missing")]
    [InlineData("{\"kind\":\"service\",\"name\":\"X\",\"permissions\":[\"everything\"]}", "permissions", "permission_unknown")]
    [InlineData("{\"kind\":\"service\",\"name\":\"X\",\"permissions\":[\"servers.read\"],\"networks\":[\"010.0.0.1\"]}", "networks", "network_invalid")]
    [InlineData("{\"kind\":\"service\",\"name\":\"X\",\"permissions\":[\"servers.read\"],\"jwks\":\"{}\"}", "jwks", "keys_invalid")]
    public async Task An_application_that_is_not_in_order_is_refused_beside_its_field(string body, string field, string code)
    {
        using var program = await Program();
        var answer = await program.Post("/applications", body);
        answer.Refuses(HttpStatusCode.UnprocessableEntity, "portal.identity.invalid_application");
        Assert.Equal($"portal.identity.{code}", answer.FieldCodes[field]);
    }

    [Fact]
    public async Task A_private_key_is_not_taken()
    {
        using var program = await Program();
        var pair = JsonSerializer.Serialize(new { keys = new[] { new { kty = "EC", crv = "P-256", x = OidcHouse.Key.X, y = OidcHouse.Key.Y, d = OidcHouse.Key.D } } });
        var answer = await program.Post("/applications", new { kind = "service", name = "X", permissions = new[] { "servers.read" }, jwks = pair });
        Assert.Equal("portal.identity.keys_invalid", answer.FieldCodes["jwks"]);
    }

    [Fact]
    public async Task A_customers_application_lets_its_own_members_in_and_nobody_elses()
    {
        using var program = await Program();
        var made = (await program.Post("/applications", new
        {
            kind = "web", name = "Our dashboard", redirectUris = new[] { "https://dash.example/callback" }, scopes = new[] { "email", "api" },
        })).Is(HttpStatusCode.Created);
        var request = OidcHouse.ShopRequest(("client_id", made["id"]), ("redirect_uri", "https://dash.example/callback"), ("scope", "openid api"));

        var consent = await house.Asha.Get(request);
        Assert.Contains("People of your account registered this application", consent.Words, StringComparison.Ordinal);
        var back = await house.Asha.Submit(consent, "/oidc/consent", ("Answer", "yes"));
        var tokens = await house.Post(
            "/oidc/token", OidcHouse.CodeForm(CommandLine.Query(back.Address, "code")!, "https://dash.example/callback"), made["id"], made["secret"]);
        (await house.Get("/api/v1/account", "Bearer", tokens.Is(HttpStatusCode.OK)["access_token"]!)).Is(HttpStatusCode.OK);

        using var stranger = await house.Portal.SignUpAsync("Vani Stranger");
        Assert.Equal("access_denied", CommandLine.Query((await stranger.Get(request)).Address, "error"));
        using var others = Customer.With(house.Portal, (await CommandLine.SignIn(stranger)).AccessToken);
        (await others.Get($"/applications/{made["id"]}")).Is(HttpStatusCode.NotFound);
        (await others.Send(HttpMethod.Delete, $"/applications/{made["id"]}")).Is(HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.Get($"/accounts/applications/{made["id"]}")).Status);

        (await program.Send(HttpMethod.Delete, $"/applications/{made["id"]}")).Is(HttpStatusCode.NoContent);
        (await house.Get("/api/v1/account", "Bearer", tokens["access_token"]!)).Is(HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.BadRequest, (await house.Asha.Get(request)).Status);
    }

    [Fact]
    public async Task An_application_is_registered_on_the_page_and_its_secret_shown_once()
    {
        var form = await house.Asha.Get("/accounts/applications/new?kind=web");
        var wrong = await house.Asha.Submit(form, "/accounts/applications/new", ("Input.Name", "Shop front"), ("Input.RedirectUris", "http://front.example/"));
        Assert.Contains("use https", wrong.ErrorAt("Input.RedirectUris"), StringComparison.Ordinal);
        Assert.Equal("Shop front", wrong.ValueOf("Input.Name"));

        var shown = await house.Asha.Submit(wrong, "/accounts/applications/new", ("Input.RedirectUris", "https://front.example/callback"));
        Assert.Equal("Shop front", shown.Title);
        Assert.Contains("pcs_", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("pcs_", (await house.Asha.Get(shown.Address.PathAndQuery)).Text, StringComparison.Ordinal);
        Assert.Contains("Shop front", (await house.Asha.Get("/accounts/applications")).Words, StringComparison.Ordinal);

        var kept = await house.Asha.Submit(shown, $"{shown.Address.AbsolutePath}?handler=Revoke", ("Confirm", "something else"));
        Assert.Contains("exactly", kept.ErrorAt("Confirm"), StringComparison.Ordinal);
        var gone = await house.Asha.Submit(kept, $"{shown.Address.AbsolutePath}?handler=Revoke", ("Confirm", "Shop front"));
        Assert.DoesNotContain("Shop front", gone.Words, StringComparison.Ordinal);
    }

    internal static class Sql
    {
        public const string MoveAway = "-- all accounts: a test\nupdate OidcClient set IpAllowList = '198.51.100.0/24' where Id = @Id";
    }
}
