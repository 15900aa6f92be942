using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Portal.Servers;

/// <summary>A public key in the one-line form of OpenSSH, read to its last byte (RFC 4253 6.6, RFC 5656, RFC 8709).</summary>
public sealed record SshPublicKey
{
    private const int SmallestRsa = 2048;
    private const int LargestRsa = 8192;
    private const string Damaged = "The key is damaged or cut off. Copy the whole line of the .pub file again.";
    private const string Better = "Make one with 'ssh-keygen -t ed25519'.";
    private const int LongestComment = 100;

    private SshPublicKey(string type, int bits, byte[] blob, string comment)
    {
        (Type, Bits) = (type, bits);
        Text = $"{type} {Convert.ToBase64String(blob)} {comment}".TrimEnd();
        Fingerprint = $"SHA256:{Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=')}";
    }

    /// <summary>E.g. <c>ssh-ed25519</c>.</summary>
    public string Type { get; }

    /// <summary>The strength as the type counts it.</summary>
    public int Bits { get; }

    /// <summary>Type, key and comment in one line of ASCII.</summary>
    public string Text { get; }

    /// <summary>As <c>ssh-keygen -l</c> prints it.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads what somebody pasted: the key, or what is wrong with it and how to mend it.</summary>
    public static (SshPublicKey? Key, string? Problem) Read(string? pasted)
    {
        var text = (pasted ?? "").Trim();
        if (text.Length == 0) return (null, "Paste your SSH public key: the one line in a file such as ~/.ssh/id_ed25519.pub.");
        if (Foreign(text) is { } foreign) return (null, foreign);
        if (text.AsSpan().IndexOfAny('\r', '\n') >= 0)
            return (null, "Paste one key only, as one line. If it was wrapped when you copied it, join the lines.");
        var parts = text.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (NotOffered(parts[0]) is { } refused) return (null, refused);
        if (parts.Length < 2) return (null, "The key itself is missing after its type. Copy the whole line of the .pub file.");
        if (Decoded(parts[1]) is not { } blob) return (null, Damaged);
        return Body(parts[0], blob, Comment(parts.Length == 3 ? parts[2] : ""));
    }

    private static string? Foreign(string text) => text switch
    {
        _ when text.Contains("PRIVATE KEY", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("PuTTY-User-Key-File", StringComparison.Ordinal) =>
            "This is a private key. Keep it secret and paste the public one, from the file that ends in .pub.",
        _ when text.StartsWith("---- BEGIN SSH2", StringComparison.Ordinal) =>
            "This is the SSH2 format. Convert it with 'ssh-keygen -i -f key.pub', or copy it from PuTTYgen's box for OpenSSH.",
        _ when text.StartsWith("-----BEGIN", StringComparison.Ordinal) =>
            "This is a PEM file. Convert it with 'ssh-keygen -i -m PKCS8 -f key.pem' and paste the line it prints.",
        _ => null,
    };

    private static string? NotOffered(string type) => type switch
    {
        "ssh-ed25519" or "ssh-rsa" or "ecdsa-sha2-nistp256" or "ecdsa-sha2-nistp384" or "ecdsa-sha2-nistp521" => null,
        "ssh-dss" => "DSA keys are no longer safe and servers refuse them. Make one with 'ssh-keygen -t ed25519'.",
        _ when type.Contains("-cert-", StringComparison.Ordinal) => "This is a certificate. Paste the public key itself.",
        _ when type.StartsWith("sk-", StringComparison.Ordinal) =>
            "Keys on security tokens are not supported. Paste an ssh-ed25519, ecdsa or ssh-rsa key.",
        _ => "A public key starts with ssh-ed25519, ecdsa-sha2-nistp256 or ssh-rsa. Paste the line of the .pub file as it is.",
    };

    private static byte[]? Decoded(string base64)
    {
        var blob = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, blob, out var length) && length > 0 ? blob[..length] : null;
    }

    // the column holds ASCII; a comment is only a reminder for its owner
    private static string Comment(string text)
    {
        var plain = new string([.. text.Where(character => character is >= ' ' and <= '~')]).Trim();
        return plain.Length > LongestComment ? plain[..LongestComment] : plain;
    }

    private static (SshPublicKey? Key, string? Problem) Body(string type, byte[] blob, string comment)
    {
        var reader = new Reader(blob);
        if (!reader.Next(out var inner)) return (null, Damaged);
        if (!inner.SequenceEqual(Encoding.ASCII.GetBytes(type)))
            return (null, $"The line says {type}, but the key inside is of another type. Copy the whole line again.");
        var (bits, problem) = type switch
        {
            "ssh-ed25519" => Ed25519(ref reader),
            "ssh-rsa" => Rsa(ref reader),
            _ => Ecdsa(type["ecdsa-sha2-".Length..], ref reader),
        };
        if (problem is not null) return (null, problem);
        return bits == 0 || !reader.AtEnd ? (null, Damaged) : (new SshPublicKey(type, bits, blob, comment), null);
    }

    private static (int Bits, string? Problem) Ed25519(ref Reader reader) =>
        reader.Next(out var point) && point.Length == 32 ? (256, null) : default;

    private static (int Bits, string? Problem) Rsa(ref Reader reader)
    {
        if (!reader.Next(out var exponent) || !reader.Next(out var modulus)) return default;
        if (!IsPositive(exponent) || !IsPositive(modulus)) return default;
        var (e, n) = (new BigInteger(exponent, isBigEndian: true), new BigInteger(modulus, isBigEndian: true));
        if (e.IsEven || e < 3 || n.IsEven) return default;
        return n.GetBitLength() switch
        {
            < SmallestRsa and var bits => (0, $"This RSA key has {bits} bits; at least {SmallestRsa} are safe. {Better}"),
            > LargestRsa and var bits => (0, $"This RSA key has {bits} bits; at most {LargestRsa} are accepted. {Better}"),
            var bits => ((int)bits, null),
        };
    }

    private static bool IsPositive(ReadOnlySpan<byte> number) => number.Length > 0 && (number[0] & 0x80) == 0;

    private static (int Bits, string? Problem) Ecdsa(string name, ref Reader reader)
    {
        if (!reader.Next(out var curve) || !reader.Next(out var point)) return default;
        if (!curve.SequenceEqual(Encoding.ASCII.GetBytes(name))) return default;
        var (bits, known) = name switch
        {
            "nistp256" => (256, ECCurve.NamedCurves.nistP256),
            "nistp384" => (384, ECCurve.NamedCurves.nistP384),
            _ => (521, ECCurve.NamedCurves.nistP521),
        };
        var size = (bits + 7) / 8;
        if (point.Length != 1 + (2 * size) || point[0] != 4) return default;
        try
        {
            // importing checks that the point lies on the curve
            using var key = ECDsa.Create(new ECParameters
            {
                Curve = known,
                Q = new ECPoint { X = point.Slice(1, size).ToArray(), Y = point[(1 + size)..].ToArray() },
            });
            return (bits, null);
        }
        catch (CryptographicException)
        {
            return default;
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> blob)
    {
        private ReadOnlySpan<byte> left = blob;

        public readonly bool AtEnd => left.IsEmpty;

        public bool Next(out ReadOnlySpan<byte> field)
        {
            field = default;
            if (left.Length < 4) return false;
            var length = BinaryPrimitives.ReadUInt32BigEndian(left);
            if (length > left.Length - 4) return false;
            field = left.Slice(4, (int)length);
            left = left[(4 + (int)length)..];
            return true;
        }
    }
}
