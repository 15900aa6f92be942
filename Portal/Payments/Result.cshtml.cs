using Billing.Orders;
using Billing.Payments;
using Database;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Portal.Access;
using Portal.Identity;

namespace Portal.Payments;

/// <summary>What became of the payments of an order; true at each reload, whoever told of them.</summary>
[Needs(Permissions.BillingPay, Resource = "orderId")]
internal sealed class ResultModel(Db db) : PageModel
{
    public SalesOrder Order { get; private set; } = new();

    /// <summary>How the customer came back: <c>paid</c>, <c>failed</c>, or not from the gateway.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Back { get; set; }

    /// <summary>Payments that did not pay the order.</summary>
    public IReadOnlyList<Settlement> Others { get; private set; } = [];

    public string? InvoiceId { get; private set; }

    public string? Failure { get; private set; }

    /// <summary>Where what was ordered is shown.</summary>
    public string Goal { get; private set; } = "/servers";

    public bool LooksAgain => Order.State == SalesOrder.AwaitingPayment && Back == "paid" && Others.Count == 0;

    public string Title => Order.State switch
    {
        SalesOrder.Paid => "Payment received",
        SalesOrder.AwaitingPayment when Back == "paid" => "Payment under way",
        SalesOrder.AwaitingPayment => "Payment not received",
        _ => "Your order",
    };

    public async Task<IActionResult> OnGet(string orderId)
    {
        var accountId = HttpContext.SignedIn().AccountId.Value;
        if (!Id.TryParse<SalesOrderId>(orderId, out var id) || await SalesOrder.Find(db, accountId, id) is not { } order) return NotFound();
        Order = order;
        var settled = await Settlement.OfOrder(db, accountId, id);
        InvoiceId = settled.FirstOrDefault(one => one.Kind == Settlement.Invoice)?.DocumentId
            ?? (await Billing.Invoices.InvoiceDocument.OfOrder(db, accountId, id.Value))?.Id.Value;
        Others = [.. settled.Where(one => one.Kind != Settlement.Invoice)];
        Failure = (await PaymentIntent.Newest(db, accountId, id))?.LastFailure;
        var resource = (await SalesOrder.Lines(db, accountId, id)).FirstOrDefault(line => line.WorkResource is not null)?.WorkResource;
        if (resource?.StartsWith("srv_", StringComparison.Ordinal) == true) Goal = $"/servers/{resource}";
        return Page();
    }
}
