using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Payments;
using Billing.Payments.Razorpay;
using Xunit;

namespace Billing.Tests.Payments;

/// <summary>What <c>POST /webhooks/razorpay</c> refuses, with a stable code and without storing anything; and what it takes.</summary>
public sealed class WebhookRefusals : IAsyncLifetime
{
    private static readonly byte[] Body = """{"entity":"event","event":"payment.captured","payload":{}}"""u8.ToArray();
    private Shop shop = null!;

    public async ValueTask InitializeAsync() => shop = await Shop.Open(settings: "Billing:Payments:Razorpay:PreviousWebhookSecret=the former webhook secret");

    public ValueTask DisposeAsync() => shop.DisposeAsync();

    [Fact]
    public async Task A_forged_signature()
    {
        await Refused(HttpStatusCode.Unauthorized, "signature_invalid", Body, Signatures.Of(Body, "a forged secret"));
        await Refused(HttpStatusCode.Unauthorized, "signature_invalid", Body, "not hexadecimal");
        // the checkout's key signs other things
        await Refused(HttpStatusCode.Unauthorized, "signature_invalid", Body, Signatures.Of(Body, shop.Gateway.Options.KeySecret));
    }

    [Fact]
    public async Task A_body_changed_by_one_blank() => await Refused(
        HttpStatusCode.Unauthorized, "signature_invalid", [.. Body, (byte)' '], Signatures.Of(Body, shop.Gateway.Options.WebhookSecret));

    [Fact]
    public Task No_signature() => Refused(HttpStatusCode.BadRequest, "signature_missing", Body, "");

    [Fact]
    public Task Another_content_type() => Refused(HttpStatusCode.UnsupportedMediaType, "content_type", Body, null, "text/plain");

    [Fact]
    public Task A_body_that_is_too_large() =>
        Refused(HttpStatusCode.RequestEntityTooLarge, "too_large", new byte[ReceiveWebhook.LargestBody + 1], null);

    [Fact]
    public async Task A_body_that_is_too_large_and_does_not_say_so()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhooks/razorpay");
        request.Content = new PushedContent(ReceiveWebhook.LargestBody * 2);
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("X-Razorpay-Signature", new string('0', 64));
        using var answer = await shop.Http.SendAsync(request, Shop.Now);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        await NothingStored();
    }

    [Fact]
    public async Task Another_verb()
    {
        using var answer = await shop.Http.GetAsync("/webhooks/razorpay", Shop.Now);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task The_same_event_twice_is_taken_and_stored_once()
    {
        for (var i = 0; i < 2; i++) await Taken(Body, "evt_00000000000001");
        Assert.Single(await GatewayEvents.All(shop.Db, null, 10));
    }

    [Fact]
    public async Task An_event_without_an_id_is_known_by_its_body()
    {
        for (var i = 0; i < 2; i++) await Taken(Body, null);
        Assert.StartsWith("sha256:", Assert.Single(await GatewayEvents.All(shop.Db, null, 10)).EventId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_former_secret_still_signs()
    {
        using var answer = await SettledExactlyOnce.Send(shop, Body, "evt_1", Shop.Now, Signatures.Of(Body, "the former webhook secret"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("no json at all", "unreadable", "unreadable")]
    [InlineData("[]", "unknown", "not_used")]
    [InlineData("""{"event":"settlement.processed"}""", "settlement.processed", "not_used")]
    [InlineData("""{"event":"payment.captured","payload":{"payment":{"entity":{"id":"../../orders"}}}}""", "payment.captured", "no_payment")]
    [InlineData("""{"event":"payment.captured","payload":[]}""", "payment.captured", "no_payment")]
    [InlineData("""{"event":"payment.captured","payload":{"payment":{"entity":{"id":"pay_00000000000000"}}}}""", "payment.captured", "unknown_payment")]
    [InlineData("""{"event":"payment.dispute.created","payload":{"payment":{"entity":{"id":"pay_00000000000000"}}}}""", "payment.dispute.created", "for_staff")]
    [InlineData("""{"event":"refund.processed","payload":{"refund":{"entity":{"id":"rfnd_00000000000000"}}}}""", "refund.processed", "unknown_refund")]
    [InlineData("""{"event":"refund.processed","payload":{}}""", "refund.processed", "no_refund")]
    public async Task What_is_signed_is_stored_and_ignored_with_the_reason(string body, string name, string reason)
    {
        await Taken(Encoding.UTF8.GetBytes(body), "evt_1");
        var stored = await shop.Processed(name);
        Assert.Equal(("ignored", reason), (stored.State, stored.Reason));
        Assert.Equal(reason != "not_used", (await GatewayEvents.ForStaff(shop.Db, DateTimeOffset.UtcNow, 10)).Count == 1);
    }

    private async Task Taken(byte[] body, string? eventId)
    {
        using var answer = await SettledExactlyOnce.Send(shop, body, eventId, Shop.Now);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private async Task Refused(HttpStatusCode status, string code, byte[] body, string? signature, string type = "application/json")
    {
        using var answer = await SettledExactlyOnce.Send(shop, body, "evt_1", Shop.Now, signature, type);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonObject>(Shop.Now);
        Assert.Equal($"billing.payments.{code}", (string?)problem!["code"]);
        await NothingStored();
    }

    private async Task NothingStored()
    {
        Assert.Empty(await GatewayEvents.All(shop.Db, null, 10));
        Assert.Equal(0, await shop.Works("payment.event"));
    }

    private sealed class PushedContent(int length) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(new byte[length]).AsTask();

        protected override bool TryComputeLength(out long known)
        {
            known = 0;
            return false;
        }
    }
}
