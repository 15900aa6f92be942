using System.Security.Cryptography;

namespace Database.Objects;

/// <summary>
/// Reads an encrypted object and gives out its plain bytes, each only after its chunk has proved true. Whoever reads to the end has
/// the whole object: anything else ends in <see cref="ObjectDamagedException"/>, never in a short read.
/// </summary>
internal sealed class OpeningStream(Stream stored, AesGcm cipher, string key) : ForwardStream
{
    private readonly byte[] plain = new byte[Envelope.ChunkBytes];
    private byte[] current = new byte[Envelope.SealedChunkBytes];
    private byte[] next = new byte[Envelope.SealedChunkBytes];
    private int currentLength = -1;
    private int start;
    private int end;
    private long number;
    private bool ended;
    private bool damaged;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (damaged) throw new ObjectDamagedException(key, "an earlier read has failed");
        if (buffer.Length == 0) return 0;
        if (start == end && !ended) await Fill(cancellationToken);
        var count = Math.Min(buffer.Length, end - start);
        plain.AsMemory(start, count).CopyTo(buffer);
        start += count;
        return count;
    }

    private async Task Fill(CancellationToken cancelled)
    {
        damaged = true;
        if (currentLength < 0) currentLength = await stored.ReadAtLeastAsync(current, current.Length, false, cancelled);
        var nextLength = currentLength < current.Length ? 0 : await stored.ReadAtLeastAsync(next, next.Length, false, cancelled);
        ended = nextLength == 0;
        Prove(ended);
        (current, next, currentLength) = (next, current, nextLength);
        damaged = false;
    }

    private void Prove(bool last)
    {
        var length = currentLength - Envelope.TagBytes;
        if (length < 0) throw new ObjectDamagedException(key, "it ends in the middle of a chunk");
        Span<byte> nonce = stackalloc byte[Envelope.NonceBytes];
        Envelope.Nonce(nonce, number++, last);
        try
        {
            cipher.Decrypt(nonce, current.AsSpan(0, length), current.AsSpan(length, Envelope.TagBytes), plain.AsSpan(0, length));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new ObjectDamagedException(key, $"chunk {number - 1} is not the one that was sealed");
        }

        (start, end) = (0, length);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            cipher.Dispose();
            stored.Dispose();
            CryptographicOperations.ZeroMemory(plain);
        }

        base.Dispose(disposing);
    }
}
