using Billing.Payments.Razorpay;
using Billing.Tax;
using Database;
using Database.Work;

namespace Billing.Payments;

/// <summary>
/// <c>refund.send</c>: asks the gateway for the refund and follows it until it is processed or failed. Our refund's id is the
/// idempotency key, so asking twice gives one refund.
/// </summary>
internal sealed class SendRefund(Db db, RazorpayClient razorpay, Supplier supplier) : IWorkHandler
{
    internal const string Command = "refund.send";
    private static readonly TimeSpan LooksAgain = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var refund = await db.One<Refund>(Refund.Sql.ById, new { Id = RefundId.From(context.Item.Resource) })
            ?? throw new InvalidOperationException($"The refund {context.Item.Resource} does not exist.");
        if (refund.EndedAt is not null) return new WorkOutcome.Done();
        var answer = refund.GatewayRefundId is { } known
            ? await razorpay.ReadRefund(known, context.Cancelled)
            : await razorpay.Refund(refund.PaymentId, refund.AmountPaise, refund.Id.Value, context.Cancelled);
        return answer switch
        {
            Answer<GatewayRefund>.Got got => After(refund, got.Value, context.Now),
            Answer<GatewayRefund>.Refused refused => await Refused(refund, refused.Error, context),
            Answer<GatewayRefund>.Unclear unclear => Later(refund, unclear.Trouble, context.Now),
            _ => throw new InvalidOperationException("Unknown answer of the gateway."),
        };
    }

    /// <summary>Brings a refund to what the gateway says of it: for the work, and for the gateway's events.</summary>
    internal static async Task Apply(Tx tx, Supplier supplier, Refund refund, GatewayRefund said, DateTimeOffset now)
    {
        await Refund.NotePending(tx, refund, said.Id);
        if (said.Status == "processed") await Refund.Complete(tx, refund, now);
        if (said.Status == "failed") await Refund.GiveUp(tx, supplier, refund, "The gateway reports the refund as failed.", now);
    }

    private WorkOutcome After(Refund refund, GatewayRefund said, DateTimeOffset now)
    {
        Task Same(Tx tx) => Apply(tx, supplier, refund, said, now);
        return said.Status is "processed" or "failed"
            ? new WorkOutcome.Done(Same)
            : new WorkOutcome.Again(now + LooksAgain, "waiting", "The bank has the refund.", Same);
    }

    // refused because somebody has given the money back in the gateway's dashboard: then it must not become credit too
    private async Task<WorkOutcome> Refused(Refund refund, GatewayError error, WorkContext context)
    {
        switch (await razorpay.Payment(refund.PaymentId, context.Cancelled))
        {
            case Answer<Payment>.Got { Value: var payment } when payment.Amount - payment.AmountRefunded < refund.AmountPaise:
                return new WorkOutcome.Done(tx => Refund.Complete(tx, refund, context.Now));
            case Answer<Payment>.Got:
                return new WorkOutcome.Failed(
                    "billing.payments.refund_refused", error.Description, tx => Refund.GiveUp(tx, supplier, refund, error.Description, context.Now));
            default:
                return Later(refund, error.Description, context.Now);
        }
    }

    private static WorkOutcome.Again Later(Refund refund, string trouble, DateTimeOffset now)
    {
        var age = now - refund.CreatedAt;
        var pause = age < TimeSpan.FromSeconds(2) ? TimeSpan.FromSeconds(2) : age < LongestPause ? age : LongestPause;
        return new WorkOutcome.Again(now + pause, "billing.payments.gateway_unclear", trouble);
    }
}
