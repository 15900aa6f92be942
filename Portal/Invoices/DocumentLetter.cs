using System.Text;
using Billing.Invoices;
using Billing.Prices;

namespace Portal.Invoices;

/// <summary>What the mail about a document says.</summary>
internal static class DocumentLetter
{
    internal static string Subject(InvoiceDocument document) =>
        $"{DocumentWords.Kind(document.DocumentType)} {document.Number}, {document.Total.Show()}";

    /// <param name="document">The document.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="name">The reader.</param>
    /// <param name="link">The document's page.</param>
    /// <param name="attached">Whether the PDF goes along.</param>
    internal static string Text(InvoiceDocument document, IReadOnlyList<InvoiceLine> lines, string name, string link, bool attached)
    {
        var text = new StringBuilder();
        text.Append("Hello ").Append(name).Append(",\n\n").Append(News(document)).Append("\n\n");
        foreach (var line in lines)
            text.Append("- ").Append(line.Description).Append(": ").Append(new Money(line.Amounts.TotalPaise).Show()).Append('\n');
        text.Append('\n')
            .Append(attached
                ? "It is attached as a PDF, and always here:\n"
                : "Its PDF could not be made in time for this mail. The complete document is here, and the PDF as soon as it is ready:\n")
            .Append(link).Append("\n\n")
            .Append(document.SupplierName).Append(", GSTIN ").Append(document.SupplierGstin).Append('\n');
        if (document.SupplierEmail is { } email) text.Append("Questions about this document: ").Append(email).Append('\n');
        return text.ToString();
    }

    private static string News(InvoiceDocument document)
    {
        var (number, date, total) = (document.Number, DocumentWords.Day(document.DocumentDate), document.Total.Show());
        var tax = new Money(document.Amounts.TotalPaise - document.NetPaise).Show();
        return document.DocumentType switch
        {
            DocumentTypes.Invoice => $"thank you, your payment has arrived. Tax invoice {number} of {date} is over {total}, GST of {tax} included.",
            DocumentTypes.CreditNote =>
                $"credit note {number} of {date} takes back invoice {document.OriginalNumber} in full. {document.Reason}\n"
                + $"The {total} are in your account as credit; you can pay any order with them.",
            DocumentTypes.ReceiptVoucher =>
                $"we have received {total}. {document.Reason} The amount is in your account as credit; receipt voucher {number} of {date} confirms it.",
            DocumentTypes.RefundVoucher =>
                $"refund voucher {number} of {date} confirms that {total} of receipt voucher {document.OriginalNumber} go back to you. {document.Reason}",
            _ => throw new ArgumentOutOfRangeException(nameof(document), document.DocumentType, "Unknown type of document."),
        };
    }
}
