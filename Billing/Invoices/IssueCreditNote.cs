using Billing.Ledger;
using Billing.Tax;
using Database;

namespace Billing.Invoices;

/// <summary>Issues a full credit note against an invoice (CGST Act s.34, rule 53(1A)).</summary>
public sealed class IssueCreditNote(Supplier supplier)
{
    /// <summary>
    /// Issues a note that mirrors the invoice line by line and books the reverse of it: the customer receivable is credited, the
    /// caller says where that money goes. An invoice has at most one note.
    /// </summary>
    /// <param name="tx">The transaction of the event that takes the invoice back.</param>
    /// <param name="accountId">The customer's account.</param>
    /// <param name="original">The invoice.</param>
    /// <param name="reason">As printed, at most 200 characters.</param>
    /// <param name="now">The instant (UTC).</param>
    public async Task<IssuedDocument> Run(Tx tx, string accountId, InvoiceDocument original, string reason, DateTimeOffset now)
    {
        if (original.DocumentType != DocumentTypes.Invoice || original.AccountId != accountId)
            throw new ArgumentException($"{original.Number} is no invoice of {accountId}.", nameof(original));
        var lines = await InvoiceDocument.Lines(tx, accountId, original.Id);
        var draft = Mirror(original, DocumentTypes.CreditNote, $"credit_note:{original.Id}", reason);
        var issued = await IssueDocument.Run(tx, supplier, draft, lines, now);
        await Journal.Post(
            tx,
            draft.Occasion,
            $"Credit note {issued.Number} for {original.Number}",
            [
                new(LedgerAccount.CustomerReceivable, accountId, -issued.Total),
                new(LedgerAccount.Revenue, null, draft.Net),
                .. IssueDocument.Output(original.SupplierGstin, draft.Amounts).Select(line => line with { Amount = -line.Amount }),
            ],
            now);
        await IssueDocument.Mail(tx, "credit_note.mail", draft, issued, now);
        return issued;
    }

    // the supplier's particulars stay those of the original: the note corrects that registration's return
    internal static InvoiceDocument Mirror(InvoiceDocument original, string type, string occasion, string reason) => original with
    {
        DocumentType = type,
        Occasion = occasion,
        OriginalId = original.Id,
        OriginalNumber = original.Number,
        OriginalDate = original.DocumentDate,
        Reason = reason.Length > 200 ? reason[..200] : reason,
    };
}
