using System.Security.Cryptography;
using System.Text;

namespace Billing.Payments.Razorpay;

/// <summary>HMAC-SHA256 in lower-case hex over the exact bytes, compared in constant time.</summary>
internal static class Signatures
{
    internal static string Of(ReadOnlySpan<byte> message, string secret)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), message, mac);
        return Convert.ToHexStringLower(mac);
    }

    internal static string OfCheckout(string gatewayOrderId, string paymentId, string keySecret) =>
        Of(Encoding.UTF8.GetBytes($"{gatewayOrderId}|{paymentId}"), keySecret);

    /// <summary>The order id comes from our own row, never from the browser.</summary>
    internal static bool CheckoutHolds(string ownGatewayOrderId, string paymentId, string? signature, string keySecret) =>
        Holds(Encoding.UTF8.GetBytes($"{ownGatewayOrderId}|{paymentId}"), signature, keySecret);

    internal static bool WebhookHolds(ReadOnlySpan<byte> body, string? signature, RazorpayOptions options)
    {
        var current = Holds(body, signature, options.WebhookSecret);
        var previous = options.PreviousWebhookSecret is { Length: > 0 } old && Holds(body, signature, old);
        return current | previous;
    }

    internal static bool Holds(ReadOnlySpan<byte> message, string? signature, string secret)
    {
        if (signature is null || signature.Length != HMACSHA256.HashSizeInBytes * 2) return false;
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (Convert.FromHexString(signature, given, out _, out var written) != System.Buffers.OperationStatus.Done) return false;
        Span<byte> right = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), message, right);
        return written == right.Length && CryptographicOperations.FixedTimeEquals(given, right);
    }
}
