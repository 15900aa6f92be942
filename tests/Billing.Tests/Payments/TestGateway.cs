using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Payments.Razorpay;
using Billing.Payments.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Billing.Tests.Payments;

/// <summary>The sandbox on a free loopback port, a client that talks to it over HTTP, and its knobs.</summary>
public sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http;

    private TestGateway(WebApplication app)
    {
        this.app = app;
        Address = app.Urls.First();
        http = new HttpClient { BaseAddress = new Uri(Address) };
        Options = new RazorpayOptions
        {
            BaseUrl = Address,
            CheckoutUrl = $"{Address}/v1/checkout/embedded",
            KeyId = "rzp_test_sandbox00000001",
            KeySecret = "sandbox-key-secret-for-development",
            WebhookSecret = "sandbox-webhook-secret-for-development",
            WorkWait = Wait.Patience,
        };
        Client = ClientWith(Options);
    }

    public string Address { get; }

    internal RazorpayOptions Options { get; }

    internal RazorpayClient Client { get; }

    public static async Task<TestGateway> Start(string? webhookUrl = null, string? stateFile = null, params string[] more)
    {
        string[] args =
        [
            "--urls", "http://127.0.0.1:0",
            "--Logging:LogLevel:Default=Warning",
            "--Billing:Payments:Sandbox:RetryPause=00:00:00.100",
            $"--Billing:Payments:Sandbox:StateFile={stateFile}",
            .. webhookUrl is null ? (string[])[] : [$"--Billing:Payments:Sandbox:WebhookUrls:0={webhookUrl}"],
            .. more,
        ];
        var app = RazorpaySandbox.Build(args);
        await app.StartAsync();
        return new TestGateway(app);
    }

    internal static RazorpayClient ClientWith(RazorpayOptions options) => new(new HttpClient(), Microsoft.Extensions.Options.Options.Create(options));

    /// <summary>Events go there from now on.</summary>
    public void SendEventsTo(string url) => app.Services.GetRequiredService<SandboxOptions>().WebhookUrls.Add(url);

    public Task Turn(object knobs) => Post("/sandbox/knobs", knobs);

    /// <summary>Pays as a customer would; the fields that the checkout sends back, and the status.</summary>
    internal Task<JsonObject> Pay(string orderId, PayWish? wish = null) => Post($"/sandbox/pay/{orderId}", wish ?? new PayWish());

    public async Task<JsonObject> Post(string path, object? body = null)
    {
        using var response = await http.PostAsJsonAsync(path, body ?? new { });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    internal async Task<IReadOnlyList<SandboxEvent>> Events() =>
        (await http.GetFromJsonAsync<List<SandboxEvent>>("/sandbox/events"))!;

    public Task<HttpResponseMessage> Browse(string path, Dictionary<string, string> form) =>
        http.PostAsync(path, new FormUrlEncodedContent(form));

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        http.Dispose();
    }
}
