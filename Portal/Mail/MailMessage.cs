using Database;

namespace Portal.Mail;

/// <summary>The id of a mail.</summary>
public readonly record struct MailMessageId(string Value) : IId<MailMessageId>
{
    /// <inheritdoc/>
    public static string Prefix => "mai";

    /// <inheritdoc/>
    public static MailMessageId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A file that goes with a mail, from the account's encrypted objects.</summary>
/// <param name="ObjectKey">Its key in <c>EncryptedObjects</c>, under the mail's account.</param>
/// <param name="FileName">What the recipient sees, e.g. <c>KA-26-000017.pdf</c>.</param>
public sealed record MailAttachment(string ObjectKey, string FileName);

/// <summary>A mail to queue.</summary>
/// <param name="Event">What it tells of, e.g. <c>invoice:inv_…</c>; one mail an event and recipient, however often it is queued.</param>
/// <param name="Recipient">An e-mail address.</param>
/// <param name="Subject">One line, at most 200 characters.</param>
/// <param name="Text">The mail as plain text, lines of any length.</param>
public sealed record NewMail(string Event, string Recipient, string Subject, string Text)
{
    /// <summary>The same as HTML; null sends the text alone.</summary>
    public string? Html { get; init; }

    /// <summary>The account it belongs to; needed for an attachment.</summary>
    public string? AccountId { get; init; }

    /// <summary>A file to send along.</summary>
    public MailAttachment? Attachment { get; init; }

    /// <summary>Holds a link that signs somebody in or up: the text is wiped once the mail server has it.</summary>
    public bool IsSecret { get; init; }
}

/// <summary>A mail: queued, sent, or refused for good.</summary>
internal sealed record MailMessage
{
    public MailMessageId Id { get; init; }

    public string Event { get; init; } = "";

    public string Recipient { get; init; } = "";

    public string? AccountId { get; init; }

    public string Subject { get; init; } = "";

    public string? TextBody { get; init; }

    public string? HtmlBody { get; init; }

    public bool IsSecret { get; init; }

    public string? AttachmentKey { get; init; }

    public string? AttachmentName { get; init; }

    public string State { get; init; } = "";

    public string? ErrorText { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    public static Task<MailMessage?> ById(Db db, MailMessageId id) => db.One<MailMessage>(Sql.ById, new { Id = id });

    public static Task<IReadOnlyList<MailMessage>> Newest(Db db, int most) => db.Query<MailMessage>(Sql.Newest, new { First = 1, Last = most });

    internal static class Sql
    {
        private const string Columns = """
            Id, Event, Recipient, AccountId, Subject, TextBody, HtmlBody, IsSecret, AttachmentKey, AttachmentName,
            State, ErrorText, CreatedAt, SentAt
            """;

        public const string ById = $"""
            -- all accounts: the sender and the development inbox read every mail
            select {Columns}
            from MailMessage
            where Id = @Id
            """;

        public const string Newest = $"""
            -- all accounts: the development inbox reads every mail
            select {Columns}
            from (
                select {Columns}, row_number() over (order by CreatedAt desc, Id desc) as Position
                from MailMessage
            ) newest
            where Position between @First and @Last
            order by Position
            """;

        public const string Add = """
            -- all accounts: some mails belong to nobody's account
            insert into MailMessage (Id, Event, Recipient, AccountId, Subject, TextBody, HtmlBody, IsSecret, AttachmentKey, AttachmentName,
                State, CreatedAt)
            select @Id, @Event, @Recipient, @AccountId, @Subject, @Text, @Html, @IsSecret, @ObjectKey, @FileName,
                'queued', @Now
            where not exists (select 1 from MailMessage where Event = @Event and Recipient = @Recipient)
            """;

        public const string Sent = """
            -- all accounts: the sender serves everybody
            update MailMessage
            set State = 'sent', SentAt = @Now, ErrorText = null,
                TextBody = case when @Wipe = 1 then null else TextBody end,
                HtmlBody = case when @Wipe = 1 then null else HtmlBody end
            where Id = @Id
                and State = 'queued'
            """;

        public const string Refused = """
            -- all accounts: the sender serves everybody
            update MailMessage
            set State = 'refused', ErrorText = @Text
            where Id = @Id
                and State = 'queued'
            """;
    }
}
