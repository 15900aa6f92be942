using Billing.Invoices;
using Billing.Ledger;
using Billing.Orders;
using Database;
using Database.Work;

namespace Billing.Subscriptions;

/// <summary>The input of <c>order.undeliverable</c>.</summary>
/// <param name="ServerId">What could not be delivered.</param>
/// <param name="OrderLineId">The paid line.</param>
/// <param name="Code">The stable code of the last trouble.</param>
/// <param name="Reason">For the customer and the credit note.</param>
public sealed record UndeliverableLine(string ServerId, string OrderLineId, string Code, string Reason);

/// <summary>
/// <c>order.undeliverable</c>: a paid order cannot be delivered. In one transaction and exactly once: full credit note, the money as
/// credit, its mail, the subscriptions ended, the stock back. The order's state is the guard.
/// </summary>
internal sealed class UndeliverableOrder(Db db, IssueCreditNote issueCreditNote) : IWorkHandler
{
    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var failed = context.Input<UndeliverableLine>();
        var orderId = await db.One<string>(Sql.OrderOf, new { Id = failed.OrderLineId });
        if (orderId is null)
            return new WorkOutcome.Failed("billing.subscriptions.unknown_line", $"There is no order line {failed.OrderLineId}.");
        var now = context.Now;
        return new WorkOutcome.Done(tx => Settle(tx, SalesOrderId.From(orderId), failed, now));
    }

    private async Task Settle(Tx tx, SalesOrderId orderId, UndeliverableLine failed, DateTimeOffset now)
    {
        var order = (await SalesOrder.OfAnyAccount(tx, orderId))!;
        if (order.State != SalesOrder.Paid || !await SalesOrder.Move(tx, order, SalesOrder.Undeliverable, now)) return;
        foreach (var subscription in await tx.Query<Subscription>(Sql.OfOrder, new { order.AccountId, OrderId = order.Id }))
        {
            await tx.Execute(Sql.End, new { subscription.AccountId, subscription.Id, Now = now });
            await ServerEnded.GiveBack(tx, subscription);
        }

        var invoice = await InvoiceDocument.OfOrder(tx, order.AccountId, order.Id.Value)
            ?? throw new InvalidOperationException($"The paid order {order.Id} has no invoice.");
        var note = await issueCreditNote.Run(tx, order.AccountId, invoice, $"Not delivered: {failed.Reason}", now);
        await Journal.Post(
            tx,
            $"undeliverable:{order.Id}",
            $"Credit for {note.Number}",
            [
                new(LedgerAccount.CustomerReceivable, order.AccountId, note.Total),
                new(LedgerAccount.CustomerWallet, order.AccountId, -note.Total),
            ],
            now);
    }

    internal static class Sql
    {
        public const string OrderOf = """
            -- all accounts: the worker knows the line, whoever it belongs to
            select OrderId
            from SalesOrderLine
            where Id = @Id
            """;

        public const string OfOrder = $"""
            select {Subscription.Sql.Columns}
            from Subscription
            where AccountId = @AccountId and OrderId = @OrderId
            """;

        public const string End = """
            update Subscription
            set State = 'ended', EndedAt = coalesce(EndedAt, @Now)
            where AccountId = @AccountId and Id = @Id
            """;
    }
}
