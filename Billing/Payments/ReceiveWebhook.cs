using System.Security.Cryptography;
using System.Text.Json;
using Billing.Payments.Razorpay;
using Database;
using Database.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Billing.Payments;

/// <summary>
/// <c>POST /webhooks/razorpay</c>: checks the signature over the raw bytes, stores the event and the work to process it, answers.
/// The gateway waits five seconds, repeats for a day, and keeps no order.
/// </summary>
internal static class ReceiveWebhook
{
    internal const int LargestBody = 256 * 1024;
    private const int LongestEventId = 80;

    internal static async Task<Results<Ok, ProblemHttpResult>> Answer(
        HttpRequest request, Db db, IOptions<RazorpayOptions> options, TimeProvider clock, CancellationToken cancelled)
    {
        if (!request.HasJsonContentType())
            return Refused(StatusCodes.Status415UnsupportedMediaType, "content_type", "Send application/json.");
        if (await Body(request, cancelled) is not { } body)
            return Refused(StatusCodes.Status413PayloadTooLarge, "too_large", $"An event has at most {LargestBody} bytes.");
        var signature = request.Headers["X-Razorpay-Signature"].ToString();
        if (signature.Length == 0)
            return Refused(StatusCodes.Status400BadRequest, "signature_missing", "The header X-Razorpay-Signature is missing.");
        if (!Signatures.WebhookHolds(body, signature, options.Value))
            return Refused(StatusCodes.Status401Unauthorized, "signature_invalid", "The signature does not fit the body and the webhook's secret.");

        var eventId = request.Headers["x-razorpay-event-id"].ToString() is { Length: > 0 and <= LongestEventId } given && given.All(IsPlain)
            ? given
            : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(body))}";
        var now = clock.GetUtcNow();
        await db.Write(tx => Store(tx, eventId, NameOf(body), body, signature, now));
        return TypedResults.Ok();
    }

    /// <summary>Stores an event and its work once; false when it is there already.</summary>
    internal static async Task<bool> Store(Tx tx, string eventId, string name, byte[] body, string signature, DateTimeOffset now)
    {
        var stored = await tx.Execute(Sql.Store, new { EventId = eventId, Event = name, Body = body, Signature = signature, Now = now });
        if (stored == 0) return false;
        await WorkQueue.Add(tx, new NewWork(ProcessEvent.Command, eventId) { DedupKey = $"{ProcessEvent.Command}:{eventId}" }, now);
        return true;
    }

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or ':';

    // the limit holds whether or not the sender tells the length
    private static async Task<byte[]?> Body(HttpRequest request, CancellationToken cancelled)
    {
        if (request.ContentLength > LargestBody) return null;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LargestBody + 1;
        var buffer = new byte[LargestBody + 1];
        try
        {
            var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancelled);
            return length > LargestBody ? null : buffer[..length];
        }
        catch (BadHttpRequestException trouble) when (trouble.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }

    private static string NameOf(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return GatewayJson.Text(json.RootElement, "event") is { Length: > 0 and <= 80 } name ? name : "unknown";
        }
        catch (JsonException)
        {
            return "unreadable";
        }
    }

    private static ProblemHttpResult Refused(int status, string code, string detail) => TypedResults.Problem(
        detail, statusCode: status, title: "The event was not taken.",
        extensions: new Dictionary<string, object?> { ["code"] = $"billing.payments.{code}" });

    internal static class Sql
    {
        public const string Store = """
            insert into WebhookInbox (EventId, Event, Body, Signature, ReceivedAt, State)
            select @EventId, @Event, @Body, @Signature, @Now, 'received'
            where not exists (select 1 from WebhookInbox where EventId = @EventId)
            """;
    }
}
