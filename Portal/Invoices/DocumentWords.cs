using System.Globalization;
using Billing.Invoices;
using Billing.Prices;
using Billing.Tax;
using Database;

namespace Portal.Invoices;

/// <summary>Puts an issued document into the words and the order in which it is shown and printed.</summary>
internal static class DocumentWords
{
    /// <summary>The sheet of a document.</summary>
    /// <param name="document">As issued.</param>
    /// <param name="lines">Its lines.</param>
    /// <param name="payment">The gateway's payment that it settles; null when it was settled from credit.</param>
    internal static DocumentSheet Sheet(InvoiceDocument document, IReadOnlyList<InvoiceLine> lines, DocumentPayment? payment)
    {
        var heads = Heads(document.TaxNature);
        return new DocumentSheet
        {
            Title = DocumentTypes.Title(document.DocumentType),
            Number = document.Number,
            Date = document.DocumentDate,
            Supplier = new SheetParty(document.SupplierName, [document.SupplierAddress, StateOf(document.SupplierStateCode)], [.. SupplierFacts(document)]),
            BuyerHeading = document.DocumentType is DocumentTypes.ReceiptVoucher ? "Received from" : "Billed to",
            Buyer = new SheetParty(document.BuyerName, [document.BuyerAddress, StateOf(document.BuyerStateCode)], [.. BuyerFacts(document)]),
            Facts = [.. Facts(document, payment)],
            Endorsement = document.Endorsement,
            Heads = heads,
            Lines = [.. lines.Select(line => Line(line, document))],
            Sums = [.. Sums(document, heads)],
            Total = new SheetAmount(TotalOf(document.DocumentType), document.Total),
            InWords = document.AmountInWords,
            Notes = [.. Notes(document, payment)],
            Signature = document.DocumentType is DocumentTypes.Invoice
                ? $"Issued electronically under the Information Technology Act, 2000; needs no signature (proviso to rule 46, CGST Rules, 2017). Authorised signatory: {document.Signatory}."
                : $"Issued electronically under the Information Technology Act, 2000. Authorised signatory: {document.Signatory}.",
        };
    }

    /// <summary>Every type, in the order of the filter.</summary>
    internal static IReadOnlyList<string> AllTypes { get; } =
        [DocumentTypes.Invoice, DocumentTypes.CreditNote, DocumentTypes.ReceiptVoucher, DocumentTypes.RefundVoucher];

    /// <summary>The type in running text.</summary>
    internal static string Kind(string type) => type switch
    {
        DocumentTypes.Invoice => "Tax invoice",
        DocumentTypes.CreditNote => "Credit note",
        DocumentTypes.ReceiptVoucher => "Receipt voucher",
        DocumentTypes.RefundVoucher => "Refund voucher",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type of document."),
    };

    /// <summary>What has become of it, in a word or two.</summary>
    internal static string State(string type, string? correctedBy) => (type, correctedBy) switch
    {
        (DocumentTypes.Invoice, null) => "Paid",
        (DocumentTypes.Invoice, _) => "Credited",
        (DocumentTypes.CreditNote, _) => "Credit given",
        (DocumentTypes.ReceiptVoucher, null) => "Received",
        (DocumentTypes.ReceiptVoucher, _) => "Given back",
        (DocumentTypes.RefundVoucher, _) => "Given back",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type of document."),
    };

    /// <summary>The tone of its badge.</summary>
    internal static string Tone(string type, string? correctedBy) =>
        correctedBy is null && type is DocumentTypes.Invoice or DocumentTypes.ReceiptVoucher ? "good" : "quiet";

    /// <summary>What its page says when another document has taken it back.</summary>
    internal static string CorrectedTitle(string type) =>
        type is DocumentTypes.Invoice ? "This invoice was credited in full" : "This advance was given back";

    /// <summary>A day as on documents: <c>22 Nov 2026</c>.</summary>
    internal static string Day(DateOnly day) => day.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>A State with its code: <c>Karnataka (29)</c>.</summary>
    internal static string StateOf(string code) => $"{States.Name(code)} ({code})";

    /// <summary>Basis points as people read them: 900 is <c>9 %</c>, 250 is <c>2.5 %</c>.</summary>
    internal static string Rate(int bps) => string.Create(
        CultureInfo.InvariantCulture, $"{bps / 100}{(bps % 100 == 0 ? "" : $".{bps % 100:00}".TrimEnd('0'))} %");

