using System.Text;
using System.Text.Json;
using Billing.Payments.Razorpay;
using Xunit;

namespace Billing.Tests.Payments;

/// <summary>Published signatures and those computed from the rules, <c>razorpay_signatures.json</c>.</summary>
public sealed class SignaturesHold
{
    private static readonly RazorpayOptions Keys = new() { WebhookSecret = "the current secret", PreviousWebhookSecret = "the former secret" };

    [Fact]
    public void Checkout_signatures_of_the_vectors()
    {
        var cases = Cases("checkout");
        foreach (var one in cases)
        {
            var message = Encoding.UTF8.GetBytes(one.GetProperty("message").GetString()!);
            var holds = Signatures.Holds(message, one.GetProperty("signature").GetString(), one.GetProperty("secret").GetString()!);
            Assert.True(holds == one.GetProperty("valid").GetBoolean(), one.ToString());
        }
    }

    [Fact]
    public void Webhook_signatures_of_the_vectors_are_over_the_raw_bytes()
    {
        var cases = Cases("webhook");
        foreach (var one in cases)
        {
            var body = one.GetProperty("body_base64").GetBytesFromBase64();
            var options = Keys with { WebhookSecret = one.GetProperty("secret").GetString()! };
            Assert.True(Signatures.WebhookHolds(body, one.GetProperty("signature").GetString(), options), one.ToString());
            if (one.TryGetProperty("wrong_ascii_signature", out var wrong))
                Assert.False(Signatures.WebhookHolds(body, wrong.GetString(), options));
        }
    }

    [Fact]
    public void The_vectors_are_there() => Assert.NotEmpty(Cases("checkout").Concat(Cases("webhook")));

    [Fact]
    public void The_order_id_of_our_own_row_decides()
    {
        var signature = Signatures.OfCheckout("order_ours0000000001", "pay_00000000000001", "secret");
        Assert.True(Signatures.CheckoutHolds("order_ours0000000001", "pay_00000000000001", signature, "secret"));
        Assert.False(Signatures.CheckoutHolds("order_other000000001", "pay_00000000000001", signature, "secret"));
    }

    [Theory]
    [InlineData("the current secret", true)]
    [InlineData("the former secret", true)]
    [InlineData("a forged secret", false)]
    public void The_former_webhook_secret_still_holds_while_it_is_configured(string secret, bool holds)
    {
        var body = "{}"u8.ToArray();
        Assert.Equal(holds, Signatures.WebhookHolds(body, Signatures.Of(body, secret), Keys));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("zz04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc0")]
    [InlineData("2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc00")]
    public void What_is_no_signature_does_not_hold(string? signature) =>
        Assert.False(Signatures.Holds("{\"a\":1}"u8, signature, "123456"));

    private static List<JsonElement> Cases(string list)
    {
        var folder = Environment.GetEnvironmentVariable("PORTAL_VECTORS") is { Length: > 0 } given
            ? given
            : Path.Combine(AppContext.BaseDirectory, "vectors");
        var file = Path.Combine(folder, "razorpay_signatures.json");
        if (!File.Exists(file)) return [];
        using var json = JsonDocument.Parse(File.ReadAllBytes(file));
        return json.RootElement.TryGetProperty(list, out var cases) ? [.. cases.EnumerateArray().Select(one => one.Clone())] : [];
    }
}
