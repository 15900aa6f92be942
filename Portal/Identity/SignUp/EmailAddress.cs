using System.Net.Mail;

namespace Portal.Identity.SignUp;

/// <summary>What an e-mail address must look like here; whether it exists, only a mail tells.</summary>
internal static class EmailAddress
{
    public static bool IsGood(string? text) =>
        text is { Length: >= 6 and <= 254 } && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && MailAddress.TryCreate(text, out var address) && address.Address == text && address.DisplayName.Length == 0
        // unquoted local part, a host with a dot: what mail servers on the internet take
        && !text.Contains('"') && address.Host.Contains('.') && !address.Host.StartsWith('[') && address.User.Length <= 64;
}
