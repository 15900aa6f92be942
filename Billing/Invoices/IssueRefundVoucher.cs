using Billing.Ledger;
using Billing.Prices;
using Billing.Tax;
using Database;

namespace Billing.Invoices;

/// <summary>How giving an advance back ended.</summary>
public abstract record RefundVoucherOutcome
{
    private RefundVoucherOutcome()
    {
    }

    /// <summary>The money now stands in refunds payable.</summary>
    public sealed record Issued(IssuedDocument Document) : RefundVoucherOutcome;

    /// <summary>The customer has spent some of it.</summary>
    public sealed record AlreadySpent(Money Left) : RefundVoucherOutcome;
}

/// <summary>Issues the refund voucher for an advance that is given back whole (CGST Act s.31(3)(e), rule 51).</summary>
public sealed class IssueRefundVoucher(Supplier supplier)
{
    /// <summary>Takes the advance out of the customer's credit, undoes its GST and owes the money (refunds payable).</summary>
    /// <param name="tx">The transaction that decides the refund.</param>
    /// <param name="accountId">The customer's account.</param>
    /// <param name="receipt">The receipt voucher.</param>
    /// <param name="reason">As printed, at most 200 characters.</param>
    /// <param name="now">The instant (UTC).</param>
    public async Task<RefundVoucherOutcome> Run(Tx tx, string accountId, InvoiceDocument receipt, string reason, DateTimeOffset now)
    {
        if (receipt.DocumentType != DocumentTypes.ReceiptVoucher || receipt.AccountId != accountId)
            throw new ArgumentException($"{receipt.Number} is no receipt voucher of {accountId}.", nameof(receipt));
        var balance = await Wallet.Hold(tx, accountId);
        var declared = await AdvanceTax.Declared(tx, accountId, receipt.SupplierGstin);
        if (balance < receipt.Total || !Covers(declared, receipt.Amounts)) return new RefundVoucherOutcome.AlreadySpent(balance);

        var lines = await InvoiceDocument.Lines(tx, accountId, receipt.Id);
        var draft = IssueCreditNote.Mirror(receipt, DocumentTypes.RefundVoucher, $"refund_voucher:{receipt.Id}", reason);
        var issued = await IssueDocument.Run(tx, supplier, draft, lines, now);
        await Journal.Post(
            tx,
            draft.Occasion,
            $"Refund voucher {issued.Number} for {receipt.Number}",
            [
                new(LedgerAccount.CustomerWallet, accountId, issued.Total),
                new(LedgerAccount.RefundsPayable, accountId, -issued.Total),
                .. AdvanceTax.Declare(accountId, receipt.SupplierGstin, receipt.Amounts).Select(line => line with { Amount = -line.Amount }),
            ],
            now);
        await IssueDocument.Mail(tx, "invoice.mail", draft, issued, now);
        return new RefundVoucherOutcome.Issued(issued);
    }

    private static bool Covers(TaxAmounts declared, TaxAmounts wanted) =>
        declared.CgstPaise >= wanted.CgstPaise && declared.SgstPaise >= wanted.SgstPaise
            && declared.UtgstPaise >= wanted.UtgstPaise && declared.IgstPaise >= wanted.IgstPaise;
}
