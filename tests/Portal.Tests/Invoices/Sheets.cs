using Billing.Invoices;
using Billing.Tax;
using Portal.Invoices;

namespace Portal.Tests.Invoices;

/// <summary>Issued documents to look at.</summary>
internal static class Sheets
{
    internal const string HindiName = "श्री लक्ष्मी नारायण क्लाउड एवं डेटा सेवाएँ प्राइवेट लिमिटेड";
    internal const string LongName = "Venkateswara Satyanarayana Information Technology Enabled Services and Infrastructure Solutions (South) Pvt Ltd";

    private static readonly DocumentPayment Payment = new()
    {
        Id = "pay_SZxjWqkB8kLxQm",
        AmountPaise = 118000,
        PaidAt = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero),
    };

    internal static DocumentSheet Within() => DocumentWords.Sheet(Invoice, [Line(1, "Server s2, Bengaluru, web-1.asha.example", 100000) with { CgstPaise = 9000, SgstPaise = 9000 }], Payment);

    internal static DocumentSheet Hindi() => DocumentWords.Sheet(
        Invoice with { BuyerName = HindiName, BuyerGstin = null, BuyerPan = null, BuyerAddress = "१२, महात्मा गांधी मार्ग, Bengaluru 560001" },
        [Line(1, "Server s2, Bengaluru, web-1.asha.example", 100000) with { CgstPaise = 9000, SgstPaise = 9000 }],
        Payment);

    internal static DocumentSheet Across(int lines) => DocumentWords.Sheet(
        Invoice with
        {
            BuyerName = LongName,
            BuyerGstin = "27ZZZCB0003Z1ZM",
            BuyerPan = "ZZZCB0003Z",
            BuyerAddress = "4th Floor, Indiabulls Finance Centre, Tower 2, Senapati Bapat Marg, Lower Parel West, Opposite Elphinstone Road Station, Mumbai 400013",
            BuyerStateCode = "27",
            PlaceOfSupply = "27",
            TaxNature = TaxNature.InterState,
            Endorsement = "SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS ON PAYMENT OF INTEGRATED TAX",
            NetPaise = 123456789L * lines,
            CgstPaise = 0,
            SgstPaise = 0,
            IgstPaise = 22222222L * lines,
            TotalPaise = 145679011L * lines,
            AmountInWords = "Rupees One Crore Forty Five Lakh Sixty Seven Thousand Nine Hundred and One and Ten Paise Only",
        },
        [.. Enumerable.Range(1, lines).Select(n => Line(n, $"Server s{n}, Mumbai, host-{n:000}.staging.some-long-customer-name.example.in", 123456789) with { IgstPaise = 22222222 })],
        Payment);

    internal static DocumentSheet CreditNote() => DocumentWords.Sheet(
        Invoice with
        {
            DocumentType = DocumentTypes.CreditNote,
            Number = "CRN/26-27/000003",
            OriginalNumber = "INV/26-27/000042",
            OriginalDate = new DateOnly(2026, 11, 22),
            Reason = "The server could not be delivered; the whole amount is your credit.",
        },
        [Line(1, "Server s2, Bengaluru, web-1.asha.example", 100000) with { CgstPaise = 9000, SgstPaise = 9000 }],
        null);

    internal static DocumentSheet ReceiptVoucher() => DocumentWords.Sheet(
        Invoice with
        {
            DocumentType = DocumentTypes.ReceiptVoucher,
            Number = "RCV/26-27/000007",
            Reason = "Paid after the order had expired.",
            BuyerGstin = null,
            PlaceOfSupply = "04",
            BuyerStateCode = "04",
            SupplierStateCode = "04",
            TaxNature = TaxNature.IntraTerritory,
            SgstPaise = 0,
            UtgstPaise = 8999,
            CgstPaise = 8999,
            RoundOffPaise = 2,
        },
        [Line(1, "Advance for hosting services", 100000) with { CgstPaise = 8999, UtgstPaise = 8999, PeriodFrom = null, PeriodTo = null }],
        Payment);

    internal static DocumentSheet ZeroRated() => DocumentWords.Sheet(
        Invoice with
        {
            TaxNature = TaxNature.ZeroRated,
            SupplierLut = "AD290326000001X",
            Endorsement = "SUPPLY MEANT FOR EXPORT UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX",
            PlaceOfSupply = "96",
            CgstPaise = 0,
            SgstPaise = 0,
            TotalPaise = 100000,
        },
        [Line(1, "Server s2, Bengaluru, web-1.asha.example", 100000)],
        null);

    private static InvoiceDocument Invoice => new()
    {
        DocumentType = DocumentTypes.Invoice,
        Number = "INV/26-27/000042",
        DocumentDate = new DateOnly(2026, 11, 22),
        OrderId = "ord_0ivt0g1m8nt0fbg0kvdg5e7h3k",
        SupplierName = "Kaveri Cloud Private Limited",
        SupplierGstin = "29ZZZCK0001Z1Z5",
        SupplierPan = "ZZZCK0001Z",
        SupplierAddress = "No. 17, 2nd Cross, Residency Road, Bengaluru 560025",
        SupplierStateCode = "29",
        SupplierEmail = "accounts@kaveri.example",
        SupplierPhone = "+91 80 0000 0000",
        SupplierBank = "Kaveri Cloud Private Limited, Example Bank, account 000000000001, IFSC EXMP0000001",
        SupplierUpi = "kaveri@example",
        Signatory = "Meera Rao",
        BuyerName = "Asha Textiles Private Limited",
        BuyerGstin = "29ZZZCA0002Z1ZK",
        BuyerPan = "ZZZCA0002Z",
        BuyerAddress = "21 Commercial Street, Bengaluru 560001",
        BuyerStateCode = "29",
        PlaceOfSupply = "29",
        TaxNature = TaxNature.IntraState,
        SupplyType = "B2B",
        NetPaise = 100000,
        CgstPaise = 9000,
        SgstPaise = 9000,
        TotalPaise = 118000,
        AmountInWords = "Rupees One Thousand One Hundred Eighty Only",
    };

    private static InvoiceLine Line(int line, string description, long net) => new()
    {
        Line = line,
        Description = description,
        PeriodFrom = new DateOnly(2026, 11, 22),
        PeriodTo = new DateOnly(2026, 12, 21),
        Sac = "998315",
        RateBps = 1800,
        NetPaise = net,
    };
}
