using Billing.Invoices;
using Billing.Ledger;
using Billing.Prices;
using Billing.Subscriptions;
using Billing.Tax;
using Database;

namespace Billing.Orders;

/// <summary>What an order was paid with.</summary>
public abstract record PaidWith
{
    private PaidWith()
    {
    }

    /// <summary>A payment that the gateway captured, of exactly the order's total.</summary>
    public sealed record Gateway(string PaymentId) : PaidWith;

    /// <summary>The customer's credit; the caller holds the wallet and knows its balance.</summary>
    internal sealed record Credit(Money Balance) : PaidWith;
}

/// <summary>How settling an order ended.</summary>
public abstract record SettleOutcome
{
    private SettleOutcome()
    {
    }

    /// <summary>Paid, invoiced, booked; its work is added.</summary>
    public sealed record Settled(IssuedDocument Invoice, DateTimeOffset? PromisedAt) : SettleOutcome;

    /// <summary>None was left: the order is cancelled, nothing is booked, the money must be settled otherwise.</summary>
    public sealed record SoldOut(string ItemCode, string Region) : SettleOutcome;

    /// <summary>It no longer waits for a payment; nothing is booked, the money must be settled otherwise.</summary>
    /// <param name="State">What it is instead, e.g. <c>expired</c>.</param>
    public sealed record NotPayable(string State) : SettleOutcome;
}

/// <summary>
/// Makes an order paid, in the caller's transaction: takes the stock, issues the invoice, books the money, starts the subscriptions
/// with their work. All of it or nothing.
/// </summary>
public sealed class SettleOrder(Supplier supplier)
{
    private readonly IssueInvoice issueInvoice = new(supplier);

    /// <summary>Settles the order. The caller has compared the amount with <see cref="SalesOrder.Total"/>.</summary>
    /// <param name="tx">The transaction that settles the payment.</param>
    /// <param name="order">The order as read in this transaction.</param>
    /// <param name="means">Where the money came from.</param>
    /// <param name="now">The instant (UTC).</param>
    public async Task<SettleOutcome> Run(Tx tx, SalesOrder order, PaidWith means, DateTimeOffset now)
    {
        if (order.State != SalesOrder.AwaitingPayment) return new SettleOutcome.NotPayable(order.State);
        var lines = await SalesOrder.Lines(tx, order.AccountId, order.Id);
        var promisedAt = lines.Max(line => line.PromisedSeconds) is { } seconds ? now.AddSeconds(seconds) : (DateTimeOffset?)null;
        if (!await SalesOrder.Move(tx, order, SalesOrder.Paid, now, now, promisedAt))
            return new SettleOutcome.NotPayable((await SalesOrder.Find(tx, order.AccountId, order.Id))!.State);
        if (await SoldOut(tx, lines) is { } missing)
        {
            await SalesOrder.Move(tx, order with { State = SalesOrder.Paid }, SalesOrder.Cancelled, now);
            return missing;
        }

        var periods = new List<(DateTimeOffset From, DateTimeOffset To)>();
        foreach (var line in lines) periods.Add(await PeriodOf(tx, line, now));
        for (var i = 0; i < lines.Count; i++) await StartSubscription.Run(tx, lines[i], periods[i], now);
        var invoice = await issueInvoice.Run(tx, order, lines, periods, now);
        await Book(tx, order, means, invoice, now);
        return new SettleOutcome.Settled(invoice, promisedAt);
    }

    private static async Task<(DateTimeOffset From, DateTimeOffset To)> PeriodOf(Tx tx, SalesOrderLine line, DateTimeOffset now)
    {
        if (line.SubscriptionId is null) return (now, Period.After(now, 1));
        var renewed = await tx.One<Subscription>(Subscription.Sql.ById, new { line.AccountId, Id = line.SubscriptionId })
            ?? throw new InvalidOperationException($"The line {line.Id} renews {line.SubscriptionId}, which does not exist.");
        return (renewed.PeriodEnd, Period.Next(renewed.StartedAt, renewed.PeriodEnd));
    }

    private static async Task<SettleOutcome.SoldOut?> SoldOut(Tx tx, IReadOnlyList<SalesOrderLine> lines)
    {
        var taken = new List<SalesOrderLine>();
        foreach (var line in lines.Where(line => line.Counted && line.SubscriptionId is null))
        {
            if (await Stock.Take(tx, line.ItemCode, line.Region))
            {
                taken.Add(line);
                continue;
            }

            foreach (var earlier in taken) await Stock.GiveBack(tx, earlier.ItemCode, earlier.Region);
            return new SettleOutcome.SoldOut(line.ItemCode, line.Region);
        }

        return null;
    }

    private async Task Book(Tx tx, SalesOrder order, PaidWith means, IssuedDocument invoice, DateTimeOffset now)
    {
        var (occasion, description, debits) = means switch
        {
            PaidWith.Gateway gateway => (
                $"payment:{gateway.PaymentId}",
                $"Payment for {invoice.Number}",
                (IEnumerable<PostingLine>)[new PostingLine(LedgerAccount.GatewayReceivable, null, order.Total)]),
            PaidWith.Credit credit => (
                $"credit:{order.Id}",
                $"Credit used for {invoice.Number}",
                [
                    new PostingLine(LedgerAccount.CustomerWallet, order.AccountId, order.Total),
                    .. await AdvanceTax.SetOff(tx, order.AccountId, supplier.Gstin, order.Total, credit.Balance),
                ]),
            _ => throw new ArgumentOutOfRangeException(nameof(means), means, "Unknown means of payment."),
        };
        await Journal.Post(
            tx, occasion, description, [.. debits, new(LedgerAccount.CustomerReceivable, order.AccountId, -order.Total)], now);
    }
}
