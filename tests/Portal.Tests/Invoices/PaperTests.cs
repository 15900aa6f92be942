using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Portal.Invoices;
using Portal.Invoices.Printing;
using Portal.Tests.Invoices.Printing;
using Xunit;

namespace Portal.Tests.Invoices;

public sealed class PaperTests
{
    [BrowserFact]
    public async Task A_plain_invoice_fits_one_page_and_reads_as_text()
    {
        var text = await OnePage("within", Sheets.Within(), "Tax Invoice INV/26-27/000042");
        Contains(
            text, "Kaveri Cloud Private Limited", "29ZZZCK0001Z1Z5", "TAX INVOICE", "Original for recipient", "Billed to", "29ZZZCA0002Z1ZK",
            "INV/26-27/000042", "22 Nov 2026", "Place of supply Karnataka (29)", "Reverse charge No", "998315", "22 Nov 2026 to 21 Dec 2026",
            "@9%", "CGST ₹90.00", "SGST ₹90.00", "Total ₹1,180.00", "Rupees One Thousand One Hundred Eighty Only", "pay_SZxjWqkB8kLxQm",
            "needs no signature (proviso to rule 46, CGST Rules, 2017)", "Meera Rao");
        Assert.DoesNotContain("IGST", text, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task A_credit_note_names_its_invoice_and_the_reason()
    {
        var text = await OnePage("credit-note", Sheets.CreditNote(), "Credit Note CRN/26-27/000003");
        Contains(text, "CREDIT NOTE", "For invoice INV/26-27/000042 of 22 Nov 2026", "Reason: The server could not be delivered", "Total credited ₹1,180.00");
    }

    [BrowserFact]
    public async Task A_receipt_voucher_of_a_Union_territory_shows_UTGST_and_its_rounding()
    {
        var text = await OnePage("receipt", Sheets.ReceiptVoucher(), "Receipt Voucher RCV/26-27/000007");
        Contains(text, "Received from", "Unregistered", "UTGST ₹89.99", "Rounding ₹0.02", "Advance received ₹1,180.00", "Chandigarh (04)");
        Assert.DoesNotContain("SGST", text.Replace("UTGST", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task An_export_without_tax_carries_the_statutory_words_and_the_bank()
    {
        var text = await OnePage("export", Sheets.ZeroRated(), "Tax Invoice INV/26-27/000042");
        Contains(text, "UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX", "AD290326000001X", "Other Countries (96)", "Bank: Kaveri", "@0%");
    }

    [BrowserFact]
    public async Task Ten_lines_with_long_names_and_an_endorsement_fit_one_page()
    {
        var text = await OnePage("across", Sheets.Across(10), "Tax Invoice INV/26-27/000042");
        Contains(text, "host-010.staging", "IGST", "ON PAYMENT OF INTEGRATED TAX", "Venkateswara Satyanarayana");
    }

    [BrowserFact]
    public async Task Hindi_is_shaped_and_selectable()
    {
        var text = await OnePage("hindi", Sheets.Hindi(), "Tax Invoice INV/26-27/000042");
        Contains(text, Sheets.HindiName, "महात्मा गांधी मार्ग");
    }

    [BrowserFact]
    public async Task The_structure_names_headings_and_table_heads()
    {
        await using var printer = new Printer(Options.Create(new PrintingOptions()), NullLogger<Printer>.Instance);
        var pdf = Assert.IsType<PrintOutcome.Pdf>(await printer.Print(await Html(Sheets.Within()), CancellationToken.None)).Bytes;
        Contains(await Poppler.Structure(pdf), "H1", "H2", "Table", "TH");
    }

    private static async Task<string> OnePage(string name, DocumentSheet sheet, string title)
    {
        await using var printer = new Printer(Options.Create(new PrintingOptions()), NullLogger<Printer>.Instance);
        var pdf = Assert.IsType<PrintOutcome.Pdf>(await printer.Print(await Html(sheet), CancellationToken.None)).Bytes;
        if (Environment.GetEnvironmentVariable("PORTAL_PAPERS") is { } folder) await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.pdf"), pdf);
        var info = Squeezed(await Poppler.Info(pdf));
        Contains(info, "Pages: 1 ", "Tagged: yes", "(A4)", $"Title: {title} ");
        return Squeezed(await Poppler.Text(pdf));
    }

    private static void Contains(string text, params string[] parts)
    {
        foreach (var part in parts) Assert.Contains(Squeezed(part), text, StringComparison.Ordinal);
    }

    private static string Squeezed(string text) =>
        Regex.Replace(text, @"\s+", " ").Replace("@ ", "@", StringComparison.Ordinal).Replace(" %", "%", StringComparison.Ordinal);

    private static async Task<string> Html(DocumentSheet sheet)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddRazorPages().ConfigureApplicationPartManager(parts =>
        {
            foreach (var part in new ConsolidatedAssemblyApplicationPartFactory().GetApplicationParts(typeof(PortalHost).Assembly)) parts.ApplicationParts.Add(part);
        });
        builder.Services.AddSingleton<Paper>();
        await using var app = builder.Build();
        return await app.Services.GetRequiredService<Paper>().Html(sheet);
    }
}
