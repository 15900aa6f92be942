using Portal.Mail;

namespace Portal.Identity.SignUp;

/// <summary>What the room writes to people.</summary>
internal static class Mails
{
    public static NewMail Confirm(NewLink link, PublicAddress address, string token, IdentityOptions options) =>
        new($"signup:{Secrets.Hash(token)}", link.Email, "Confirm your e-mail address", $"""
            Hello {link.FullName},

            confirm that this address is yours, and your account is ready:

            {address.Of("/sign-up/confirm?token=" + token)}

            The link is good once, for {Hours(options)}. If you did not ask for an account, delete this mail; nothing happens then.
            """)
        {
            IsSecret = true,
        };

    public static NewMail AlreadyThere(Person person, PublicAddress address, string token) =>
        new($"signup:{Secrets.Hash(token)}", person.Email, "You already have an account", $"""
            Hello {person.FullName},

            somebody, probably you, has just tried to create an account with this address. You have one already. Sign in here:

            {address.Of("/sign-in")}

            If you forgot the password, choose a new one here:

            {address.Of("/sign-up/password")}

            If it was not you, you need not do anything.
            """);

    public static NewMail Password(Person person, PublicAddress address, string token, IdentityOptions options) =>
        new($"password:{Secrets.Hash(token)}", person.Email, "Choose a new password", $"""
            Hello {person.FullName},

            choose a new password here:

            {address.Of("/sign-up/new-password?token=" + token)}

            The link is good once, for {Hours(options)}. If you did not ask for it, delete this mail; your password stays as it is.
            """)
        {
            IsSecret = true,
        };

    public static NewMail PasswordChanged(Person person, PublicAddress address, DateTimeOffset now) =>
        new($"password-changed:{person.Id}:{now.UtcTicks}", person.Email, "Your password was changed", $"""
            Hello {person.FullName},

            your password was changed on {Database.Ist.Show(now)}, and every browser was signed out.

            If it was not you, choose a new one at once:

            {address.Of("/sign-up/password")}
            """);

    private static string Hours(IdentityOptions options) => options.LinkLength.TotalHours is var hours && hours == 1
        ? "one hour"
        : string.Create(null, $"{hours:0} hours");
}
