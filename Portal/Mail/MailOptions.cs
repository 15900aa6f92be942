namespace Portal.Mail;

/// <summary>How mails leave. Section <c>Portal:Mail</c>.</summary>
public sealed record MailOptions
{
    /// <summary><c>smtp</c>, or <c>folder</c>: one <c>.eml</c> file a mail, for development.</summary>
    public string Kind { get; init; } = "smtp";

    /// <summary>The mail server. STARTTLS is used always (RFC 3207); implicit TLS on port 465 is not supported.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its submission port (RFC 6409).</summary>
    public int Port { get; init; } = 587;

    /// <summary>The user at the mail server; empty for none.</summary>
    public string User { get; init; } = "";

    /// <summary>The user's password.</summary>
    public string Password { get; init; } = "";

    /// <summary>The folder of the kind <c>folder</c>.</summary>
    public string Folder { get; init; } = "data/mail";

    /// <summary>The sender's address.</summary>
    public string From { get; init; } = "";

    /// <summary>The sender's name.</summary>
    public string FromName { get; init; } = "";

    /// <summary>Where answers go; empty: to the sender.</summary>
    public string ReplyTo { get; init; } = "";
}
