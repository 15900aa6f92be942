using System.Net;
using Billing.Orders;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Portal.Api;
using Portal.Tests.Servers;
using Xunit;

namespace Portal.Tests.Api;

/// <summary>What the API says no to, and how.</summary>
public sealed class ApiRefusals : IAsyncLifetime
{
    private PortalUnderTest portal = null!;

    public async ValueTask InitializeAsync() => portal = await ServerCustomers.StartSelling();

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Every_route_is_in_the_document_and_closed_without_a_token()
    {
        using var nobody = Customer.With(portal, null);
        using var forged = Customer.With(portal, "eyJhbGciOiJub25lIn0.e30.");
        var document = (await nobody.Get("/openapi.json")).Is(HttpStatusCode.OK).Json;
        Assert.Equal("bearer", document["components"]!["securitySchemes"]!["token"]!["scheme"]!.ToString());
        var routes = portal.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.TrimStart('/').StartsWith("api/v1", StringComparison.Ordinal)).ToList();
        Assert.True(routes.Count > 20, $"Only {routes.Count} routes were found.");
        foreach (var route in routes)
        {
            var path = $"/{route.RoutePattern.RawText!.Trim('/')}";
            var method = Assert.Single(route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods);
            var operation = document["paths"]?[path]?[method.ToLowerInvariant()];
            Assert.True(operation is not null, $"{method} {path} is not in the document.");
            Assert.False(string.IsNullOrEmpty(operation["summary"]?.ToString()), $"{method} {path} has no summary.");
            Assert.NotNull(operation["responses"]!["default"]);
            var open = route.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            Assert.Equal(path == "/api/v1/catalogue", open);
            if (open) continue;
            var asked = path["/api/v1".Length..].Replace("{id}", "x", StringComparison.Ordinal);
            (await nobody.Send(new HttpMethod(method), asked, "{}", "k")).Refuses(HttpStatusCode.Unauthorized, "portal.api.not_signed_in");
            (await forged.Send(new HttpMethod(method), asked, "{}", "k")).Refuses(HttpStatusCode.Unauthorized, "portal.api.not_signed_in");
        }
    }

    [Fact]
    public async Task Every_post_wants_an_idempotency_key()
    {
        using var asha = await Customer.SignUp(portal, "Asha Rao");
        var posts = portal.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText!.TrimStart('/').StartsWith("api/v1", StringComparison.Ordinal)
                && route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("POST")
                && route.Metadata.GetMetadata<WithoutKey>() is null)
            .Select(route => $"/{route.RoutePattern.RawText!.Trim('/')}"["/api/v1".Length..].Replace("{id}", "x", StringComparison.Ordinal)).ToList();
        Assert.True(posts.Count >= 6, $"Only {posts.Count} were found.");
        foreach (var path in posts)
            (await asha.Send(HttpMethod.Post, path, "{}")).Refuses(HttpStatusCode.BadRequest, "portal.api.idempotency_key_needed");
    }

    [Fact]
    public async Task Nobody_elses_ids_are_found_on_any_route()
    {
        var asha = await portal.SignUpWithBillingAsync("Asha Rao");
        var order = await asha.Order();
        var server = await portal.Buy(asha, ("Input.Hostname", "web-2"));
        await portal.Become(server, "running");
        using var own = Customer.With(portal, await PortalUnderTest.AccessTokenAsync(asha));
        var action = (await own.Post($"/servers/{server}/actions", new { action = "stop" })).Is(HttpStatusCode.Accepted)["id"]!;
        var invoice = (await own.Get("/invoices")).Json["items"]![0]!["id"]!.ToString();
        var backup = "bkp_" + action[4..];
        await portal.Db.Write(tx => tx.Execute(Sql.Backup, new { Id = backup, ServerId = server, Now = DateTimeOffset.UtcNow }));
        (await own.Get($"/backups/{backup}")).Is(HttpStatusCode.OK);
        string[] theirs = [order.Value, invoice, server.Value, action, backup, .. await Affairs(own)];

        using var bina = await Customer.SignUp(portal, "Bina Shah");
        (HttpMethod Method, string Path, object? Body)[] requests =
        [
            (HttpMethod.Get, "/orders/{0}", null), (HttpMethod.Get, "/orders/{0}/payment", null), (HttpMethod.Post, "/orders/{0}/payment", null),
            (HttpMethod.Post, "/orders/{0}/wallet-payment", null), (HttpMethod.Get, "/invoices/{1}", null), (HttpMethod.Get, "/invoices/{1}/pdf", null),
            (HttpMethod.Get, "/servers/{2}", null), (HttpMethod.Get, "/servers/{2}/actions", null), (HttpMethod.Delete, "/servers/{2}?confirm=web-2", null),
            (HttpMethod.Post, "/servers/{2}/actions", new { action = "stop" }), (HttpMethod.Get, "/servers/{2}/backups", null),
            (HttpMethod.Post, "/servers/{2}/backups", null), (HttpMethod.Get, "/actions/{3}", null), (HttpMethod.Get, "/backups/{4}", null),
            (HttpMethod.Post, "/backups/{4}/restore", new { confirm = "web-2" }), (HttpMethod.Get, "/team/people/{5}", null),
            (HttpMethod.Get, "/team/people/{5}/permissions", null), (HttpMethod.Post, "/team/people/{5}/grants", new { role = "viewer" }),
            (HttpMethod.Delete, "/team/people/{5}", null), (HttpMethod.Put, "/team/teams/{6}", new { name = "Theirs" }),
            (HttpMethod.Put, "/team/teams/{6}/members/{5}", null), (HttpMethod.Delete, "/team/teams/{6}/members/{5}", null),
            (HttpMethod.Delete, "/team/teams/{6}", null), (HttpMethod.Put, "/team/roles/{7}", new { name = "Theirs", permissions = (string[])["servers.read"] }),
            (HttpMethod.Delete, "/team/roles/{7}", null), (HttpMethod.Delete, "/team/invitations/{8}", null), (HttpMethod.Delete, "/team/grants/{9}", null),
            (HttpMethod.Get, "/applications/{10}", null), (HttpMethod.Get, "/applications/{10}/secrets", null), (HttpMethod.Post, "/applications/{10}/secrets", null),
            (HttpMethod.Delete, "/applications/{10}/secrets/{10}", null), (HttpMethod.Delete, "/applications/{10}", null), (HttpMethod.Delete, "/tokens/{11}", null),
            (HttpMethod.Get, "/approvals/{12}", null), (HttpMethod.Post, "/approvals/{12}/decision", new { decision = "approve" }),
            (HttpMethod.Delete, "/approvals/{12}", null),
        ];
        var routes = portal.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Count(route => route.RoutePattern.RawText!.TrimStart('/').StartsWith("api/v1/", StringComparison.Ordinal) && route.RoutePattern.Parameters.Count > 0);
        Assert.Equal(routes, requests.Length);
        foreach (var (method, path, body) in requests)
        {
            foreach (var ids in (string[][])[theirs, [.. theirs.Select(_ => "0")], [.. theirs.Select((_, at) => ((string[])["%27", "..%2f", "srv_", "x y", "🙂"])[at % 5])]])
            {
                var asked = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, ids);
                var answer = await bina.Send(method, asked, body, method == HttpMethod.Post ? Guid.NewGuid().ToString() : null);
                Assert.True(answer.Status is HttpStatusCode.NotFound, $"{method} {asked}: {answer.Status} {answer.Text}");
                Assert.Equal("application/problem+json", answer.Type);
            }
        }
    }

    /// <summary>Ids of somebody's people, teams, roles, invitations, grants, applications, tokens and approvals, in this order.</summary>
    private static async Task<string[]> Affairs(Customer own)
    {
        async Task<string> Made(string path, object body) => (await own.Post(path, body)).Is(HttpStatusCode.Created)["id"]!;
        var person = (await own.Get("/team/people")).Json["items"]![0]!["id"]!.ToString();
        return
        [
            person,
            await Made("/team/teams", new { name = "Shop", kind = "team" }),
            await Made("/team/roles", new { name = "Reader", permissions = (string[])["servers.read"] }),
            await Made("/team/invitations", new { email = "new@new.example", role = "viewer" }),
            await Made($"/team/people/{person}/grants", new { role = "viewer" }),
            await Made("/applications", new { kind = "service", name = "Deploy", permissions = (string[])["servers.read"] }),
            await Made("/tokens", new { name = "Mine", permissions = (string[])["servers.read"] }),
            "apr_00000000000000000000000001",
        ];
    }

    [Fact]
    public async Task Bad_billing_details_are_refused_field_by_field()
    {
        using var asha = await Customer.SignUp(portal, "Asha Rao", billing: false);
        var answer = (await asha.Send(HttpMethod.Put, "/account/billing", ApiOrders.Billing(
            ("gstin", "29AAGCB7383J1Z5"), ("pin", "056000"), ("mobile", "12"), ("legalName", ""), ("pan", "AAAAA"))))
            .Refuses(HttpStatusCode.UnprocessableEntity, "portal.accounts.invalid_billing_details");
        Assert.Equal(["gstin", "legalName", "mobile", "pan", "pin"], answer.FieldCodes.Keys.Order(StringComparer.Ordinal));
        Assert.All(answer.FieldCodes.Values, code => Assert.StartsWith("billing.tax.", code, StringComparison.Ordinal));
        Assert.Equal("billing.tax.gstin_check_digit", answer.FieldCodes["gstin"]);
        (await asha.Get("/account/billing")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_bad_order_is_refused_field_by_field()
    {
        using var asha = await Customer.SignUp(portal, "Asha Rao");
        var answer = (await asha.Post("/orders", ApiOrders.Good(
            ("plan", "s99"), ("region", "xxx"), ("image", null), ("hostname", "web_1"), ("sshKey", "ssh-rsa AAAA"), ("backups", null))))
            .Refuses(HttpStatusCode.UnprocessableEntity, "portal.servers.invalid_order");
        Assert.Equal(
            ["backups", "hostname", "image", "plan", "region", "sshKey"], answer.FieldCodes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("portal.servers.hostname_invalid", answer.FieldCodes["hostname"]);
        Assert.Equal("portal.servers.plan_unknown", answer.FieldCodes["plan"]);
        Assert.Equal("portal.servers.image_missing", answer.FieldCodes["image"]);
        (await asha.Get("/quote?plan=s99&region=blr")).Refuses(HttpStatusCode.UnprocessableEntity, "portal.servers.invalid_order");
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_before_anything_is_done()
    {
        using var asha = await Customer.SignUp(portal, "Asha Rao");
        foreach (var broken in (string[])["{", "", "null", "[]", "{\"plan\":5}", "{\"backups\":\"yes\"}", "{\"plann\":\"s2\"}", "{\"expectedTotalPaise\":1.5}"])
            (await asha.Post("/orders", broken)).Refuses(HttpStatusCode.BadRequest, "portal.api.bad_request");
        (await asha.Post("/orders", ApiOrders.Good(("hostname", new string('a', 1100 * 1024)))))
            .Refuses(HttpStatusCode.RequestEntityTooLarge, "portal.api.too_large");
        (await asha.Send(HttpMethod.Put, "/account/billing", ApiOrders.Billing(("purpose", new string('a', 1100 * 1024)))))
            .Refuses(HttpStatusCode.RequestEntityTooLarge, "portal.api.too_large");
        (await asha.Send(HttpMethod.Post, "/orders", ApiOrders.Good())).Refuses(HttpStatusCode.BadRequest, "portal.api.idempotency_key_needed");
        (await asha.Send(HttpMethod.Post, "/orders", "plan=s2", "k-1", "application/x-www-form-urlencoded"))
            .Refuses(HttpStatusCode.UnsupportedMediaType, "portal.api.wrong_content_type");
        (await asha.Send(HttpMethod.Put, "/account/billing", "<a/>", type: "application/xml"))
            .Refuses(HttpStatusCode.UnsupportedMediaType, "portal.api.wrong_content_type");
        (await asha.Send(HttpMethod.Patch, "/orders", "{}")).Refuses(HttpStatusCode.MethodNotAllowed, "portal.api.wrong_method");
        (await asha.Get("/nothing")).Refuses(HttpStatusCode.NotFound, "portal.api.not_found");
        (await asha.Get("/quote?plan=s2&region=blr&backups=perhaps")).Refuses(HttpStatusCode.BadRequest, "portal.api.bad_request");
        (await asha.Get("/orders?limit=0")).Refuses(HttpStatusCode.BadRequest, "portal.api.bad_limit");
        (await asha.Get("/orders?cursor=zzz")).Refuses(HttpStatusCode.BadRequest, "portal.api.bad_cursor");
        (await asha.Get("/servers?cursor=MTp4")).Refuses(HttpStatusCode.BadRequest, "portal.api.bad_cursor");
        (await asha.Get("/orders?state=lost")).Refuses(HttpStatusCode.BadRequest, "portal.servers.unknown_order_state");
        Assert.Empty((await asha.Get("/orders")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task Ten_orders_at_once_under_one_key_are_one_order()
    {
        using var asha = await Customer.SignUp(portal, "Asha Rao");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => asha.Post("/orders", ApiOrders.Good(), "order-1")));
        Assert.All(answers, answer => Assert.Contains(answer.Status, (HttpStatusCode[])[HttpStatusCode.Created, HttpStatusCode.Conflict]));
        var again = (await asha.Post("/orders", ApiOrders.Good(), "order-1")).Is(HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status == HttpStatusCode.Created), answer => Assert.Equal(again.Text, answer.Text));
        Assert.Single((await asha.Get("/orders")).Json["items"]!.AsArray());
        (await asha.Post("/orders", ApiOrders.Good(("hostname", "web-2")), "order-1"))
            .Refuses(HttpStatusCode.UnprocessableEntity, "portal.api.idempotency_key_reused");

        // the portal died between doing and answering: the key still leads to the order
        await portal.Db.Write(tx => tx.Execute(Sql.Forget));
        Assert.Equal(again["id"], (await asha.Post("/orders", ApiOrders.Good(), "order-1")).Is(HttpStatusCode.Created)["id"]);

        // somebody else may use the same text
        using var bina = await Customer.SignUp(portal, "Bina Shah");
        Assert.NotEqual(again["id"], (await bina.Post("/orders", ApiOrders.Good(), "order-1")).Is(HttpStatusCode.Created)["id"]);
    }

    [Fact]
    public async Task Pages_stay_right_while_orders_are_added()
    {
        using var asha = await Customer.SignUp(portal, "Asha Rao");
        var placed = new List<string>();
        for (var i = 0; i < 7; i++) placed.Add((await asha.Post("/orders", ApiOrders.Good(("hostname", $"web-{i}")))).Is(HttpStatusCode.Created)["id"]!);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await asha.Get($"/orders?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}")).Is(HttpStatusCode.OK);
            seen.AddRange(page.Json["items"]!.AsArray().Select(order => order!["id"]!.ToString()));
            cursor = page["next"];
            // in front of what is being read
            (await asha.Post("/orders", ApiOrders.Good(("hostname", $"new-{seen.Count}")))).Is(HttpStatusCode.Created);
        }
        while (cursor is not null);
        Assert.Equal(Enumerable.Reverse(placed), seen);

        var servers = new List<string>();
        do
        {
            var page = (await asha.Get($"/servers?limit=4{(cursor is null ? "" : $"&cursor={cursor}")}")).Is(HttpStatusCode.OK);
            servers.AddRange(page.Json["items"]!.AsArray().Select(server => server!["id"]!.ToString()));
            cursor = page["next"];
        }
        while (cursor is not null);
        Assert.Equal(10, servers.Distinct().Count());
        Assert.Single((await asha.Get("/servers?q=web-3")).Json["items"]!.AsArray());
        Assert.Equal(SalesOrder.AwaitingPayment, (await asha.Get("/orders?state=awaiting_payment&limit=1")).Json["items"]![0]!["state"]!.ToString());
        Assert.Empty((await asha.Get("/orders?state=paid")).Json["items"]!.AsArray());
    }

    private static class Sql
    {
        public const string Forget = "-- all accounts: a test\ndelete from IdempotencyRecord";

        public const string Backup = """
            -- all accounts: a test
            insert into ServerBackup (Id, AccountId, ServerId, Region, InstanceName, Kind, State, ObjectKey, Bytes, Sha256, DiskGib, TakenAt, VerifiedAt, ExpiresAt)
            select @Id, AccountId, Id, Region, InstanceName, 'manual', 'ready', 'k', 1, 'x', DiskGib, @Now, @Now, @Now
            from Server
            where Id = @ServerId
            """;
    }
}
