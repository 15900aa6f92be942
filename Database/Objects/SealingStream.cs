using System.Security.Cryptography;

namespace Database.Objects;

/// <summary>Reads a plain stream and gives out its encrypted form, chunk by chunk; counts and hashes the plain bytes on the way.</summary>
internal sealed class SealingStream(Stream plain, AesGcm cipher, byte[] header) : ForwardStream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] sealedChunk = new byte[Math.Max(Envelope.SealedChunkBytes, header.Length)];
    private byte[] current = new byte[Envelope.ChunkBytes];
    private byte[] next = new byte[Envelope.ChunkBytes];
    private int currentLength = -1;
    private int start;
    private int end = -1;
    private long number;
    private bool ended;

    /// <summary>What was read from the plain stream; whole once this stream has been read to its end.</summary>
    internal StoredObject Plain() => ended && start == end
        ? new StoredObject(Bytes, Convert.ToHexStringLower(hash.GetCurrentHash()))
        : throw new InvalidOperationException("The stream has not been read to its end.");

    private long Bytes { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0) return 0;
        if (end < 0)
        {
            header.CopyTo(sealedChunk, 0);
            (start, end) = (0, header.Length);
        }

        if (start == end && !ended) await Fill(cancellationToken);
        var count = Math.Min(buffer.Length, end - start);
        sealedChunk.AsMemory(start, count).CopyTo(buffer);
        start += count;
        return count;
    }

    // one chunk is read ahead: only then is it known which one is the last
    private async Task Fill(CancellationToken cancelled)
    {
        if (currentLength < 0) currentLength = await plain.ReadAtLeastAsync(current, current.Length, false, cancelled);
        var nextLength = currentLength < current.Length ? 0 : await plain.ReadAtLeastAsync(next, next.Length, false, cancelled);
        ended = nextLength == 0;
        Seal(ended);
        (current, next, currentLength) = (next, current, nextLength);
    }

    private void Seal(bool last)
    {
        Span<byte> nonce = stackalloc byte[Envelope.NonceBytes];
        Envelope.Nonce(nonce, number++, last);
        hash.AppendData(current, 0, currentLength);
        Bytes += currentLength;
        cipher.Encrypt(
            nonce, current.AsSpan(0, currentLength), sealedChunk.AsSpan(0, currentLength), sealedChunk.AsSpan(currentLength, Envelope.TagBytes));
        (start, end) = (0, currentLength + Envelope.TagBytes);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hash.Dispose();
            cipher.Dispose();
        }

        base.Dispose(disposing);
    }
}
