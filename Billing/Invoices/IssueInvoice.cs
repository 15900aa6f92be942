using Billing.Ledger;
using Billing.Orders;
using Billing.Tax;
using Database;

namespace Billing.Invoices;

/// <summary>Issues the tax invoice of an order (CGST Act s.31, rule 46).</summary>
public sealed class IssueInvoice(Supplier supplier)
{
    /// <summary>
    /// Issues the invoice with the split that the order was placed with, books it (customer receivable against revenue and GST) and
    /// adds its printing and its mail. A second invoice for the same order throws.
    /// </summary>
    /// <param name="tx">The transaction of the event that makes the invoice due.</param>
    /// <param name="order">The order.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="periods">Each line's period (UTC, the end is no longer in it), in the order of the lines.</param>
    /// <param name="now">The instant (UTC); the date on the invoice is the day in India.</param>
    public async Task<IssuedDocument> Run(
        Tx tx, SalesOrder order, IReadOnlyList<SalesOrderLine> lines, IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> periods,
        DateTimeOffset now)
    {
        var profile = await BillingProfile.Of(tx, order.AccountId, order.BillingProfileId);
        var draft = IssueDocument.By(supplier, profile.On(new InvoiceDocument
        {
            AccountId = order.AccountId,
            DocumentType = DocumentTypes.Invoice,
            OrderId = order.Id.Value,
            Occasion = $"invoice:{order.Id}",
            PlaceOfSupply = order.PlaceOfSupply,
            TaxNature = order.TaxNature,
            SupplyType = order.SupplyType,
            NetPaise = order.NetPaise,
            CgstPaise = order.CgstPaise,
            SgstPaise = order.SgstPaise,
            UtgstPaise = order.UtgstPaise,
            IgstPaise = order.IgstPaise,
            TotalPaise = order.TotalPaise,
            Currency = order.Currency,
        }));
        var documentLines = lines.Select((line, i) => new InvoiceLine
        {
            Line = line.Position,
            AccountId = line.AccountId,
            ItemCode = line.ItemCode,
            Description = line.Description,
            PeriodFrom = Ist.Date(periods[i].From),
            PeriodTo = Ist.Date(periods[i].To.AddTicks(-1)),
            Sac = line.Sac,
            RateBps = line.RateBps,
            NetPaise = line.NetPaise,
            CgstPaise = line.CgstPaise,
            SgstPaise = line.SgstPaise,
            UtgstPaise = line.UtgstPaise,
            IgstPaise = line.IgstPaise,
        }).ToList();
        if (TaxAmounts.Sum(documentLines.Select(line => line.Amounts)) != draft.Amounts)
            throw new InvalidOperationException($"The lines of {order.Id} do not add up to its totals.");

        var issued = await IssueDocument.Run(tx, supplier, draft, documentLines, now);
        await Journal.Post(
            tx,
            draft.Occasion,
            $"Invoice {issued.Number}",
            [
                new(LedgerAccount.CustomerReceivable, order.AccountId, issued.Total),
                new(LedgerAccount.Revenue, null, -draft.Net),
                .. IssueDocument.Output(supplier.Gstin, draft.Amounts),
            ],
            now);
        await IssueDocument.Mail(tx, "invoice.mail", draft, issued, now);
        return issued;
    }
}
