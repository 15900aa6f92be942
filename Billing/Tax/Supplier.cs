using System.Globalization;
using Database;

namespace Billing.Tax;

/// <summary>
/// The provider as it stands on its invoices. Section <c>Billing:Supplier</c>; printed as it was at the time of issue, so a change
/// here never changes a document that is out.
/// </summary>
public sealed record Supplier
{
    /// <summary>The name of the registration.</summary>
    public string LegalName { get; init; } = "";

    /// <summary>The registration that issues, 15 characters; its first two are the supplier's State.</summary>
    public string Gstin { get; init; } = "";

    /// <summary>First line of the registered address.</summary>
    public string Address1 { get; init; } = "";

    /// <summary>Second line.</summary>
    public string? Address2 { get; init; }

    /// <summary>Town.</summary>
    public string City { get; init; } = "";

    /// <summary>Six digits.</summary>
    public string Pin { get; init; } = "";

    /// <summary>Billing questions go here.</summary>
    public string? Email { get; init; }

    /// <summary>Billing questions go here.</summary>
    public string? Phone { get; init; }

    /// <summary>Letter of undertaking (RFD-11): with it supplies to SEZ and exports carry no tax.</summary>
    public string? LutNumber { get; init; }

    /// <summary>The financial year of the letter, e.g. <c>2026-27</c>; it holds for that year only.</summary>
    public string? LutFinancialYear { get; init; }

    /// <summary>Whose name stands under the document.</summary>
    public string Signatory { get; init; } = "";

    /// <summary>Bank details in the words of the invoice.</summary>
    public string? Bank { get; init; }

    /// <summary>UPI id for transfers.</summary>
    public string? Upi { get; init; }

    /// <summary>
    /// Three letters at most that begin the numbers of each document type, e.g. INV/26-27/000001. Never change one within a
    /// financial year: the numbers would begin again beside those already used.
    /// </summary>
    public string InvoicePrefix { get; init; } = "INV";

    /// <inheritdoc cref="InvoicePrefix"/>
    public string CreditNotePrefix { get; init; } = "CRN";

    /// <inheritdoc cref="InvoicePrefix"/>
    public string ReceiptVoucherPrefix { get; init; } = "RCV";

    /// <inheritdoc cref="InvoicePrefix"/>
    public string RefundVoucherPrefix { get; init; } = "RFV";

    /// <summary>State code of the registration.</summary>
    public string StateCode => Gstin[..2];

    /// <summary>PAN inside the registration.</summary>
    public string Pan => Gstin.Substring(2, 10);

    /// <summary>Whether a letter of undertaking holds on the day (India).</summary>
    public bool HasLut(DateOnly day) => LutNumber is { Length: > 0 } && LutFinancialYear == Ist.FinancialYear(day);

    /// <summary>The address on one line.</summary>
    public string Address => string.Join(", ", ((string?[])[Address1, Address2, City]).Where(part => !string.IsNullOrWhiteSpace(part)))
        + string.Create(CultureInfo.InvariantCulture, $" {Pin}");

    /// <summary>What is wrong and how to mend it; nothing when the record can issue documents.</summary>
    public IEnumerable<string> Faults()
    {
        if (LegalName.Length is 0 or > 120)
            yield return "Billing:Supplier:LegalName is empty or longer than 120; set the name of the GST registration.";
        if (Tax.Gstin.Check(Gstin) is GstinCheck.Refused refused)
        {
            yield return $"Billing:Supplier:Gstin is not usable: {refused.Message} "
                + "Without a registration no GST may be shown (CGST Act s.32).";
        }
        else if (!string.Equals(Gstin, Tax.Gstin.Normalise(Gstin), StringComparison.Ordinal))
            yield return "Billing:Supplier:Gstin is not written in capitals without blanks; write it so.";
        if (Address1.Length is 0 or > 120 || City.Length is 0 or > 60)
            yield return "Billing:Supplier:Address1 or City is empty or too long; set the registered address (rule 46(a)).";
        if (Address2?.Length > 120) yield return "Billing:Supplier:Address2 is longer than 120; shorten it.";
        if (!PinCode.IsWellFormed(Pin))
            yield return "Billing:Supplier:Pin is not a PIN of six digits; set the PIN of the registered address.";
        if (Signatory.Length is 0 or > 80)
            yield return "Billing:Supplier:Signatory is empty or longer than 80; name the authorised signatory.";
        if (LutNumber is { Length: > 0 } != LutFinancialYear is { Length: > 0 })
            yield return "Billing:Supplier:LutNumber and LutFinancialYear go together; set both (e.g. 2026-27) or neither.";
        if (Bank?.Length > 300 || Upi?.Length > 80 || LutNumber?.Length > 40 || Email?.Length > 254 || Phone?.Length > 20)
            yield return "Billing:Supplier:Bank, Upi, LutNumber, Email or Phone is too long; at most 300, 80, 40, 254 and 20 characters.";
        string[] prefixes = [InvoicePrefix, CreditNotePrefix, ReceiptVoucherPrefix, RefundVoucherPrefix];
        if (prefixes.Any(prefix => prefix.Length is 0 or > 3 || !prefix.All(char.IsAsciiLetterUpper)) || prefixes.Distinct().Count() != 4)
        {
            yield return "Billing:Supplier: InvoicePrefix, CreditNotePrefix, ReceiptVoucherPrefix and RefundVoucherPrefix are one to "
                + "three capital letters each and all different; a number has 16 characters at most (rule 46(b)).";
        }
    }
}
