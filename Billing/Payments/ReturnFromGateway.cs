using Billing.Payments.Razorpay;
using Database;
using Database.Work;
using Microsoft.Extensions.Options;

namespace Billing.Payments;

/// <summary>
/// What the gateway's checkout posts through the customer's browser when it is done. The signature is checked against our own order
/// id; a good one adds <c>payment.settle</c>, so that the result need not wait for the event.
/// </summary>
public sealed class ReturnFromGateway(Db db, IOptions<RazorpayOptions> options, TimeProvider clock)
{
    /// <summary>Takes the post back; the intent it belongs to, or null when the signature does not hold.</summary>
    /// <param name="intentId">From our own callback address.</param>
    /// <param name="paymentId">As posted.</param>
    /// <param name="signature">As posted.</param>
    public async Task<PaymentIntent?> Run(string? intentId, string? paymentId, string? signature)
    {
        if (!Id.TryParse<PaymentIntentId>(intentId, out var id) || !GatewayId.IsPayment(paymentId)) return null;
        if (await PaymentIntent.OfAnyAccount(db, id) is not { GatewayOrderId: { } gatewayOrderId } intent) return null;
        if (!Signatures.CheckoutHolds(gatewayOrderId, paymentId!, signature, options.Value.KeySecret)) return null;
        var work = new NewWork(SettlePayment.Command, paymentId!)
        {
            AccountId = intent.AccountId,
            DedupKey = $"{SettlePayment.Command}:{paymentId}",
        };
        await db.Write(tx => WorkQueue.Add(tx, work, clock.GetUtcNow()));
        return intent;
    }
}

/// <summary><c>payment.settle</c>: looks at the payment that the customer came back with.</summary>
internal sealed class SettlePayment(PaymentCaptured captured) : IWorkHandler
{
    internal const string Command = "payment.settle";

    public async Task<WorkOutcome> Run(WorkContext context) => await captured.Look(context.Item.Resource, context.Cancelled) switch
    {
        Seen.Unclear unclear => throw new GatewayUnclearException(unclear.Trouble),
        Seen.NotOurs not => new WorkOutcome.Failed("billing.payments.not_ours", not.Reason),
        _ => new WorkOutcome.Done(),
    };
}
