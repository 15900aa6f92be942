using System.Text.Json.Nodes;
using Billing.Payments.Razorpay;

namespace Billing.Payments.Sandbox;

/// <summary>What a customer does on the checkout page.</summary>
internal sealed record PayWish
{
    /// <summary><c>upi</c>, <c>card</c> or <c>netbanking</c>.</summary>
    public string Method { get; init; } = "upi";

    /// <summary><c>captured</c>, <c>authorized</c> or <c>failed</c>.</summary>
    public string Outcome { get; init; } = "captured";

    /// <summary>Instead of the order's amount (paise).</summary>
    public long? Amount { get; init; }

    /// <summary>Pays although the order is paid: two customers' tabs at once.</summary>
    public bool Force { get; init; }

    /// <summary>When it is paid, for a history; null: now.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>The life of a payment: attempted, authorized, captured, refunded; with the events that tell of it.</summary>
internal sealed class SandboxPayments(SandboxOptions options, SandboxBook book, SandboxWebhooks webhooks, TimeProvider clock)
{
    // 2 per cent, and GST of 18 per cent on it; both in paise
    private const long FeeBps = 200;
    private const long TaxBps = 1800;

    internal SandboxPayment? Pay(string orderId, PayWish wish)
    {
        var knobs = book.Read(pages => pages.Knobs);
        var first = Attempt(orderId, wish, knobs);
        if (first is null) return null;
        if (first.Status == "failed" && knobs.CaptureAfterFailure) return Captured(first.Id);
        if (first.Captured && knobs.CaptureTwice) Attempt(orderId, wish with { Force = true }, knobs);
        return first;
    }

    /// <summary>What the checkout sends to the callback address.</summary>
    internal JsonObject Answer(SandboxPayment payment) => new()
    {
        ["razorpay_payment_id"] = payment.Id,
        ["razorpay_order_id"] = payment.OrderId,
        ["razorpay_signature"] = Signatures.OfCheckout(payment.OrderId, payment.Id, options.KeySecret),
    };

    internal SandboxPayment? Captured(string paymentId)
    {
        var done = book.Change(pages =>
        {
            if (!pages.Payments.TryGetValue(paymentId, out var payment) || payment.Captured) return null;
            return Capture(pages, payment);
        });
        if (done is null) return null;
        Tell(done, alreadyAuthorized: true);
        return done;
    }

    private SandboxPayment? Attempt(string orderId, PayWish wish, Knobs knobs)
    {
        var made = book.Change(pages =>
        {
            if (!pages.Orders.TryGetValue(orderId, out var order)) return null;
            if (order.Status == "paid" && !wish.Force) return null;
            var failed = wish.Outcome == "failed";
            pages.Orders[orderId] = order with { Attempts = order.Attempts + 1, Status = order.Status == "paid" ? "paid" : "attempted" };
            var payment = new SandboxPayment
            {
                Id = SandboxBook.NewId("pay"),
                OrderId = orderId,
                Amount = (wish.Amount ?? order.Amount) + knobs.WrongAmount,
                Currency = order.Currency,
                Method = wish.Method,
                Status = failed ? "failed" : "authorized",
                ErrorReason = failed ? "payment_failed" : null,
                Notes = order.Notes,
                CreatedAt = (wish.At ?? clock.GetUtcNow()).ToUnixTimeSeconds(),
            };
            pages.Payments[payment.Id] = payment;
            var holds = knobs.HoldCapture || wish.Outcome == "authorized" || !order.AutoCapture;
            return failed || holds ? payment : Capture(pages, payment);
        });
        if (made is not null) Tell(made, alreadyAuthorized: false);
        return made;
    }

    private static SandboxPayment Capture(SandboxBook.Pages pages, SandboxPayment payment)
    {
        var net = payment.Amount * FeeBps / 10000;
        var tax = net * TaxBps / 10000;
        var order = pages.Orders[payment.OrderId];
        pages.Orders[order.Id] = order with { Status = "paid", AmountPaid = order.Amount };
        return pages.Payments[payment.Id] = payment with
        {
            Status = "captured",
            Captured = true,
            ErrorReason = null,
            Fee = net + tax,
            Tax = tax,
        };
    }

    private void Tell(SandboxPayment payment, bool alreadyAuthorized)
    {
        (string, JsonObject)[] Payment() => [("payment", payment.Json())];
        if (payment.Status == "failed")
        {
            webhooks.Emit(("payment.failed", Payment()));
            return;
        }

        var authorized = ("payment.authorized", (payment with { Status = "authorized", Captured = false, Fee = null, Tax = null }).Json());
        if (!payment.Captured)
        {
            webhooks.Emit((authorized.Item1, [("payment", authorized.Item2)]));
            return;
        }

        var order = book.Read(pages => pages.Orders[payment.OrderId]);
        (string, (string, JsonObject)[])[] captured =
            [("payment.captured", Payment()), ("order.paid", [.. Payment(), ("order", order.Json())])];
        webhooks.Emit(alreadyAuthorized ? captured : [(authorized.Item1, [("payment", authorized.Item2)]), .. captured]);
    }
}
