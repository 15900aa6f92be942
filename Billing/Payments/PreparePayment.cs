using Billing.Payments.Razorpay;
using Database;
using Database.Work;

namespace Billing.Payments;

/// <summary>
/// <c>payment.prepare</c>: gets the gateway's order for an intent. The gateway has no idempotency for orders: after a first question
/// whose answer got lost, the receipt tells whether the order is there.
/// </summary>
internal sealed class PreparePayment(Db db, RazorpayClient razorpay, TimeProvider clock) : IWorkHandler
{
    internal const string Command = "payment.prepare";
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var intent = await PaymentIntent.OfAnyAccount(db, PaymentIntentId.From(context.Item.Resource));
        if (intent is null or { GatewayOrderId: not null } or { ClosedAt: not null }) return new WorkOutcome.Done();
        var now = context.Now;
        switch (await Ask(intent, context.Cancelled))
        {
            case Answer<PaymentIntent>.Got:
                return new WorkOutcome.Done();
            case Answer<PaymentIntent>.Refused refused:
                return new WorkOutcome.Failed(
                    "billing.payments.gateway_refused", refused.Error.Description, tx => PaymentIntent.NoteFailure(tx, intent, refused.Error.Description));
            case Answer<PaymentIntent>.Unclear unclear:
                var age = now - intent.CreatedAt;
                var pause = age < LongestPause ? age : LongestPause;
                return new WorkOutcome.Again(now + (pause > TimeSpan.FromSeconds(2) ? pause : TimeSpan.FromSeconds(2)),
                    "billing.payments.gateway_unclear", unclear.Trouble);
            default:
                throw new InvalidOperationException("Unknown answer of the gateway.");
        }
    }

    /// <summary>Asks the gateway; twice at once is harmless, one of the two orders is kept and the other never shown.</summary>
    internal async Task<Answer<PaymentIntent>> Ask(PaymentIntent intent, CancellationToken cancelled)
    {
        var first = await db.Write(tx => tx.Execute(Sql.Asked, new { intent.AccountId, intent.Id, Now = clock.GetUtcNow() })) == 1;
        if (!first)
        {
            switch (await razorpay.OrdersWithReceipt(intent.Id.Value, cancelled))
            {
                case Answer<IReadOnlyList<GatewayOrder>>.Got { Value: [var found, ..] }: return await Adopt(intent, found);
                case Answer<IReadOnlyList<GatewayOrder>>.Unclear unclear: return new Answer<PaymentIntent>.Unclear(unclear.Trouble);
                default: break;
            }
        }

        var notes = new Dictionary<string, string> { ["order"] = intent.OrderId.Value };
        return await razorpay.CreateOrder(intent.AmountPaise, intent.Currency, intent.Id.Value, notes, cancelled) switch
        {
            Answer<GatewayOrder>.Got made => await Adopt(intent, made.Value),
            Answer<GatewayOrder>.Refused refused => new Answer<PaymentIntent>.Refused(refused.Error),
            Answer<GatewayOrder>.Unclear unclear => new Answer<PaymentIntent>.Unclear(unclear.Trouble),
            _ => throw new InvalidOperationException("Unknown answer of the gateway."),
        };
    }

    private async Task<Answer<PaymentIntent>> Adopt(PaymentIntent intent, GatewayOrder order)
    {
        if (order.Amount != intent.AmountPaise || order.Currency != intent.Currency)
        {
            return new Answer<PaymentIntent>.Refused(new GatewayError(
                200, "AMOUNT_DIFFERS", $"The gateway's order {order.Id} is over {order.Amount} {order.Currency}, not over {intent.Amount}."));
        }

        var now = clock.GetUtcNow();
        var args = new { intent.AccountId, intent.Id, GatewayOrderId = order.Id, NextPollAt = now + PollPayments.First };
        await db.Write(tx => tx.Execute(Sql.Adopt, args));
        return new Answer<PaymentIntent>.Got((await PaymentIntent.OfAnyAccount(db, intent.Id))!);
    }

    internal static class Sql
    {
        public const string Asked = """
            update PaymentIntent
            set AskedAt = @Now
            where AccountId = @AccountId and Id = @Id and AskedAt is null
            """;

        public const string Adopt = """
            update PaymentIntent
            set GatewayOrderId = @GatewayOrderId, State = 'open', NextPollAt = @NextPollAt
            where AccountId = @AccountId and Id = @Id and GatewayOrderId is null and ClosedAt is null
            """;
    }
}
