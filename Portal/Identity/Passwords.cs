using System.Globalization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Portal.Identity;

/// <summary>What a password must be, and the slow hash it is kept as (PBKDF2-HMAC-SHA512, 210,000 rounds).</summary>
internal static class Passwords
{
    public const int Least = 10;
    public const int Most = 128;

    // fewer only in a program that says so in its own runtime configuration, as the tests do, which sign thousands in
    private static readonly int Rounds =
        AppContext.GetData("Portal.Identity.PasswordRounds") is string fewer ? int.Parse(fewer, CultureInfo.InvariantCulture) : 210_000;

    private static readonly PasswordHasher<object> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));
    private static readonly object Nobody = new();
    private static readonly Lazy<string> HashOfNothing = new(() => Hash(Secrets.New()));

    public static string Hash(string password) => Hasher.HashPassword(Nobody, password);

    /// <summary>Takes as long for an address that is not known, so that the time tells nothing.</summary>
    public static bool Fits(string? hash, string password)
    {
        var result = Hasher.VerifyHashedPassword(Nobody, hash ?? HashOfNothing.Value, Texts.Cut(password, Most));
        return hash is not null && result != PasswordVerificationResult.Failed;
    }

    /// <summary>What is wrong with the password and how to mend it; null when it is good (NIST SP 800-63B 5.1.1.2: length and a list).</summary>
    public static string? Trouble(string? password, string email, string name, CommonPasswords common)
    {
        if (string.IsNullOrEmpty(password)) return "Choose a password.";
        if (password.Length < Least) return $"Use at least {Least} characters. Three words that don't belong together are easy to remember.";
        if (password.Length > Most) return $"Use at most {Most} characters.";
        var plain = Plain(password);
        if (password.Distinct().Count() < 5 || common.Has(plain) || common.Has(password.ToLowerInvariant()))
            return "This password is among the first that attackers try. Three words that don't belong together are safer.";
        return Own(email, name).Any(part => plain == Plain(part))
            ? "This password is made from your name or e-mail address. Choose something others can't guess."
            : null;
    }

    private static IEnumerable<string> Own(string email, string name) =>
        [email, email.Split('@')[0], name, .. name.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    // "P@ssw0rd2026!" is "password": what stands around a common word adds little
    private static string Plain(string password)
    {
        var letters = password.ToLowerInvariant().Trim("0123456789 !@#$%^&*()-_=+.,?".ToCharArray())
            .Replace('0', 'o').Replace('1', 'i').Replace('3', 'e').Replace('4', 'a').Replace('5', 's').Replace('7', 't')
            .Replace('@', 'a').Replace('$', 's').Replace('!', 'i');
        var text = new string([.. letters.Where(char.IsLetter)]);
        return Repeated(text);
    }

    // "indiaindia" is "india"
    private static string Repeated(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
        {
            if (text.Length % length != 0) continue;
            var part = text[..length];
            if (string.Concat(Enumerable.Repeat(part, text.Length / length)) == text) return part;
        }

        return text;
    }
}
