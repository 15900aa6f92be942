using Microsoft.AspNetCore.Http;

namespace Billing.Payments.Sandbox;

/// <summary>Refunds with the gateway's idempotency: the same key gives the first refund, another body is a conflict.</summary>
internal sealed class SandboxRefunds(SandboxBook book, SandboxWebhooks webhooks, TimeProvider clock)
{
    internal IResult Refund(string paymentId, long? amount, string? receipt, Dictionary<string, string> notes, string? key)
    {
        IResult? refused = null;
        var isNew = false;
        var refund = book.Change(pages =>
        {
            if (!pages.Payments.TryGetValue(paymentId, out var payment))
            {
                refused = SandboxJson.Unknown();
                return null;
            }

            if (key is not null && pages.Refunds.Values.FirstOrDefault(one => one.Key == key) is { } before)
            {
                if (before.PaymentId == paymentId && (amount is null || before.Amount == amount)) return before;
                refused = SandboxJson.Error("Different request body for the same idempotency key", status: 409);
                return null;
            }

            var wanted = amount ?? payment.Amount - payment.AmountRefunded;
            if (!payment.Captured) refused = SandboxJson.Error("The payment status should be captured for action to be taken");
            else if (payment.Amount - payment.AmountRefunded == 0) refused = SandboxJson.Error("The payment has been fully refunded already");
            else if (wanted < 100) refused = SandboxJson.Error("The amount must be atleast INR 1.00", "amount");
            else if (wanted > payment.Amount - payment.AmountRefunded)
                refused = SandboxJson.Error("The total refund amount is greater than the refund payment amount", "amount");
            if (refused is not null) return null;
            var given = payment.AmountRefunded + wanted;
            pages.Payments[paymentId] = payment with { AmountRefunded = given, Status = given == payment.Amount ? "refunded" : payment.Status };
            isNew = true;
            var made = new SandboxRefund
            {
                Id = SandboxBook.NewId("rfnd"),
                PaymentId = paymentId,
                Amount = wanted,
                Currency = payment.Currency,
                Status = "pending",
                Receipt = receipt,
                Key = key,
                Notes = notes,
                CreatedAt = clock.GetUtcNow().ToUnixTimeSeconds(),
            };
            return pages.Refunds[made.Id] = made;
        });
        if (refund is null) return refused!;
        if (isNew)
        {
            webhooks.Emit(("refund.created", [("refund", refund.Json()), ("payment", PaymentOf(refund).Json())]));
            var becomes = book.Read(pages => pages.Knobs.Refunds);
            if (becomes != "pending") refund = Becomes(refund.Id, becomes) ?? refund;
            if (book.Take(knobs => knobs.LoseRefundAnswers, (knobs, left) => knobs with { LoseRefundAnswers = left }))
                return SandboxJson.Error("The server encountered an error", status: 502, code: "SERVER_ERROR");
        }

        return SandboxJson.Ok(refund.Json());
    }

    /// <summary>A pending refund is processed or fails; a failed one gives the payment its money back.</summary>
    internal SandboxRefund? Becomes(string refundId, string status)
    {
        var changed = book.Change(pages =>
        {
            if (!pages.Refunds.TryGetValue(refundId, out var refund) || refund.Status != "pending") return null;
            if (status == "failed")
            {
                var payment = pages.Payments[refund.PaymentId];
                pages.Payments[payment.Id] = payment with { AmountRefunded = payment.AmountRefunded - refund.Amount, Status = "captured" };
            }

            return pages.Refunds[refundId] = refund with { Status = status };
        });
        if (changed is not null) webhooks.Emit(($"refund.{status}", [("refund", changed.Json()), ("payment", PaymentOf(changed).Json())]));
        return changed;
    }

    private SandboxPayment PaymentOf(SandboxRefund refund) => book.Read(pages => pages.Payments[refund.PaymentId]);
}
