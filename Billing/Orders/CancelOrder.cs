using Database;

namespace Billing.Orders;

/// <summary>Calls off an order that waits for its payment. Money that still arrives for it becomes credit or goes back.</summary>
public static class CancelOrder
{
    /// <summary>Cancels the order; false when it does not wait for a payment (any more), or is not this account's.</summary>
    public static async Task<bool> Run(Tx tx, string accountId, SalesOrderId id, DateTimeOffset now) =>
        await SalesOrder.Find(tx, accountId, id) is { State: SalesOrder.AwaitingPayment } order
            && await SalesOrder.Move(tx, order, SalesOrder.Cancelled, now);
}
