using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Database.Objects;
using Microsoft.Extensions.DependencyInjection;
using Portal.Invoices;
using Portal.Invoices.Printing;
using Portal.Mail;
using Portal.Tests.Invoices.Printing;
using Testing;
using Xunit;

namespace Portal.Tests.Invoices;

public sealed class InvoicePagesTests
{
    [BrowserFact]
    public async Task A_paid_invoice_is_a_page_and_a_PDF_whose_hash_is_kept()
    {
        await using var host = await InvoiceHost.Start();
        var (account, client) = await host.Customer("Asha Textiles");
        var invoice = await host.Buy(account, "pay_1");
        var print = await host.Printed(account, invoice.Id);

        var page = await client.GetStringAsync($"/invoices/{invoice.Id}");
        foreach (var expected in (string[])["Asha Textiles", "29ZZZCA0002Z1ZK", invoice.Number, "₹1,180.00", "Download PDF", print.Sha256, Paper.StyleHref])
            Assert.Contains(expected, WebUtility.HtmlDecode(page), StringComparison.Ordinal);

        using var answer = await client.GetAsync($"/invoices/{invoice.Id}/pdf");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/pdf", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"{invoice.Number.Replace('/', '-')}.pdf", answer.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(print.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal(print.Bytes, bytes.Length);
        Assert.Contains(invoice.Number, await Poppler.Text(bytes), StringComparison.Ordinal);

        var style = await client.GetAsync(Paper.StyleHref);
        Assert.Equal("text/css", style.Content.Headers.ContentType?.MediaType);
    }

    [BrowserFact]
    public async Task A_renderer_that_dies_while_it_prints_costs_nothing()
    {
        await using var host = await InvoiceHost.Start();
        var (account, _) = await host.Customer("Asha Textiles");
        await host.Printed(account, (await host.Buy(account, "pay_1")).Id);
        var printer = host.Services.GetRequiredService<Printer>();
        var ids = new List<Billing.Invoices.TaxDocumentId>();
        for (var n = 2; n <= 6; n++)
        {
            ids.Add((await host.Buy(account, $"pay_{n}")).Id);
            if (printer.RendererProcess is { } process) Kill(process);
        }

        foreach (var id in ids) await host.Printed(account, id);
        var objects = 0;
        await foreach (var _ in host.Services.GetRequiredService<ObjectStore>().List("documents/")) objects++;
        Assert.Equal(6, objects);
    }

