using Billing.Invoices;
using Billing.Orders;
using Billing.Prices;
using Billing.Tax;
using Database;
using Database.Audit;
using Microsoft.Extensions.Options;

namespace Billing.Payments.Razorpay;

/// <summary>What came of looking at a payment.</summary>
internal abstract record Seen
{
    private Seen()
    {
    }

    /// <summary>Its money is settled: by this look or by an earlier one.</summary>
    internal sealed record Settled(Settlement Settlement) : Seen;

    /// <summary>No money has come (yet).</summary>
    internal sealed record NoMoney(string Status) : Seen;

    /// <summary>It belongs to no intent of ours: another application shares the gateway's account, or the data is gone.</summary>
    internal sealed record NotOurs(string Reason) : Seen;

    /// <summary>The gateway gave no clear answer; look again.</summary>
    internal sealed record Unclear(string Trouble) : Seen;
}

/// <summary>
/// Settles a captured payment exactly once, however often and from wherever it is told: events, the poll and the customer's return
/// all end here. What they tell is a hint; the payment is read from the gateway again before money is booked. The row in
/// GatewayPayment, the order, the invoice, the postings and the work to deliver are one transaction.
/// </summary>
internal sealed class PaymentCaptured(
    Db db, RazorpayClient razorpay, Supplier supplier, IOptions<PaymentOptions> options, TimeProvider clock)
{
    private readonly SettleOrder settleOrder = new(supplier);
    private readonly IssueReceiptVoucher issueVoucher = new(supplier);

    internal async Task<Seen> Look(string paymentId, CancellationToken cancelled)
    {
        switch (await razorpay.Payment(paymentId, cancelled))
        {
            case Answer<Payment>.Got got: return await Look(got.Value, cancelled);
            case Answer<Payment>.Refused refused: return new Seen.NotOurs(refused.Error.Status == 400 ? "unknown_payment" : "refused");
            case Answer<Payment>.Unclear unclear: return new Seen.Unclear(unclear.Trouble);
            default: throw new InvalidOperationException("Unknown answer of the gateway.");
        }
    }

    /// <summary>Settles a payment that has just been read from the gateway.</summary>
    internal async Task<Seen> Look(Payment payment, CancellationToken cancelled)
    {
        PaymentIntent intent;
        switch (await IntentOf(payment, cancelled))
        {
            case Answer<PaymentIntent?>.Got { Value: { } ours }: intent = ours; break;
            case Answer<PaymentIntent?>.Unclear unclear: return new Seen.Unclear(unclear.Trouble);
            default: return new Seen.NotOurs("unknown_order");
        }

        if (payment.Status == "authorized" && !payment.HasMoney && payment.Amount == intent.AmountPaise)
        {
            switch (await razorpay.Capture(payment.Id, payment.Amount, payment.Currency, cancelled))
            {
                case Answer<Payment>.Got captured: payment = captured.Value; break;
                // refused: captured meanwhile, or gone for good; the next look tells
                case Answer<Payment>.Refused: return new Seen.NoMoney("authorized");
                case Answer<Payment>.Unclear unclear: return new Seen.Unclear(unclear.Trouble);
                default: throw new InvalidOperationException("Unknown answer of the gateway.");
            }
        }

        if (!payment.HasMoney)
        {
            if (payment.ErrorDescription is { } failure && intent.ClosedAt is null) await db.Write(tx => PaymentIntent.NoteFailure(tx, intent, failure));
            return new Seen.NoMoney(payment.Status);
        }

        return new Seen.Settled(await db.Write(tx => Settle(tx, intent, payment, clock.GetUtcNow())));
    }

    private async Task<Settlement> Settle(Tx tx, PaymentIntent intent, Payment payment, DateTimeOffset now)
    {
        // the intent's row is the lock: two payments of one order, or two tellers of one payment, come one after the other
        await tx.Execute(Sql.Lock, new { intent.AccountId, intent.Id });
        if (await Settlement.Of(tx, payment.Id) is { } before)
        {
            await GatewayFee.Post(tx, before, payment, now);
            return before;
        }

        var order = await SalesOrder.OfAnyAccount(tx, intent.OrderId)
            ?? throw new InvalidOperationException($"The order {intent.OrderId} of the intent {intent.Id} does not exist.");
        var received = new Money(payment.Amount - payment.AmountRefunded, payment.Currency);
        var rules = options.Value;
        string? documentId = null;
        var decision = SettlementRule.OfMoney(intent.AmountPaise, intent.Currency, received.Paise, received.Currency, rules);
        if (decision is null)
        {
            (var answer, documentId) = await Ask(tx, order, payment, now);
            decision = SettlementRule.OfOrder(answer, rules);
        }

        if (decision is Decision.Wallet)
        {
            var voucher = await issueVoucher.Run(tx, order, received, payment.Id, SettlementRule.Words(decision.Reason), now);
            documentId = voucher.Id.Value;
        }

        var settlement = new Settlement
        {
            Id = payment.Id,
            IntentId = intent.Id,
            OrderId = intent.OrderId,
            AccountId = intent.AccountId,
            AmountPaise = received.Paise,
            Currency = payment.Currency,
            Method = payment.Method.Length is > 0 and <= 30 ? payment.Method : "unknown",
            Kind = decision switch { Decision.Invoice => Settlement.Invoice, Decision.Wallet => Settlement.Wallet, _ => Settlement.Refund },
            Reason = decision.Reason,
            DocumentId = documentId,
            PaidAt = payment.CreatedAt == default ? now : payment.CreatedAt,
            SettledAt = now,
        };
        await Settlement.Insert(tx, settlement);
        await tx.Record(
            new AuditEvent("payments.settled")
            {
                AccountId = settlement.AccountId,
                Resource = settlement.Id,
                After = new { OrderId = settlement.OrderId.Value, settlement.AmountPaise, settlement.Currency, settlement.Method, As = settlement.Kind, settlement.Reason },
            },
            now);
        if (decision is Decision.Refund) await Refund.Want(tx, settlement, received, now);
        if (decision is Decision.Invoice) await PaymentIntent.Close(tx, intent, PaymentIntent.Paid, now);
        await GatewayFee.Post(tx, settlement, payment, now);
        return settlement;
    }

    private async Task<(OrderAnswer Answer, string? DocumentId)> Ask(Tx tx, SalesOrder order, Payment payment, DateTimeOffset now) =>
        await settleOrder.Run(tx, order, new PaidWith.Gateway(payment.Id), now) switch
        {
            SettleOutcome.Settled settled => (OrderAnswer.Taken, settled.Invoice.Id.Value),
            SettleOutcome.SoldOut => (OrderAnswer.SoldOut, null),
            SettleOutcome.NotPayable not => (SettlementRule.OfState(not.State), null),
            _ => throw new InvalidOperationException("Unknown outcome of a settlement."),
        };

    // an order whose creation was never answered is known by its receipt alone
    private async Task<Answer<PaymentIntent?>> IntentOf(Payment payment, CancellationToken cancelled)
    {
        if (payment.OrderId is not { } orderId || !GatewayId.IsOrder(orderId)) return new Answer<PaymentIntent?>.Got(null);
        if (await PaymentIntent.OfGatewayOrder(db, orderId) is { } intent) return new Answer<PaymentIntent?>.Got(intent);
        return await razorpay.Order(orderId, cancelled) switch
        {
            Answer<GatewayOrder>.Got got when Id.TryParse<PaymentIntentId>(got.Value.Receipt, out var id) =>
                new Answer<PaymentIntent?>.Got(await PaymentIntent.OfAnyAccount(db, id)),
            Answer<GatewayOrder>.Unclear unclear => new Answer<PaymentIntent?>.Unclear(unclear.Trouble),
            _ => new Answer<PaymentIntent?>.Got(null),
        };
    }

    internal static class Sql
    {
        public const string Lock = "update PaymentIntent set State = State where AccountId = @AccountId and Id = @Id";
    }
}