    private static string[] Heads(TaxNature nature) => nature switch
    {
        TaxNature.IntraState => ["CGST", "SGST"],
        TaxNature.IntraTerritory => ["CGST", "UTGST"],
        TaxNature.InterState => ["IGST"],
        TaxNature.ZeroRated => ["IGST"],
        _ => throw new ArgumentOutOfRangeException(nameof(nature), nature, "Unknown nature of a tax."),
    };

    private static IEnumerable<SheetFact> SupplierFacts(InvoiceDocument document)
    {
        yield return new("GSTIN", document.SupplierGstin);
        yield return new("PAN", document.SupplierPan);
        if (document.SupplierEmail is { } email) yield return new("E-mail", email);
        if (document.SupplierPhone is { } phone) yield return new("Phone", phone);
    }

    private static IEnumerable<SheetFact> BuyerFacts(InvoiceDocument document)
    {
        yield return new("GSTIN", document.BuyerGstin ?? "Unregistered");
        if (document.BuyerPan is { } pan) yield return new("PAN", pan);
    }

    private static IEnumerable<SheetFact> Facts(InvoiceDocument document, DocumentPayment? payment)
    {
        var kind = document.DocumentType switch
        {
            DocumentTypes.Invoice => "Invoice",
            DocumentTypes.CreditNote => "Credit note",
            _ => "Voucher",
        };
        yield return new($"{kind} number", document.Number);
        yield return new($"{kind} date", Day(document.DocumentDate));
        if (document is { OriginalNumber: { } number, OriginalDate: { } date })
        {
            yield return new(
                document.DocumentType is DocumentTypes.RefundVoucher ? "For receipt voucher" : "For invoice", $"{number} of {Day(date)}");
        }

        yield return new("Place of supply", StateOf(document.PlaceOfSupply));
        yield return new("Reverse charge", document.ReverseCharge ? "Yes" : "No");
        if (document.SupplierLut is { } lut) yield return new("Letter of undertaking", lut);
        if (document.OrderId is { } order) yield return new("Order", order);
        if (payment is not null) yield return new("Payment", payment.Id);
    }

    private static SheetLine Line(InvoiceLine line, InvoiceDocument document)
    {
        var half = Rate(line.RateBps / 2);
        SheetTax[] taxes = document.TaxNature switch
        {
            TaxNature.IntraState => [new(half, new Money(line.CgstPaise)), new(half, new Money(line.SgstPaise))],
            TaxNature.IntraTerritory => [new(half, new Money(line.CgstPaise)), new(half, new Money(line.UtgstPaise))],
            TaxNature.InterState => [new(Rate(line.RateBps), new Money(line.IgstPaise))],
            TaxNature.ZeroRated => [new(Rate(0), new Money(line.IgstPaise))],
            _ => throw new ArgumentOutOfRangeException(nameof(document), document.TaxNature, "Unknown nature of a tax."),
        };
        var period = line is { PeriodFrom: { } from, PeriodTo: { } to } ? $"{Day(from)} to {Day(to)}" : null;
        return new SheetLine(line.Description, period, line.Sac, new Money(line.NetPaise), taxes, new Money(line.Amounts.TotalPaise));
    }

    private static IEnumerable<SheetAmount> Sums(InvoiceDocument document, string[] heads)
    {
        yield return new("Taxable value", document.Net);
        foreach (var head in heads)
        {
            yield return new(head, new Money(head switch
            {
                "CGST" => document.CgstPaise,
                "SGST" => document.SgstPaise,
                "UTGST" => document.UtgstPaise,
                _ => document.IgstPaise,
            }));
        }

        if (document.RoundOffPaise != 0) yield return new("Rounding", new Money(document.RoundOffPaise));
    }

    private static string TotalOf(string type) => type switch
    {
        DocumentTypes.Invoice => "Total",
        DocumentTypes.CreditNote => "Total credited",
        DocumentTypes.ReceiptVoucher => "Advance received",
        DocumentTypes.RefundVoucher => "Advance given back",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown type of document."),
    };

    private static IEnumerable<string> Notes(InvoiceDocument document, DocumentPayment? payment)
    {
        if (document.Reason is { } reason) yield return $"Reason: {reason}";
        if (payment is not null)
            yield return $"Received {payment.Amount.Show()} on {Ist.Show(payment.PaidAt)} through Razorpay, payment {payment.Id}.";
        if (document.DocumentType is not DocumentTypes.Invoice || payment is not null) yield break;
        if (document.SupplierBank is { } bank) yield return $"Bank: {bank}";
        if (document.SupplierUpi is { } upi) yield return $"UPI: {upi}";
    }
}
