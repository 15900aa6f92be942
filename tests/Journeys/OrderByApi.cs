using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Web;
using Billing.Ledger;
using Microsoft.Playwright;
using Testing;
using Xunit;

namespace Journeys;

/// <summary>The main job once more by a program alone: the JSON API against a real LXD. A person only lets the program in.</summary>
public sealed partial class OrderByApi
{
    private const string Callback = "http://127.0.0.1:49152/callback";
    private const string Verifier = "a-verifier-of-the-program-that-is-long-enough-0001";

    [Fact]
    public async Task A_program_orders_pays_uses_backs_up_restores_and_deletes_a_server()
    {
        var lxd = Parts.RequireLxd();
        await using var house = await TheHouse.Start(lxd, lxd.Image);
        await using var key = await SshKey.Make();
        string token;
        await using (var browser = await Browser.Start())
        {
            var page = await browser.Visitor();
            await OrderAServer.SignsUp(page, house, "Lakshmi Nair");
            token = await LetsTheProgramIn(page, house);
        }

        using var api = new Program(house.Address, token);
        await api.Send(HttpMethod.Put, "/account/billing", new
        {
            legalName = "Lakshmi Nair", stateCode = "32", address1 = "4 Beach Road", city = "Kochi", pin = "682001", mobile = "9876543210", purpose = "A blog",
        });
        var total = (await api.Get("/quote?plan=s1&region=blr&backups=true"))["totalPaise"]!.GetValue<long>();
        var wish = new { plan = "s1", region = "blr", image = "debian-12", hostname = "api-1", sshKey = key.PublicKey, backups = true, expectedTotalPaise = total };
        var order = await api.Post("/orders", wish, "order-1");
        Assert.Equal((string?)order["id"], (string?)(await api.Post("/orders", wish, "order-1"))["id"]);
        var server = $"/servers/{order["serverId"]}";

        await Pays(api, $"{order["id"]}");
        await Becomes(api, server, "running");
        var address = (string)(await api.Get(server))["address"]!;
        Assert.Contains("host=api-1", await house.Ask(address), StringComparison.Ordinal);

        // another State than the provider's: IGST
        var invoice = (await api.Get("/invoices"))["items"]!.AsArray().Single()!;
        Assert.Equal(total, invoice["totalPaise"]!.GetValue<long>());
        Assert.Equal((0, true), (invoice["cgstPaise"]!.GetValue<long>(), invoice["igstPaise"]!.GetValue<long>() > 0));
        var pdf = await Wait.For(async () => (await api.Get($"/invoices/{invoice["id"]}"))["pdf"], "the invoice's PDF");
        var bytes = await api.Bytes($"/invoices/{invoice["id"]}/pdf");
        Assert.Equal((string?)pdf["sha256"], Convert.ToHexStringLower(SHA256.HashData(bytes)));

        await Act(api, $"{server}/actions", new { action = "stop" });
        await Becomes(api, server, "stopped");
        await Act(api, $"{server}/actions", new { action = "start" });
        await Becomes(api, server, "running");
        await Act(api, $"{server}/backups", null);
        var backup = (await api.Get($"{server}/backups"))["items"]!.AsArray().First(one => (string?)one!["state"] == "ready")!;
        await Act(api, $"/backups/{backup["id"]}/restore", new { confirm = "api-1" });
        await Becomes(api, server, "running");
        Assert.Equal(address, (string?)(await api.Get(server))["address"]);
        Assert.Contains("host=api-1", await house.Ask(address), StringComparison.Ordinal);

        await Ended(api, await api.Send(HttpMethod.Delete, $"{server}?confirm=api-1"));
        await Becomes(api, server, "deleted");
        await Act(api, $"{server}/actions", new { action = "undelete" });
        await Becomes(api, server, "running");
        Assert.Equal(0, await TrialBalance.Total(house.Db));
        Assert.Equal(0, await TrialBalance.Unbalanced(house.Db));
    }

