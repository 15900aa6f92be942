using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Billing.Payments.Sandbox;

/// <summary>Entities and errors in the gateway's shape: empty notes are <c>[]</c>, absent values are null.</summary>
internal static class SandboxJson
{
    internal static JsonObject Json(this SandboxOrder order) => new()
    {
        ["id"] = order.Id,
        ["entity"] = "order",
        ["amount"] = order.Amount,
        ["amount_paid"] = order.AmountPaid,
        ["amount_due"] = order.Amount - order.AmountPaid,
        ["currency"] = order.Currency,
        ["receipt"] = order.Receipt,
        ["offer_id"] = null,
        ["status"] = order.Status,
        ["attempts"] = order.Attempts,
        ["notes"] = Notes(order.Notes),
        ["created_at"] = order.CreatedAt,
    };

    internal static JsonObject Json(this SandboxPayment payment) => new()
    {
        ["id"] = payment.Id,
        ["entity"] = "payment",
        ["amount"] = payment.Amount,
        ["currency"] = payment.Currency,
        ["status"] = payment.Status,
        ["order_id"] = payment.OrderId,
        ["invoice_id"] = null,
        ["international"] = false,
        ["method"] = payment.Method,
        ["amount_refunded"] = payment.AmountRefunded,
        ["refund_status"] = payment.AmountRefunded == 0 ? null : payment.AmountRefunded < payment.Amount ? "partial" : "full",
        ["captured"] = payment.Captured,
        ["description"] = null,
        ["card_id"] = null,
        ["bank"] = payment.Method == "netbanking" ? "SBIN" : null,
        ["wallet"] = null,
        ["vpa"] = payment.Method == "upi" ? "customer@upi" : null,
        ["email"] = "customer@example.in",
        ["contact"] = "+919000000000",
        ["notes"] = Notes(payment.Notes),
        ["fee"] = payment.Fee,
        ["tax"] = payment.Tax,
        ["error_code"] = payment.ErrorReason is null ? null : "BAD_REQUEST_ERROR",
        ["error_description"] = payment.ErrorReason is null ? null : "Your payment was declined by the bank. Try another payment method.",
        ["error_source"] = payment.ErrorReason is null ? null : "bank",
        ["error_step"] = payment.ErrorReason is null ? null : "payment_authorization",
        ["error_reason"] = payment.ErrorReason,
        ["acquirer_data"] = new JsonObject { ["rrn"] = payment.Method == "upi" ? "632812345678" : null },
        ["created_at"] = payment.CreatedAt,
    };

    internal static JsonObject Json(this SandboxRefund refund) => new()
    {
        ["id"] = refund.Id,
        ["entity"] = "refund",
        ["amount"] = refund.Amount,
        ["currency"] = refund.Currency,
        ["payment_id"] = refund.PaymentId,
        ["notes"] = Notes(refund.Notes),
        ["receipt"] = refund.Receipt,
        ["acquirer_data"] = new JsonObject { ["arn"] = null },
        ["created_at"] = refund.CreatedAt,
        ["batch_id"] = null,
        ["status"] = refund.Status,
        ["speed_processed"] = "normal",
        ["speed_requested"] = "normal",
    };

    internal static IResult Collection(IEnumerable<JsonObject> items, HttpRequest request)
    {
        var count = Query(request, "count", 10, 1, 100);
        var skip = Query(request, "skip", 0, 0, int.MaxValue);
        var page = new JsonArray([.. items.Skip(skip).Take(count)]);
        return Ok(new JsonObject { ["entity"] = "collection", ["count"] = page.Count, ["items"] = page });
    }

    internal static IResult Ok(JsonNode json) => Results.Text(json.ToJsonString(), "application/json");

    internal static IResult Error(string description, string? field = null, int status = 400, string code = "BAD_REQUEST_ERROR") =>
        Results.Text(
            new JsonObject
            {
                ["error"] = new JsonObject
                {
                    ["code"] = code,
                    ["description"] = description,
                    ["field"] = field,
                    ["source"] = status < 500 ? "business" : "internal",
                    ["step"] = "payment_initiation",
                    ["reason"] = status < 500 ? "input_validation_failed" : "server_error",
                    ["metadata"] = new JsonObject(),
                },
            }.ToJsonString(),
            "application/json",
            statusCode: status);

    internal static IResult Unknown() => Error("The id provided does not exist");

    private static JsonNode Notes(Dictionary<string, string> notes) =>
        notes.Count == 0 ? new JsonArray() : new JsonObject(notes.Select(note => KeyValuePair.Create(note.Key, (JsonNode?)note.Value)));

    private static int Query(HttpRequest request, string name, int otherwise, int least, int most) =>
        int.TryParse(request.Query[name], out var value) ? Math.Clamp(value, least, most) : otherwise;
}
