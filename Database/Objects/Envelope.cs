using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Database.Objects;

/// <summary>The stored bytes are not the ones that were sealed: changed, cut off, put into another order or under another key.</summary>
public sealed class ObjectDamagedException(string key, string what) : Exception($"The object '{key}' is damaged: {what}.");

/// <summary>
/// The form of an encrypted object: a header (mark, data key id, salt), then chunks of 64 KiB, each with its GCM tag. A chunk's nonce
/// is its number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár 2015), so that a chunk
/// cannot be dropped, doubled, moved or cut off unseen. Its cipher key comes by HKDF-SHA256 (RFC 5869) from the account's data key,
/// bound to the account, the object's key and the header.
/// </summary>
internal static class Envelope
{
    internal const int ChunkBytes = 64 * 1024;
    internal const int TagBytes = 16;
    internal const int SealedChunkBytes = ChunkBytes + TagBytes;
    internal const int NonceBytes = 12;
    private const int SaltBytes = 32;
    private const int IdBytes = 30;

    private static ReadOnlySpan<byte> Mark => "PORTAL\0\u0001"u8;

    internal static int HeaderBytes => Mark.Length + IdBytes + SaltBytes;

    internal static byte[] NewHeader(DataKeyId id)
    {
        var header = new byte[HeaderBytes];
        Mark.CopyTo(header);
        Encoding.ASCII.GetBytes(id.Value, header.AsSpan(Mark.Length, IdBytes));
        RandomNumberGenerator.Fill(header.AsSpan(Mark.Length + IdBytes));
        return header;
    }

    /// <summary>The data key's id in the header; null when it is no header of ours.</summary>
    internal static DataKeyId? KeyOf(ReadOnlySpan<byte> header) =>
        header.Length == HeaderBytes
        && header.StartsWith(Mark)
        && Id.TryParse<DataKeyId>(Encoding.ASCII.GetString(header.Slice(Mark.Length, IdBytes)), out var id)
            ? id
            : null;

    internal static AesGcm Cipher(byte[] dataKey, string accountId, string key, ReadOnlySpan<byte> header)
    {
        Span<byte> own = stackalloc byte[DataKeys.KeyBytes];
        byte[] info = [.. Encoding.UTF8.GetBytes($"portal object\0{accountId}\0{key}\0"), .. header];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, dataKey, own, header[^SaltBytes..], info);
        var cipher = new AesGcm(own, TagBytes);
        CryptographicOperations.ZeroMemory(own);
        return cipher;
    }

    internal static void Nonce(Span<byte> nonce, long number, bool last)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce, number);
        nonce[^1] = last ? (byte)1 : (byte)0;
    }
}
