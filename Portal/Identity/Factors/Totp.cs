using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Database;
using Microsoft.AspNetCore.DataProtection;

namespace Portal.Identity.Factors;

/// <summary>
/// The one-time passwords of an authenticator app (RFC 6238 with its defaults: SHA-1, six digits, thirty seconds). The secret lies
/// encrypted by data protection; a step that was used once is refused from then on (section 5.2).
/// </summary>
internal sealed record Totp
{
    public const int Digits = 6;
    private const int StepSeconds = 30;
    private const int SecretBytes = 20;   // RFC 4226 section 4, R6: 160 bits
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public PersonId PersonId { get; init; }

    public string ProtectedSecret { get; init; } = "";

    public long LastStep { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    public static IDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("Portal.Identity.Factors.Totp");

    public static Task<Totp?> Of(Db db, PersonId person) => db.One<Totp>(Sql.Of, new { PersonId = person });

    /// <summary>The step whose code was typed, one early or late included (section 5.2, 6); null for none.</summary>
    public static long? StepOf(byte[] secret, string? typed, DateTimeOffset now)
    {
        var digits = string.Concat((typed ?? "").Where(c => !char.IsWhiteSpace(c)));
        if (digits.Length != Digits || !digits.All(char.IsAsciiDigit)) return null;
        var at = now.ToUnixTimeSeconds() / StepSeconds;
        long? found = null;
        // all three are looked at, so that the time tells nothing
        foreach (var step in (long[])[at - 1, at, at + 1])
        {
            if (Secrets.Same(Code(secret, step), digits)) found = step;
        }

        return found;
    }

    /// <summary>RFC 4226 section 5.3.</summary>
    public static string Code(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238 with SHA-1 is what every app knows; what breaks SHA-1 does not break HMAC
        HMACSHA1.HashData(secret, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash[(hash[^1] & 15)..]) & 0x7FFFFFFF;
        return (number % 1_000_000).ToString("000000", CultureInfo.InvariantCulture);
    }

    public static string CodeAt(byte[] secret, DateTimeOffset now) => Code(secret, now.ToUnixTimeSeconds() / StepSeconds);

    /// <summary>RFC 4648 section 6, without padding: what apps take as a key.</summary>
    public static string Base32(byte[] bytes)
    {
        var text = new System.Text.StringBuilder();
        for (var bit = 0; bit < bytes.Length * 8; bit += 5)
        {
            var value = 0;
            for (var i = bit; i < bit + 5; i++) value = (value << 1) | (i < bytes.Length * 8 ? (bytes[i / 8] >> (7 - (i % 8))) & 1 : 0);
            text.Append(Alphabet[value]);
        }

        return text.ToString();
    }

    /// <summary>What the QR code says to the app (the Key Uri Format that all of them read).</summary>
    public static string Address(string brand, string email, byte[] secret) =>
        $"otpauth://totp/{Uri.EscapeDataString(brand)}:{Uri.EscapeDataString(email)}?secret={Base32(secret)}&issuer={Uri.EscapeDataString(brand)}";

    /// <summary>False when the person has an app already.</summary>
    public static async Task<bool> Add(Tx tx, PersonId person, string protectedSecret, long step, DateTimeOffset now) =>
        await tx.Execute(Sql.Add, new { PersonId = person, ProtectedSecret = protectedSecret, LastStep = step, Now = now }) == 1;

    /// <summary>Takes the step: a code is good once, and none before it any more.</summary>
    public static async Task<bool> Use(Tx tx, PersonId person, long step) => await tx.Execute(Sql.Use, new { PersonId = person, Step = step }) == 1;

    public static async Task<bool> Remove(Tx tx, PersonId person) => await tx.Execute(Sql.Remove, new { PersonId = person }) == 1;

    internal static class Sql
    {
        public const string Of = "select PersonId, ProtectedSecret, LastStep, CreatedAt from Totp where PersonId = @PersonId";

        public const string Add = """
            insert into Totp (PersonId, ProtectedSecret, LastStep, CreatedAt)
            select @PersonId, @ProtectedSecret, @LastStep, @Now
            where not exists (select 1 from Totp where PersonId = @PersonId)
            """;

        public const string Use = "update Totp set LastStep = @Step where PersonId = @PersonId and LastStep < @Step";

        public const string Remove = "delete from Totp where PersonId = @PersonId";
    }
}
