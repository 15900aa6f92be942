using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Portal.Identity;

/// <summary>Generated secrets: 256 random bits, kept as SHA-256 only (they are random, so a slow hash adds nothing).</summary>
internal static class Secrets
{
    private const int MarkedLength = 40;
    private const int SumLength = 6;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>
    /// A secret that programs which look for secrets know: the mark, 40 letters and digits (238 random bits), and six characters that
    /// begin the SHA-256 of what stands before them, in lower-case hex.
    /// </summary>
    public static string NewMarked(string mark)
    {
        var text = mark + RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", MarkedLength);
        return text + Hash(text)[..SumLength];
    }

    /// <summary>Whether it has the shape of one; a slip of the pen costs no look into the database.</summary>
    public static bool IsMarked(string text, string mark) =>
        text.Length == mark.Length + MarkedLength + SumLength
        && text.StartsWith(mark, StringComparison.Ordinal)
        && Hash(text[..^SumLength]).StartsWith(text[^SumLength..], StringComparison.Ordinal);

    /// <summary>Lower-case hex, 64 characters.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    public static bool Same(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(one)), SHA256.HashData(Encoding.UTF8.GetBytes(other)));

    /// <summary>A secret of its own for each purpose, from the master secret (RFC 5869).</summary>
    public static byte[] Derive(string master, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(master), 32, info: Encoding.UTF8.GetBytes(purpose));
}

internal static class Texts
{
    public static string Cut(string? text, int most) => text is null ? "" : text.Length > most ? text[..most] : text;

    public static string Ip(this HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        var address => address.ToString(),
    };

    public static string UserAgent(this HttpContext context) => Cut(context.Request.Headers.UserAgent.ToString(), 400);

    /// <summary>A path on this portal to go on to; anything else is the start page.</summary>
    public static string LocalPath(string? path) =>
        path is ['/', .. var rest] && !rest.StartsWith('/') && !rest.StartsWith('\\') && !path.Any(char.IsControl) && path.Length <= 1000
            ? path
            : "/servers";
}
