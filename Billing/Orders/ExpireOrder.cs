using Database;
using Database.Work;

namespace Billing.Orders;

/// <summary><c>order.expire</c>: an order that nobody paid in time can no longer be paid. A later payment becomes credit.</summary>
internal sealed class ExpireOrder(Db db) : IWorkHandler
{
    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var id = SalesOrderId.From(context.Item.Resource);
        var order = await db.One<SalesOrder>(SalesOrder.Sql.OfAnyAccount, new { Id = id });
        if (order is not { State: SalesOrder.AwaitingPayment }) return new WorkOutcome.Done();
        if (context.Now < order.ExpiresAt) return new WorkOutcome.Again(order.ExpiresAt, "waiting", "Not yet due.");
        return new WorkOutcome.Done(async tx => await SalesOrder.Move(tx, order, SalesOrder.Expired, context.Now));
    }
}
