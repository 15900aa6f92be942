using System.Buffers;
using System.Globalization;
using System.Text;
using Billing.Invoices;
using Billing.Ledger;
using Database;
using Database.Objects;
using Microsoft.Net.Http.Headers;
using Portal.Identity;

namespace Portal.Invoices;

/// <summary>The PDF as it was stored, and the lists as CSV.</summary>
internal static class Downloads
{
    private const int Rows = 500;
    private static readonly SearchValues<char> AmountSigns = SearchValues.Create("0123456789.");

    /// <summary><c>GET /invoices/{id}/pdf</c>: the stored bytes; back to the page while there are none.</summary>
    internal static async Task<IResult> Pdf(string id, HttpContext context, Db db, EncryptedObjects objects)
    {
        var account = context.SignedIn().AccountId.ToString();
        if (!Id.TryParse<TaxDocumentId>(id, out var known) || await InvoiceDocument.Find(db, account, known) is not { } document)
            return TypedResults.NotFound();
        if (await DocumentPrint.Find(db, account, known) is not { } print)
        {
            context.Response.Headers.Location = $"/invoices/{known}";
            return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
        }

        context.Response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(print.Sha256))}:";
        context.Response.Headers.CacheControl = "private, no-cache";
        context.Response.ContentLength = print.Bytes;
        return TypedResults.Stream(
            await objects.Open(account, print.ObjectKey, context.RequestAborted),
            "application/pdf",
            FileName(document.Number),
            entityTag: new EntityTagHeaderValue($"\"{print.Sha256}\""));
    }

    /// <summary>A number holds slashes, a file name must not.</summary>
    internal static string FileName(string number) => $"{number.Replace('/', '-')}.pdf";

    /// <summary><c>GET /invoices.csv</c>: every document that the search finds, a row each.</summary>
    internal static Task DocumentsCsv(string? number, string? type, string? year, HttpContext context, Db db) => Stream(
        context,
        "documents.csv",
        [
            "Number", "Kind", "Date", "Name", "GSTIN", "Place of supply", "Taxable value", "CGST", "SGST", "UTGST", "IGST", "Rounding", "Total",
            "Corrects", "Corrected by",
        ],
        Documents(db, IndexModel.SearchOf(context.SignedIn().AccountId.ToString(), number, type, year)));

    /// <summary><c>GET /invoices/statement.csv</c>: every line of the statement.</summary>
    internal static Task StatementCsv(HttpContext context, Db db) => Stream(
        context,
        "statement.csv",
        ["Time (IST)", "What", "On", "Charged", "In your favour"],
        Statement(db, context.SignedIn().AccountId.ToString()));

    private static async IAsyncEnumerable<string[]> Documents(Db db, DocumentSearch search)
    {
        for (var edge = "inv_~"; ;)
        {
            var rows = await ListedDocument.Older(db, search, edge, Rows);
            foreach (var row in rows)
            {
                yield return
                [
                    row.Number, DocumentWords.Kind(row.DocumentType), row.DocumentDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    row.BuyerName, row.BuyerGstin ?? "", DocumentWords.StateOf(row.PlaceOfSupply), Amount(row.Sign * row.NetPaise),
                    Amount(row.Sign * row.CgstPaise), Amount(row.Sign * row.SgstPaise), Amount(row.Sign * row.UtgstPaise),
                    Amount(row.Sign * row.IgstPaise), Amount(row.Sign * row.RoundOffPaise), Amount(row.Sign * row.TotalPaise),
                    row.OriginalNumber ?? "", row.CorrectedBy ?? "",
                ];
            }

            if (rows.Count < Rows) yield break;
            edge = rows[^1].Id.Value;
        }
    }

    private static async IAsyncEnumerable<string[]> Statement(Db db, string account)
    {
        for (JournalEntryId? edge = null; ;)
        {
            var lines = await Billing.Ledger.Statement.Page(db, account, edge, Rows);
            foreach (var line in lines)
            {
                yield return
                [
                    Ist.Local(line.PostedAt).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), line.Description,
                    line.LedgerAccount == "customer_wallet" ? "Credit" : "Invoices",
                    line.AmountPaise > 0 ? Amount(line.AmountPaise) : "", line.AmountPaise < 0 ? Amount(-line.AmountPaise) : "",
                ];
            }

            if (lines.Select(line => line.EntryId).Distinct().Count() < Rows) yield break;
            edge = lines[^1].EntryId;
        }
    }

    private static async Task Stream(HttpContext context, string name, string[] head, IAsyncEnumerable<string[]> rows)
    {
        context.Response.ContentType = "text/csv; charset=utf-8";
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        context.Response.Headers.CacheControl = "private, no-store";
        // the mark tells spreadsheets that it is UTF-8
        await using var text = new StreamWriter(context.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), 16 * 1024, leaveOpen: true);
        await text.WriteAsync($"{Line(head)}\r\n");
        await foreach (var row in rows) await text.WriteAsync($"{Line(row)}\r\n");
    }

    private static string Line(string[] cells) => string.Join(',', cells.Select(Cell));

    // RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe, an amount never does
    private static string Cell(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '+' or '@' or '\t' or '\r' || (text.StartsWith('-') && !IsAmount(text))) text = $"'{text}";
        return text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static bool IsAmount(string text) => !text.AsSpan(1).ContainsAnyExcept(AmountSigns);

    private static string Amount(long paise) => string.Create(
        CultureInfo.InvariantCulture, $"{(paise < 0 ? "-" : "")}{Math.Abs(paise) / 100}.{Math.Abs(paise) % 100:00}");
}
