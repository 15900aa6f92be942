using System.Net;
using Portal.Tests.Access;
using Xunit;

namespace Portal.Tests.Identity.Oidc;

/// <summary>The house's own applications, which administrators register on a page and every customer may sign in to.</summary>
public sealed class OidcHouseApplicationTests(OidcHouse house) : IClassFixture<OidcHouse>
{
    private const string At = "/operations/applications";

    [Fact]
    public async Task An_application_of_the_house_lets_every_customer_in_and_ends_at_once()
    {
        using var staff = await house.Portal.SignedIn(await house.Portal.Person("Ravi Administrator", "administrator"), null);
        var form = await staff.Get($"{At}/new?kind=web");
        var shown = await staff.Submit(
            form, $"{At}/new", ("Input.Name", "Status page"), ("Input.RedirectUris", "https://status.example/callback"), ("Input.IsResourceServer", "true"));
        Assert.Equal("Status page", shown.Title);
        var (id, secret) = (shown.Address.Segments[^1], shown.Html.QuerySelector(".code-block code")!.TextContent.Trim());
        Assert.Contains("Status page", (await staff.Get(At)).Words, StringComparison.Ordinal);

        using var stranger = await house.Portal.SignUpAsync("Vani Stranger");
        var request = OidcHouse.ShopRequest(("client_id", id), ("redirect_uri", "https://status.example/callback"), ("scope", "openid email"));
        var back = await stranger.Submit(await stranger.Get(request), "/oidc/consent", ("Answer", "yes"));
        var tokens = await house.Post("/oidc/token", OidcHouse.CodeForm(CommandLine.Query(back.Address, "code")!, "https://status.example/callback"), id, secret);
        tokens.Is(HttpStatusCode.OK);

        // it may ask about tokens that others hold
        var others = (await CommandLine.SignIn(house.Asha)).AccessToken;
        Assert.Equal("true", (await house.Post("/oidc/introspect", new() { ["token"] = others }, id, secret))["active"]);

        await staff.Submit(await staff.Get($"{At}/{id}"), $"{At}/{id}?handler=Revoke", ("Confirm", "Status page"));
        Assert.Equal(HttpStatusCode.BadRequest, (await stranger.Get(request)).Status);
        (await house.Post("/oidc/introspect", new() { ["token"] = others }, id, secret)).Refuses("invalid_client", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task No_customer_and_no_other_staff_registers_for_the_house()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await house.Asha.Get(At)).Status);
        using var operators = await house.Portal.SignedIn(await house.Portal.Person("Om Operator", "operator"), null);
        foreach (var path in (string[])[At, $"{At}/new?kind=web", $"{At}/cli_00000000000000000000000000"])
            Assert.Equal(HttpStatusCode.Forbidden, (await operators.Get(path)).Status);
    }

    [Fact]
    public async Task An_account_sees_no_application_of_the_house_and_the_house_none_of_an_account()
    {
        using var staff = await house.Portal.SignedIn(await house.Portal.Person("Rani Administrator", "administrator"), null);
        var ours = await staff.Submit(
            await staff.Get($"{At}/new?kind=native"), $"{At}/new", ("Input.Name", "Phone app"), ("Input.RedirectUris", "in.example.phone:/callback"));
        var theirs = await house.Asha.Submit(
            await house.Asha.Get("/accounts/applications/new?kind=native"), "/accounts/applications/new",
            ("Input.Name", "Own app"), ("Input.RedirectUris", "in.example.own:/callback"));
        Assert.Equal(HttpStatusCode.NotFound, (await house.Asha.Get($"/accounts/applications/{ours.Address.Segments[^1]}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await staff.Get($"{At}/{theirs.Address.Segments[^1]}")).Status);
        Assert.DoesNotContain("Own app", (await staff.Get(At)).Words, StringComparison.Ordinal);
        Assert.DoesNotContain("Phone app", (await house.Asha.Get("/accounts/applications")).Words, StringComparison.Ordinal);
    }
}
