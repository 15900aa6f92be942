using Billing.Invoices;
using Database;
using Database.Work;
using Microsoft.Extensions.Options;
using Portal.Access;
using Portal.Accounts;
using Portal.Identity;
using Portal.Mail;

namespace Portal.Invoices;

/// <summary>How documents are mailed. Section <c>Portal:Invoices</c>.</summary>
public sealed record InvoicePagesOptions
{
    /// <summary>How long a mail waits for its PDF; after it the mail goes without.</summary>
    public TimeSpan MailWaits { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary><c>invoice.mail</c>, <c>credit_note.mail</c>: tells the owners of the account, with the PDF when it was printed in time.</summary>
internal sealed class MailDocument(Db db, PublicAddress address, IOptions<InvoicePagesOptions> options) : IWorkHandler
{
    internal const string Invoice = "invoice.mail";
    internal const string CreditNote = "credit_note.mail";
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(500);

    public async Task<WorkOutcome> Run(WorkContext context)
    {
        var (account, now) = (context.Item.AccountId!, context.Now);
        var id = TaxDocumentId.From(context.Item.Resource);
        if (await InvoiceDocument.Find(db, account, id) is not { } document)
            return new WorkOutcome.Failed("portal.invoices.no_document", $"{account} has no document {id}.");

        var print = await DocumentPrint.Find(db, account, id);
        var waited = now - context.Item.CreatedAt;
        if (print is null && waited < options.Value.MailWaits)
            return new WorkOutcome.Again(now + TimeSpan.FromTicks(Math.Clamp(waited.Ticks, ShortestPause.Ticks, LongestPause.Ticks)), "waiting", "Waits for the PDF.");

        var lines = await InvoiceDocument.Lines(db, account, id);
        // a viewer can look up invoices; mail goes to those who do something about them
        var readers = await Holder.Of(db, AccountId.From(account), [Permissions.BillingRead, Permissions.BillingPay], now);
        var mails = readers.Select(reader => new NewMail(
            $"document:{id}", reader.Email, DocumentLetter.Subject(document),
            DocumentLetter.Text(document, lines, reader.FullName, address.Of($"/invoices/{id}"), print is not null))
        {
            AccountId = account,
            Attachment = print is null ? null : new MailAttachment(print.ObjectKey, Downloads.FileName(document.Number)),
        }).ToList();
        return new WorkOutcome.Done(async tx =>
        {
            foreach (var mail in mails) await MailRoom.Queue(tx, mail, now);
        });
    }
}