    [Fact]
    public async Task Without_a_renderer_the_page_is_complete_and_says_that_its_PDF_waits()
    {
        await using var host = await InvoiceHost.Start("none");
        var (account, client) = await host.Customer("Asha Textiles");
        var invoice = await host.Buy(account, "pay_1");
        var page = await Wait.For(
            async () => await client.GetStringAsync($"/invoices/{invoice.Id}") is var text && text.Contains("waits for a renderer", StringComparison.Ordinal) ? text : null,
            "the page to say that the PDF waits");
        Assert.Contains("₹1,180.00", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        Assert.DoesNotContain("Download PDF", page, StringComparison.Ordinal);
        using var pdf = await client.GetAsync($"/invoices/{invoice.Id}/pdf");
        Assert.Equal(HttpStatusCode.SeeOther, pdf.StatusCode);
        Assert.Equal($"/invoices/{invoice.Id}", pdf.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Another_accounts_invoice_does_not_exist()
    {
        await using var host = await InvoiceHost.Start("none");
        var (account, _) = await host.Customer("Asha Textiles");
        var (_, stranger) = await host.Customer("Bharat Foods");
        var invoice = await host.Buy(account, "pay_1");
        foreach (var path in (string[])[$"/invoices/{invoice.Id}", $"/invoices/{invoice.Id}/pdf", "/invoices/inv_nonsense", "/invoices/inv_nonsense/pdf"])
        {
            using var answer = await stranger.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.DoesNotContain(invoice.Number, await stranger.GetStringAsync("/invoices"), StringComparison.Ordinal);
        Assert.DoesNotContain(invoice.Number, await stranger.GetStringAsync("/invoices.csv"), StringComparison.Ordinal);
        using var nobody = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
        using var refused = await nobody.GetAsync($"/invoices/{invoice.Id}");
        Assert.Equal(HttpStatusCode.SeeOther, refused.StatusCode);
    }

    [Fact]
    public async Task The_list_is_searched_paged_and_downloaded()
    {
        await using var host = await InvoiceHost.Start("none");
        var (account, client) = await host.Customer("=Asha, \"Textiles\"");
        Assert.Contains("No documents yet", await client.GetStringAsync("/invoices"), StringComparison.Ordinal);
        var numbers = new List<string>();
        for (var n = 1; n <= 53; n++) numbers.Add((await host.Buy(account, $"pay_{n}")).Number);

        var first = await client.GetStringAsync("/invoices");
        Assert.Contains(numbers[52], first, StringComparison.Ordinal);
        Assert.DoesNotContain(numbers[2], first, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"prev\"", first, StringComparison.Ordinal);
        var second = await client.GetStringAsync(Link(first, "next"));
        Assert.DoesNotContain("rel=\"next\"", second, StringComparison.Ordinal);
        Assert.Contains(numbers[2], second, StringComparison.Ordinal);
        Assert.DoesNotContain(numbers[3], second, StringComparison.Ordinal);
        Assert.Contains(numbers[52], await client.GetStringAsync(Link(second, "prev")), StringComparison.Ordinal);

        var found = await client.GetStringAsync("/invoices?number=0007&type=invoice");
        Assert.Contains(numbers[6], found, StringComparison.Ordinal);
        Assert.DoesNotContain(numbers[7], found, StringComparison.Ordinal);
        Assert.Contains("Nothing found", await client.GetStringAsync("/invoices?number=%25"), StringComparison.Ordinal);
        Assert.Contains("Nothing found", await client.GetStringAsync("/invoices?type=credit_note"), StringComparison.Ordinal);

        var csv = await client.GetStringAsync("/invoices.csv");
        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(54, lines.Length);
        Assert.Contains("Taxable value,CGST,SGST,UTGST,IGST", lines[0], StringComparison.Ordinal);
        Assert.Contains(",\"'=Asha, \"\"Textiles\"\"\",29ZZZCA0002Z1ZK,Karnataka (29),1000.00,90.00,90.00,0.00,0.00,0.00,1180.00,,", lines[1], StringComparison.Ordinal);

        var statement = await client.GetStringAsync("/invoices/statement");
        Assert.Contains($"Payment for {numbers[52]}", statement, StringComparison.Ordinal);
        Assert.Contains($"Invoice {numbers[0]}", await client.GetStringAsync(Link(statement, "next")) + await client.GetStringAsync("/invoices/statement.csv"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task The_owner_gets_the_invoice_as_a_mail_with_its_PDF()
    {
        await using var host = await InvoiceHost.Start();
        var (account, _) = await host.Customer("Asha");
        var invoice = await host.Buy(account, "pay_1");
        var mail = await Mail(host);
        Assert.Equal("Asha@customer.example", mail.Recipient);
        Assert.Equal($"Tax invoice {invoice.Number}, ₹1,180.00", mail.Subject);
        Assert.Equal($"{invoice.Number.Replace('/', '-')}.pdf", mail.AttachmentName);
        Assert.Equal((await host.Printed(account, invoice.Id)).ObjectKey, mail.AttachmentKey);
        foreach (var expected in (string[])["Hello Asha,", "₹1,180.00, GST of ₹180.00 included", "attached as a PDF", $"/invoices/{invoice.Id}"])
            Assert.Contains(expected, mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_waits_for_its_PDF_only_so_long_and_says_so()
    {
        await using var host = await InvoiceHost.Start("none", "--Portal:Invoices:MailWaits", "00:00:00");
        var (account, _) = await host.Customer("Asha");
        await host.Buy(account, "pay_1");
        var mail = await Mail(host);
        Assert.Null(mail.AttachmentName);
        Assert.Contains("could not be made in time", mail.TextBody, StringComparison.Ordinal);
    }

    private static Task<MailMessage> Mail(InvoiceHost host) => Wait.For(
        async () => (await MailMessage.Newest(host.Db, 10)).SingleOrDefault(), "the mail");

    private static string Link(string page, string rel)
    {
        var at = page.IndexOf($"rel=\"{rel}\" href=\"", StringComparison.Ordinal) + $"rel=\"{rel}\" href=\"".Length;
        return WebUtility.HtmlDecode(page[at..page.IndexOf('"', at)]);
    }

    private static void Kill(int process)
    {
        try
        {
            Process.GetProcessById(process).Kill(entireProcessTree: true);
        }
        catch (ArgumentException)
        {
            // it has ended already
        }
    }
}
