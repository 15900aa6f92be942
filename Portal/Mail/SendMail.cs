using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Database;
using Database.Objects;
using Database.Work;
using Microsoft.Extensions.Options;

namespace Portal.Mail;

/// <summary>
/// Runs <c>mail.send</c>: hands one mail to the mail server or the folder. A worker killed between the server's yes and the row sends
/// again under the same Message-ID, by which mail programs know the second copy.
/// </summary>
internal sealed class SendMail(Db db, EncryptedObjects objects, IOptions<MailOptions> options) : IWorkHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<WorkOutcome> Run(WorkContext ctx)
    {
        var mail = await MailMessage.ById(db, MailMessageId.From(ctx.Item.Resource));
        if (mail is not { State: "queued" }) return new WorkOutcome.Done();
        if (!MailAddress.TryCreate(mail.Recipient, out _)) return Refused(mail, "The address is not one.");
        try
        {
            await Send(mail, ctx.Cancelled);
        }
        catch (SmtpException trouble) when (IsForGood(trouble))
        {
            return Refused(mail, $"The mail server refused it: {trouble.StatusCode}.");
        }

        var wipe = mail.IsSecret && options.Value.Kind == "smtp";
        return new WorkOutcome.Done(tx => tx.Execute(MailMessage.Sql.Sent, new { mail.Id, ctx.Now, Wipe = wipe }));
    }

    public Task Exhausted(Tx tx, WorkItem item, DateTimeOffset now) => tx.Execute(
        MailMessage.Sql.Refused, new { Id = item.Resource, Text = "The mail server could not be reached or put the mail off too often." });

    // RFC 5321 section 4.2.1: 5yz is permanent. A sign-in that fails or a missing TLS is ours to mend, so it is tried again
    private static bool IsForGood(SmtpException trouble) => trouble is SmtpFailedRecipientException or SmtpFailedRecipientsException
        ? (int)trouble.StatusCode >= 500
        : trouble.StatusCode is SmtpStatusCode.ExceededStorageAllocation or SmtpStatusCode.MailboxNameNotAllowed or SmtpStatusCode.TransactionFailed;

    private static WorkOutcome.Failed Refused(MailMessage mail, string text) =>
        new("portal.mail.refused", text, tx => tx.Execute(MailMessage.Sql.Refused, new { mail.Id, Text = text }));

    private async Task Send(MailMessage mail, CancellationToken cancelled)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        patience.CancelAfter(Patience);
        await using var attachment = mail is { AttachmentKey: { } key, AccountId: { } account } ? await objects.Open(account, key, patience.Token) : null;
        using var message = Compose(mail, attachment);
        using var client = Client();
        await client.SendMailAsync(message, patience.Token);
    }

    private SmtpClient Client()
    {
        var set = options.Value;
        if (set.Kind == "folder")
        {
            Directory.CreateDirectory(set.Folder);
            return new SmtpClient
            {
                DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory,
                PickupDirectoryLocation = Path.GetFullPath(set.Folder),
            };
        }

        return new SmtpClient(set.Host, set.Port)
        {
            EnableSsl = true,
            // International would send headers in raw UTF-8, which not every server on the way takes
            DeliveryFormat = SmtpDeliveryFormat.SevenBit,
            Credentials = set.User.Length > 0 ? new NetworkCredential(set.User, set.Password) : null,
        };
    }

    private System.Net.Mail.MailMessage Compose(MailMessage mail, Stream? attachment)
    {
        var set = options.Value;
        var message = new System.Net.Mail.MailMessage
        {
            From = new MailAddress(set.From, set.FromName, Encoding.UTF8),
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };
        message.To.Add(new MailAddress(mail.Recipient));
        if (set.ReplyTo.Length > 0) message.ReplyToList.Add(new MailAddress(set.ReplyTo));
        // SmtpClient writes none
        message.Headers.Add("Message-ID", $"<{mail.Id}@{message.From.Host}>");
        // RFC 3834 section 5: nobody's holiday notice is wanted
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Body = mail.TextBody ?? "";
        message.BodyEncoding = Encoding.UTF8;
        message.BodyTransferEncoding = TransferEncoding.QuotedPrintable;
        if (mail.HtmlBody is { } html)
            message.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(html, Encoding.UTF8, MediaTypeNames.Text.Html));
        if (attachment is not null)
        {
            var type = Path.GetExtension(mail.AttachmentName) == ".pdf" ? MediaTypeNames.Application.Pdf : MediaTypeNames.Application.Octet;
            message.Attachments.Add(new Attachment(attachment, mail.AttachmentName, type) { NameEncoding = Encoding.UTF8 });
        }

        return message;
    }
}
