using Billing.Invoices;
using Database;
using Database.Objects;
using Database.Work;
using Microsoft.Extensions.Options;
using Portal.Invoices.Printing;

namespace Portal.Invoices;

/// <summary>
/// <c>invoice.print</c>: the document becomes a PDF, once. Each try has a key of its own, so a worker that lost its
/// lease never writes over what the winner has recorded.
/// </summary>
internal sealed class PrintDocument(
    Db db, Printer printer, Paper paper, EncryptedObjects objects, ObjectStore store, IOptions<PrintingOptions> options) : IWorkHandler
{
    internal const string Command = "invoice.print";

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var account = context.Item.AccountId!;
        var id = TaxDocumentId.From(context.Item.Resource);
        if (await DocumentPrint.Find(db, account, id) is not null) return new WorkOutcome.Done();
        if (await ReadDocument.Find(db, account, id) is not { } read)
            return new WorkOutcome.Failed("portal.invoices.no_document", $"{account} has no document {id}.");

        var printed = await printer.Print(await paper.Html(read.Sheet), context.Cancelled);
        return printed switch
        {
            PrintOutcome.NoRenderer => new WorkOutcome.Again(
                context.Now + options.Value.LookAgain, "waiting", "Waits for a renderer: no Chromium-family browser was found on this machine."),
            PrintOutcome.Pdf pdf => await Keep(context, account, id, pdf.Bytes),
            _ => throw new InvalidOperationException("Unknown outcome of a print."),
        };
    }

    private async Task<WorkOutcome> Keep(WorkContext context, string account, TaxDocumentId id, byte[] pdf)
    {
        var folder = $"documents/{account}/{id}/";
        var key = $"{folder}{Id.New<PrintId>(context.Now)}.pdf";
        using var content = new MemoryStream(pdf);
        var stored = await objects.Put(account, key, content, context.Cancelled);
        var print = new DocumentPrint
        {
            DocumentId = id,
            AccountId = account,
            ObjectKey = key,
            Sha256 = stored.Sha256,
            Bytes = stored.Bytes,
            PrintedAt = context.Now,
        };
        await context.Write(tx => DocumentPrint.Keep(tx, print));
        // only a second run can find what an earlier one stored and did not live to record
        if (context.Item.Fence > 1) await RemoveOthers(account, id, folder, context.Cancelled);
        return new WorkOutcome.Done();
    }

    private async Task RemoveOthers(string account, TaxDocumentId id, string folder, CancellationToken cancelled)
    {
        var kept = await DocumentPrint.Find(db, account, id) ?? throw new InvalidOperationException($"The print of {id} was not kept.");
        await foreach (var other in store.List(folder, cancelled))
            if (other.Key != kept.ObjectKey) await store.Delete(other.Key, cancelled);
    }
}

/// <summary>Names one try to print, so that two tries never share an object.</summary>
internal readonly record struct PrintId(string Value) : IId<PrintId>
{
    public static string Prefix => "prn";

    public static PrintId From(string value) => new(value);

    public override string ToString() => Value;
}
