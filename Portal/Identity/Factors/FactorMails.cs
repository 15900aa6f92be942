using Database;
using Portal.Mail;

namespace Portal.Identity.Factors;

/// <summary>What is written to somebody whose ways to sign in change or are used from somewhere new.</summary>
internal static class FactorMails
{
    public static NewMail RecoveryUsed(Person person, int left, HttpContext context, PublicAddress address, DateTimeOffset now) => Of(
        "recovery-used", person, "A recovery code was used", $"""
            a recovery code was used in place of your second factor. You have {left} left.
            """, context, address, now);

    /// <param name="what">What happened, e.g. <c>A passkey was added</c>.</param>
    public static NewMail Changed(Person person, string what, HttpContext context, PublicAddress address, DateTimeOffset now) => Of(
        "factor-changed", person, what, $"{char.ToLowerInvariant(what[0])}{what[1..]}.", context, address, now);

    public static NewMail NewDevice(Person person, string browser, string ip, string userAgent, PublicAddress address, DateTimeOffset now) => Text(
        "new-device", person, "You signed in from somewhere new", $"""
            somebody has just signed in as you from a browser or network that we have not seen you use before.
            """, $"{browser} ({Texts.Cut(userAgent, 200)})", ip, address, now);

    public static NewMail Locked(Person person, PublicAddress address, string token, DateTimeOffset now) =>
        new($"unlock:{Secrets.Hash(token)}", person.Email, "Signing in is locked for fifteen minutes", $"""
            Hello {person.FullName},

            somebody, perhaps you, has tried too often to sign in as you, so nobody can for fifteen minutes ({Ist.Show(now)}).

            If it was you, open this link to try again at once:

            {address.Of("/sign-up/unlock?token=" + token)}

            The link is good once, for one hour. If it was not you, your password is as good as before; where you sign in with the same
            password elsewhere, choose another one here.
            """)
        {
            IsSecret = true,
        };

    private static NewMail Of(string kind, Person person, string subject, string text, HttpContext context, PublicAddress address, DateTimeOffset now) =>
        Text(kind, person, subject, text, Devices.Name(context.UserAgent()), context.Ip(), address, now);

    private static NewMail Text(
        string kind, Person person, string subject, string text, string browser, string ip, PublicAddress address, DateTimeOffset now) =>
        new($"{kind}:{person.Id}:{now.UtcTicks}", person.Email, subject, $"""
            Hello {person.FullName},

            {text}

            When: {Ist.Show(now)}
            Browser: {browser}
            Network address: {ip}

            If it was not you, choose a new password at once and look at what is signed in:

            {address.Of("/sign-up/password")}
            {address.Of("/accounts/security")}
            """);
}
