using System.Text.Json;
using Billing.Payments.Razorpay;
using Billing.Tax;
using Database;
using Database.Work;

namespace Billing.Payments;

/// <summary>
/// <c>payment.event</c>: acts on one stored event. An event is a hint that something has happened to a payment or a refund; what has
/// happened is read from the gateway, so their order does not matter.
/// </summary>
internal sealed class ProcessEvent(Db db, RazorpayClient razorpay, PaymentCaptured captured, Supplier supplier) : IWorkHandler
{
    internal const string Command = "payment.event";

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var stored = await db.One<Stored>(Sql.Read, new { EventId = context.Item.Resource })
            ?? throw new InvalidOperationException($"The event {context.Item.Resource} is not in the inbox.");
        if (stored.State != "received") return new WorkOutcome.Done();
        using var json = Read(stored.Body);
        if (json is null) return Ended(context, "ignored", "unreadable", null);
        return stored.Event switch
        {
            "order.paid" or "payment.captured" or "payment.authorized" or "payment.failed" => await OfPayment(context, json.RootElement),
            "refund.created" or "refund.processed" or "refund.failed" or "refund.speed_changed" => await OfRefund(context, json.RootElement),
            _ when stored.Event.StartsWith("payment.dispute.", StringComparison.Ordinal) =>
                Ended(context, "ignored", "for_staff", PaymentIdIn(json.RootElement)),
            _ => Ended(context, "ignored", "not_used", null),
        };
    }

    public Task Exhausted(Tx tx, WorkItem item, DateTimeOffset now) =>
        tx.Execute(Sql.End, new { EventId = item.Resource, State = "failed", Reason = "gave_up", PaymentId = (string?)null, Now = now });

    private async Task<WorkOutcome> OfPayment(WorkContext context, JsonElement envelope)
    {
        if (PaymentIdIn(envelope) is not { } paymentId) return Ended(context, "ignored", "no_payment", null);
        return await captured.Look(paymentId, context.Cancelled) switch
        {
            Seen.Settled settled => Ended(context, "done", settled.Settlement.Kind, paymentId),
            Seen.NoMoney waiting => Ended(context, "done", waiting.Status, paymentId),
            Seen.NotOurs not => Ended(context, "ignored", not.Reason, paymentId),
            Seen.Unclear unclear => throw new GatewayUnclearException(unclear.Trouble),
            _ => throw new InvalidOperationException("Unknown look at a payment."),
        };
    }

    private async Task<WorkOutcome> OfRefund(WorkContext context, JsonElement envelope)
    {
        var refundId = GatewayJson.Entity(envelope, "refund") is { } told ? GatewayJson.Text(told, "id") : null;
        if (!GatewayId.IsRefund(refundId)) return Ended(context, "ignored", "no_refund", null);
        GatewayRefund said;
        switch (await razorpay.ReadRefund(refundId!, context.Cancelled))
        {
            case Answer<GatewayRefund>.Got got: said = got.Value; break;
            case Answer<GatewayRefund>.Unclear unclear: throw new GatewayUnclearException(unclear.Trouble);
            default: return Ended(context, "ignored", "unknown_refund", null);
        }

        var refund = await db.One<Refund>(Refund.Sql.ByGatewayId, new { GatewayRefundId = said.Id });
        if (refund is null && Id.TryParse<RefundId>(said.Receipt, out var id)) refund = await db.One<Refund>(Refund.Sql.ById, new { Id = id });
        if (refund is null || refund.PaymentId != said.PaymentId) return Ended(context, "ignored", "unknown_refund", said.PaymentId);
        return Ended(context, "done", said.Status, refund.PaymentId, tx => SendRefund.Apply(tx, supplier, refund, said, context.Now));
    }

    private static WorkOutcome.Done Ended(
        WorkContext context, string state, string reason, string? paymentId, Func<Tx, Task>? also = null) =>
        new(async tx =>
        {
            if (also is not null) await also(tx);
            await tx.Execute(Sql.End, new
            {
                EventId = context.Item.Resource,
                State = state,
                Reason = reason.Length > 60 ? reason[..60] : reason,
                PaymentId = paymentId,
                context.Now,
            });
        });

    private static string? PaymentIdIn(JsonElement envelope) =>
        GatewayJson.Entity(envelope, "payment") is { } payment && GatewayJson.Text(payment, "id") is { } id && GatewayId.IsPayment(id) ? id : null;

    private static JsonDocument? Read(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal sealed record Stored
    {
        public string Event { get; init; } = "";
        public byte[] Body { get; init; } = [];
        public string State { get; init; } = "";
    }

    internal static class Sql
    {
        public const string Read = "select Event, Body, State from WebhookInbox where EventId = @EventId";

        public const string End = """
            update WebhookInbox
            set State = @State, Reason = @Reason, PaymentId = @PaymentId, ProcessedAt = @Now
            where EventId = @EventId and State = 'received'
            """;
    }
}

/// <summary>The gateway gave no clear answer: the work is tried again with growing pauses.</summary>
internal sealed class GatewayUnclearException(string trouble) : Exception(trouble);
