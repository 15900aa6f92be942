using Billing.Orders;
using Billing.Payments.Razorpay;
using Database;
using Database.Audit;
using Database.Work;
using Microsoft.Extensions.Options;

namespace Billing.Payments;

/// <summary>What the pay page's form posts to the gateway's hosted checkout.</summary>
/// <param name="Address">Where the form goes.</param>
/// <param name="KeyId">The public half of the key.</param>
/// <param name="GatewayOrderId">The gateway's order.</param>
/// <param name="DisplayName">The provider's name.</param>
/// <param name="Intent">Our side of it.</param>
public sealed record Checkout(Uri Address, string KeyId, string GatewayOrderId, string DisplayName, PaymentIntent Intent);

/// <summary>How starting a payment ended.</summary>
public abstract record PaymentStart
{
    private PaymentStart()
    {
    }

    /// <summary>The customer can go to the gateway.</summary>
    public sealed record Ready(SalesOrder Order, Checkout Checkout) : PaymentStart;

    /// <summary>The gateway has not answered yet; background work goes on asking, look again in a moment.</summary>
    public sealed record Preparing(SalesOrder Order) : PaymentStart;

    /// <summary>There is nothing to pay any more: paid, expired, cancelled or undeliverable, as the order's state says.</summary>
    public sealed record NothingToPay(SalesOrder Order) : PaymentStart;

    /// <summary>The account has no such order.</summary>
    public sealed record UnknownOrder : PaymentStart;
}

/// <summary>
/// Makes an order payable: the intent is written first, then the gateway is asked for its order, for a few seconds only. What the
/// page could not wait for is done by <c>payment.prepare</c>.
/// </summary>
public sealed class StartPayment
{
    private static readonly TimeSpan WorkSteppingIn = TimeSpan.FromSeconds(10);
    private readonly Db db;
    private readonly PreparePayment prepare;
    private readonly RazorpayOptions options;
    private readonly TimeProvider clock;

    internal StartPayment(Db db, PreparePayment prepare, IOptions<RazorpayOptions> options, TimeProvider clock) =>
        (this.db, this.prepare, this.options, this.clock) = (db, prepare, options.Value, clock);

    /// <summary>Makes the customer's order payable, as often as asked; there is one open intent an order.</summary>
    public async Task<PaymentStart> Run(string accountId, SalesOrderId orderId, CancellationToken cancelled)
    {
        var order = await SalesOrder.Find(db, accountId, orderId);
        if (order is null) return new PaymentStart.UnknownOrder();
        if (order.State != SalesOrder.AwaitingPayment) return new PaymentStart.NothingToPay(order);
        var intent = await PaymentIntent.Newest(db, accountId, orderId);
        if (intent is null or { ClosedAt: not null })
        {
            intent = await db.Write(tx => Intend(tx, accountId, orderId, clock.GetUtcNow()));
            if (intent is null) return new PaymentStart.NothingToPay((await SalesOrder.Find(db, accountId, orderId))!);
        }

        if (intent.GatewayOrderId is null) intent = await Prepared(intent, cancelled);
        return intent.GatewayOrderId is { } gatewayOrderId
            ? new PaymentStart.Ready(order, new Checkout(new Uri(options.CheckoutUrl), options.KeyId, gatewayOrderId, options.DisplayName, intent))
            : new PaymentStart.Preparing(order);
    }

    /// <summary>
    /// Writes the intent of an order that waits for its payment, and the work that prepares it, in the caller's transaction.
    /// </summary>
    /// <returns>The open intent, new or not; null when the order does not wait for a payment.</returns>
    public static async Task<PaymentIntent?> Intend(Tx tx, string accountId, SalesOrderId orderId, DateTimeOffset now)
    {
        if (await tx.One<PaymentIntent>(Sql.OpenOne, new { AccountId = accountId, OrderId = orderId }) is { } open) return open;
        if (await SalesOrder.Find(tx, accountId, orderId) is not { State: SalesOrder.AwaitingPayment } order) return null;
        var intent = new PaymentIntent
        {
            Id = Id.New<PaymentIntentId>(now),
            OrderId = orderId,
            AccountId = accountId,
            AmountPaise = order.TotalPaise,
            Currency = order.Currency,
            State = PaymentIntent.Preparing,
            CreatedAt = now,
        };
        await tx.Execute(Sql.Insert, new
        {
            intent.Id, intent.OrderId, intent.AccountId, intent.AmountPaise, intent.Currency, intent.State, intent.CreatedAt,
        });
        await WorkQueue.Add(
            tx,
            new NewWork(PreparePayment.Command, intent.Id.Value)
            {
                AccountId = accountId,
                NotBefore = now + WorkSteppingIn,
                DedupKey = $"{PreparePayment.Command}:{intent.Id}",
            },
            now);
        await tx.Record(
            new AuditEvent("payments.started")
            {
                AccountId = accountId, Resource = intent.Id.Value, After = new { OrderId = orderId.Value, intent.AmountPaise, intent.Currency },
            },
            now);
        return intent;
    }

    private async Task<PaymentIntent> Prepared(PaymentIntent intent, CancellationToken cancelled)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        patience.CancelAfter(options.PageWait);
        try
        {
            return await prepare.Ask(intent, patience.Token) is Answer<PaymentIntent>.Got got ? got.Value : intent;
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            return intent;
        }
    }

    internal static class Sql
    {
        public const string OpenOne = $"""
            select {PaymentIntent.Sql.Columns}
            from PaymentIntent
            where AccountId = @AccountId and OrderId = @OrderId and ClosedAt is null
            """;

        public const string Insert = """
            insert into PaymentIntent (Id, OrderId, AccountId, AmountPaise, Currency, State, CreatedAt)
            values (@Id, @OrderId, @AccountId, @AmountPaise, @Currency, @State, @CreatedAt)
            """;
    }
}