    // RFC 8252: the program opens a browser, and the answer comes to an address of this machine
    private static async Task<string> LetsTheProgramIn(IPage page, TheHouse house)
    {
        await page.RouteAsync($"{Callback}**", route => route.FulfillAsync(new() { Status = 200, Body = "Go back to your program." }));
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        await page.GotoAsync(new Uri(house.Address, "/oidc/authorize?client_id=portal-cli&response_type=code&state=s&nonce=n&code_challenge_method=S256"
            + $"&scope=openid%20api&code_challenge={challenge}&redirect_uri={Uri.EscapeDataString(Callback)}").ToString());
        var back = await page.RunAndWaitForRequestAsync(
            () => page.GetByRole(AriaRole.Button, new() { Name = "Let it in" }).ClickAsync(), request => request.Url.StartsWith(Callback, StringComparison.Ordinal));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.PostAsync(new Uri(house.Address, "/oidc/token"), new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code", ["client_id"] = "portal-cli", ["redirect_uri"] = Callback, ["code_verifier"] = Verifier,
            ["code"] = HttpUtility.ParseQueryString(new Uri(back.Url).Query)["code"]!,
        }));
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["access_token"]!;
    }

    // the one thing that a program cannot do for a person: the gateway's own page
    private static async Task Pays(Program api, string order)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        var payment = await Wait.For(
            async () => await api.Post($"/orders/{order}/payment", null, Guid.NewGuid().ToString()) is var asked && asked["checkout"] is not null ? asked : null,
            "the way to the gateway");
        var checkout = payment["checkout"]!;
        var address = new Uri((string)checkout["address"]!);
        var shown = await Send(http, address, new()
        {
            ["key_id"] = (string)checkout["keyId"]!, ["order_id"] = (string)checkout["orderId"]!, ["amount"] = $"{payment["amountPaise"]}",
            ["currency"] = (string)payment["currency"]!, ["callback_url"] = (string)checkout["callbackUrl"]!, ["cancel_url"] = (string)payment["page"]!,
        });
        var fields = Fields(shown);
        (fields["method"], fields["outcome"]) = ("upi", "captured");
        var paid = await Send(http, new Uri(address, "/sandbox/checkout"), fields);
        using var told = await http.PostAsync((string)checkout["callbackUrl"]!, new FormUrlEncodedContent(Fields(paid)));
        Assert.Equal(HttpStatusCode.SeeOther, told.StatusCode);
    }

    private static async Task<string> Send(HttpClient http, Uri address, Dictionary<string, string> fields)
    {
        using var answer = await http.PostAsync(address, new FormUrlEncodedContent(fields));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    private static Dictionary<string, string> Fields(string page) => Hidden().Matches(page)
        .ToDictionary(field => field.Groups[1].Value, field => WebUtility.HtmlDecode(field.Groups[2].Value), StringComparer.Ordinal);

    private static Task Becomes(Program api, string server, string state) =>
        Wait.Until(async () => (string?)(await api.Get(server))["state"] == state, $"the server to be {state}");

    private static async Task Act(Program api, string path, object? body) => await Ended(api, await api.Post(path, body, Guid.NewGuid().ToString()));

    private static async Task Ended(Program api, JsonNode action)
    {
        var ended = await Wait.For(
            async () => await api.Get($"/actions/{action["id"]}") is var seen && (string?)seen["status"] != "running" ? seen : null, $"{action["command"]} to end");
        Assert.True((string?)ended["status"] == "success", ended.ToJsonString());
    }

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)">""")]
    private static partial Regex Hidden();

    private sealed class Program : IDisposable
    {
        private readonly HttpClient http;

        public Program(Uri portal, string token)
        {
            http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = portal };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        public Task<JsonNode> Get(string path) => Send(HttpMethod.Get, path);

        public Task<JsonNode> Post(string path, object? body, string key) => Send(HttpMethod.Post, path, body, key);

        public Task<byte[]> Bytes(string path) => http.GetByteArrayAsync($"/api/v1{path}");

        public async Task<JsonNode> Send(HttpMethod method, string path, object? body = null, string? key = null)
        {
            using var request = new HttpRequestMessage(method, $"/api/v1{path}");
            if (body is not null) request.Content = System.Net.Http.Json.JsonContent.Create(body);
            if (key is not null) request.Headers.Add("Idempotency-Key", key);
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
            return JsonNode.Parse(text)!;
        }

        public void Dispose() => http.Dispose();
    }
}
