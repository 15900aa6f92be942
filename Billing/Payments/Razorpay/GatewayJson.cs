using System.Globalization;
using System.Text.Json;

namespace Billing.Payments.Razorpay;

/// <summary>
/// Reads the gateway's JSON as it really comes: numbers and booleans as text, notes as <c>[]</c> or an object, missing fields.
/// </summary>
internal static class GatewayJson
{
    internal static GatewayOrder Order(JsonElement json) => new()
    {
        Id = Text(json, "id") ?? "",
        Amount = Number(json, "amount") ?? 0,
        AmountPaid = Number(json, "amount_paid") ?? 0,
        Currency = Text(json, "currency") ?? "",
        Receipt = Text(json, "receipt"),
        Status = Text(json, "status") ?? "",
        CreatedAt = Time(json, "created_at"),
    };

    internal static Payment Payment(JsonElement json) => new()
    {
        Id = Text(json, "id") ?? "",
        OrderId = Text(json, "order_id"),
        Amount = Number(json, "amount") ?? 0,
        AmountRefunded = Number(json, "amount_refunded") ?? 0,
        Currency = Text(json, "currency") ?? "",
        Status = Text(json, "status") ?? "",
        Captured = Flag(json, "captured"),
        Method = Text(json, "method") ?? "",
        Fee = Number(json, "fee"),
        Tax = Number(json, "tax") ?? Number(json, "service_tax"),
        ErrorDescription = Text(json, "error_description"),
        CreatedAt = Time(json, "created_at"),
    };

    internal static GatewayRefund Refund(JsonElement json) => new()
    {
        Id = Text(json, "id") ?? "",
        PaymentId = Text(json, "payment_id") ?? "",
        Amount = Number(json, "amount") ?? 0,
        Currency = Text(json, "currency") ?? "",
        Receipt = Text(json, "receipt"),
        Status = Text(json, "status") ?? "",
    };

    internal static IReadOnlyList<T> Items<T>(JsonElement json, Func<JsonElement, T> read) =>
        Property(json, "items") is { ValueKind: JsonValueKind.Array } items ? [.. items.EnumerateArray().Select(read)] : [];

    internal static GatewayError Error(int status, JsonElement json)
    {
        var error = Property(json, "error") ?? default;
        return new GatewayError(
            status,
            Text(error, "code") ?? "UNKNOWN",
            Text(error, "description") ?? "The gateway gave no reason.",
            Text(error, "field"),
            Text(error, "reason"));
    }

    /// <summary>The entity of that name in a webhook's payload.</summary>
    internal static JsonElement? Entity(JsonElement envelope, string name) =>
        Property(envelope, "payload") is { } payload && Property(payload, name) is { } wrapped
            ? Property(wrapped, "entity") ?? wrapped
            : null;

    internal static string? Text(JsonElement json, string name) => Property(json, name) switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
        _ => null,
    };

    internal static long? Number(JsonElement json, string name) => Property(json, name) switch
    {
        { ValueKind: JsonValueKind.Number } value => value.TryGetInt64(out var number) ? number : null,
        { ValueKind: JsonValueKind.String } value =>
            long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ => null,
    };

    private static bool Flag(JsonElement json, string name) => Property(json, name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.Number } value => value.TryGetInt64(out var number) && number != 0,
        { ValueKind: JsonValueKind.String } value => value.GetString() is "1" or "true",
        _ => false,
    };

    private static DateTimeOffset Time(JsonElement json, string name) =>
        Number(json, name) is { } seconds and >= 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;

    private static JsonElement? Property(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : null;
}
