using Billing.Ledger;
using Billing.Orders;
using Billing.Prices;
using Billing.Tax;
using Database;

namespace Billing.Invoices;

/// <summary>Issues the receipt voucher for money that becomes a customer's credit (CGST Act s.31(3)(d), rule 50).</summary>
public sealed class IssueReceiptVoucher(Supplier supplier)
{
    /// <summary>
    /// Turns a captured payment into credit: issues the voucher, books the money (gateway receivable against the customer's wallet)
    /// and declares the GST inside it. A second voucher for the same payment throws.
    /// </summary>
    /// <param name="tx">The transaction that settles the payment.</param>
    /// <param name="order">The order it was meant for: gives the billing details, the place of supply and the rate.</param>
    /// <param name="amount">What was received, GST included.</param>
    /// <param name="paymentId">The gateway's payment id.</param>
    /// <param name="reason">Why it is credit and not an invoice, for the customer; at most 200 characters.</param>
    /// <param name="now">The instant (UTC).</param>
    public async Task<IssuedDocument> Run(Tx tx, SalesOrder order, Money amount, string paymentId, string reason, DateTimeOffset now)
    {
        if (amount.Paise <= 0) throw new ArgumentOutOfRangeException(nameof(amount), amount.Paise, "An advance is positive.");
        var orderLine = (await SalesOrder.Lines(tx, order.AccountId, order.Id))[0];
        var profile = await BillingProfile.Of(tx, order.AccountId, order.BillingProfileId);
        var (amounts, roundOff) = TaxSplit.Inclusive(amount.Paise, orderLine.RateBps, order.TaxNature);
        var draft = IssueDocument.By(supplier, profile.On(new InvoiceDocument
        {
            AccountId = order.AccountId,
            DocumentType = DocumentTypes.ReceiptVoucher,
            OrderId = order.Id.Value,
            Occasion = $"receipt:{paymentId}",
            Reason = reason.Length > 200 ? reason[..200] : reason,
            PlaceOfSupply = order.PlaceOfSupply,
            TaxNature = order.TaxNature,
            SupplyType = order.SupplyType,
            NetPaise = amounts.NetPaise,
            CgstPaise = amounts.CgstPaise,
            SgstPaise = amounts.SgstPaise,
            UtgstPaise = amounts.UtgstPaise,
            IgstPaise = amounts.IgstPaise,
            RoundOffPaise = roundOff,
            TotalPaise = amount.Paise,
            Currency = amount.Currency,
        }));
        var line = new InvoiceLine
        {
            Line = 1,
            AccountId = order.AccountId,
            ItemCode = "advance",
            Description = "Advance for hosting services",
            Sac = orderLine.Sac,
            RateBps = orderLine.RateBps,
            NetPaise = amounts.NetPaise,
            CgstPaise = amounts.CgstPaise,
            SgstPaise = amounts.SgstPaise,
            UtgstPaise = amounts.UtgstPaise,
            IgstPaise = amounts.IgstPaise,
        };
        var issued = await IssueDocument.Run(tx, supplier, draft, [line], now);
        await Journal.Post(
            tx,
            draft.Occasion,
            $"Credit, receipt voucher {issued.Number}",
            [
                new(LedgerAccount.GatewayReceivable, null, amount),
                new(LedgerAccount.CustomerWallet, order.AccountId, -amount),
                .. AdvanceTax.Declare(order.AccountId, supplier.Gstin, amounts),
            ],
            now);
        await IssueDocument.Mail(tx, "invoice.mail", draft, issued, now);
        return issued;
    }
}
