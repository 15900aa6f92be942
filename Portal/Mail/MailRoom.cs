using System.Net.Mail;
using Database;
using Database.Work;

namespace Portal.Mail;

/// <summary>What the room offers the building: queueing mails in the caller's transaction, and sending them.</summary>
public static class MailRoom
{
    private const int SendTries = 20;

    /// <summary>
    /// Queues a mail in the caller's transaction, so that the change and the word of it stand or fall together. A second call for the
    /// same event and recipient does nothing.
    /// </summary>
    /// <returns>Whether this call queued it.</returns>
    public static async Task<bool> Queue(Tx tx, NewMail mail, DateTimeOffset now)
    {
        var id = Id.New<MailMessageId>(now);
        var added = await tx.Execute(MailMessage.Sql.Add, new
        {
            Id = id,
            mail.Event,
            mail.Recipient,
            mail.AccountId,
            Subject = OneLine(mail.Subject),
            mail.Text,
            mail.Html,
            mail.IsSecret,
            mail.Attachment?.ObjectKey,
            mail.Attachment?.FileName,
            Now = now,
        });
        if (added == 0) return false;
        await WorkQueue.Add(tx, new NewWork("mail.send", id.Value) { AccountId = mail.AccountId }, now);
        return true;
    }

    /// <summary>Registers the room.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MailOptions>().Bind(configuration.GetSection("Portal:Mail"))
            .Validate(options => options.Kind is "smtp" or "folder", "Portal:Mail:Kind is neither 'smtp' nor 'folder'; set one of them.")
            .Validate<IHostEnvironment>(
                (options, host) => host.IsDevelopment() || options.Kind != "folder",
                "Portal:Mail:Kind is 'folder', where nobody reads mails; set it to 'smtp' and Portal:Mail:Host to your mail server.")
            .Validate(options => options.Kind != "smtp" || options.Host.Length > 0, "Portal:Mail:Host is empty; set the name of your mail server.")
            .Validate(
                options => options.Port is > 0 and < 65536 and not 465,
                "Portal:Mail:Port is no port for STARTTLS; set the submission port, usually 587 (465, TLS from the first byte, is not supported).")
            .Validate(options => options.Kind != "folder" || options.Folder.Length > 0, "Portal:Mail:Folder is empty; name a folder, e.g. data/mail.")
            .Validate(
                options => MailAddress.TryCreate(options.From, out _),
                "Portal:Mail:From is no e-mail address; set the address that mails come from, e.g. portal@example.in.")
            .Validate(
                options => options.ReplyTo.Length == 0 || MailAddress.TryCreate(options.ReplyTo, out _),
                "Portal:Mail:ReplyTo is no e-mail address; set one, or leave it empty.")
            .ValidateOnStart();
        services.AddWorkCommand<SendMail>("mail.send", SendTries);
        return services;
    }

    /// <summary>Maps the room's endpoints.</summary>
    public static void MapMail(this IEndpointRouteBuilder routes) => _ = routes;

    // a line break in a subject would be a header of somebody else's making
    private static string OneLine(string subject)
    {
        var line = string.Join(' ', subject.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length > 200 ? line[..200] : line;
    }
}
