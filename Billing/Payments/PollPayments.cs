using Billing.Orders;
using Billing.Payments.Razorpay;
using Database;
using Database.Work;
using Microsoft.Extensions.Options;

namespace Billing.Payments;

/// <summary>
/// <c>payment.poll</c>: the second channel beside the events. Asks the gateway for the payments of each intent, soon after it was made
/// and ever more rarely for a day, paid ones too, since an order can be paid twice. Closes the intents of expired orders.
/// </summary>
internal sealed class PollPayments(
    Db db, RazorpayClient razorpay, PaymentCaptured captured, IOptions<PaymentOptions> options, TimeProvider clock) : IWorkHandler
{
    internal const string Command = "payment.poll";
    private const int Most = 50;

    /// <summary>From the gateway's order to the first poll.</summary>
    internal static readonly TimeSpan First = TimeSpan.FromSeconds(30);

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var now = context.Now;
        await CloseExpired(now);
        var due = await db.Query<PaymentIntent>(Sql.Due, new { Now = now, First = 1, Last = Most });
        foreach (var intent in due)
        {
            context.Cancelled.ThrowIfCancellationRequested();
            var clear = await Look(intent, context.Cancelled);
            await db.Write(tx => tx.Execute(Sql.Polled, new { intent.AccountId, intent.Id, NextPollAt = Next(intent.CreatedAt, clock.GetUtcNow(), clear) }));
        }

        var again = due.Count == Most ? now : now + options.Value.PollEvery;
        return new WorkOutcome.Again(again, "waiting", $"Asked for {due.Count} payments.");
    }

    /// <summary>Half a minute apart in the first ten minutes, five minutes in the first two hours, half an hour until the day is over.</summary>
    internal static DateTimeOffset? Next(DateTimeOffset createdAt, DateTimeOffset now, bool clear) => (now - createdAt) switch
    {
        var age when age < TimeSpan.FromMinutes(10) => now + TimeSpan.FromSeconds(30),
        var age when age < TimeSpan.FromHours(2) => now + TimeSpan.FromMinutes(5),
        var age when age < TimeSpan.FromHours(26) || !clear => now + TimeSpan.FromMinutes(30),
        _ => null,
    };

    /// <summary>Looks at all payments of the intent; false when the gateway was unclear about one of them.</summary>
    internal async Task<bool> Look(PaymentIntent intent, CancellationToken cancelled)
    {
        if (intent.GatewayOrderId is not { } orderId) return true;
        if (await razorpay.PaymentsOf(orderId, cancelled) is not Answer<IReadOnlyList<Payment>>.Got payments) return false;
        var clear = true;
        foreach (var payment in payments.Value.OrderBy(one => one.CreatedAt))
            clear &= await captured.Look(payment, cancelled) is not Seen.Unclear;
        return clear;
    }

    private async Task CloseExpired(DateTimeOffset now)
    {
        foreach (var intent in await db.Query<Ended>(Sql.OfEndedOrders, new { First = 1, Last = Most }))
        {
            var state = intent.OrderState switch
            {
                SalesOrder.Expired => PaymentIntent.Expired,
                SalesOrder.Paid or SalesOrder.Undeliverable => PaymentIntent.Paid,
                _ => PaymentIntent.Cancelled,
            };
            await db.Write(tx => PaymentIntent.Close(tx, new PaymentIntent { Id = intent.Id, AccountId = intent.AccountId }, state, now));
        }
    }

    internal sealed record Ended
    {
        public PaymentIntentId Id { get; init; }
        public string AccountId { get; init; } = "";
        public string OrderState { get; init; } = "";
    }

    internal static class Sql
    {
        public const string Due = $"""
            -- all accounts: the worker serves everybody
            select {PaymentIntent.Sql.Columns}
            from (
                select {PaymentIntent.Sql.Columns}, row_number() over (order by NextPollAt, Id) as Position
                from PaymentIntent
                where NextPollAt <= @Now
            ) due
            where Position between @First and @Last
            order by Position
            """;

        public const string OfEndedOrders = """
            -- all accounts: the worker serves everybody
            select Id, AccountId, OrderState
            from (
                select i.Id, i.AccountId, o.State as OrderState, row_number() over (order by i.Id) as Position
                from PaymentIntent i
                join SalesOrder o on o.Id = i.OrderId
                where i.ClosedAt is null and o.State <> 'awaiting_payment'
            ) ended
            where Position between @First and @Last
            """;

        public const string Polled = """
            update PaymentIntent
            set NextPollAt = @NextPollAt
            where AccountId = @AccountId and Id = @Id
            """;
    }
}
