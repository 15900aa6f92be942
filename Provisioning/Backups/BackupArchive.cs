using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Database.Objects;

namespace Provisioning.Backups;

/// <summary>The archive is not whole: cut off, changed, or no backup at all.</summary>
internal sealed class BackupDamagedException(string what, Exception? inner = null) : Exception($"The backup archive is damaged: {what}.", inner);

/// <summary>
/// Reads a backup archive (tar.gz) to its end. A hypervisor exports a truncated archive with status 200 and a matching length, so only
/// the gzip trailer and the tar's end mark say that it is whole.
/// </summary>
/// <remarks>
/// The headers are read by hand: only their checksums and sizes matter here, and a library that refuses an odd owner, device or time
/// would refuse a backup that restores well.
/// </remarks>
internal static class BackupArchive
{
    private const int Block = 512;
    private const string Index = "backup/index.yaml";

    /// <summary>Reads to the end; the archive's size and SHA-256.</summary>
    /// <exception cref="BackupDamagedException">It is not whole.</exception>
    public static async Task<StoredObject> ReadToEnd(Stream archive, CancellationToken cancelled)
    {
        await using var packed = new PackedStream(archive);
        await using var plain = new CountingStream(new GZipStream(packed, CompressionMode.Decompress));
        try
        {
            await ReadTar(plain, cancelled);
            await plain.CopyToAsync(Stream.Null, cancelled);
            await packed.CopyToAsync(Stream.Null, cancelled);
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException)
        {
            throw new BackupDamagedException(broken.Message.TrimEnd('.'), broken);
        }

        // a deflate stream that is cut between two blocks ends without complaint; its trailer (RFC 1952, 2.3.1) holds the size
        if (packed.Count < 18 || packed.LastFourBytes != (uint)plain.Count) throw new BackupDamagedException("the gzip stream is cut off");
        return new StoredObject(packed.Count, packed.Sha256());
    }

    private static async Task ReadTar(CountingStream tar, CancellationToken cancelled)
    {
        var header = new byte[Block];
        var indexed = false;
        long? sizeToCome = null;
        while (true)
        {
            await tar.ReadExactlyAsync(header, cancelled);
            if (!header.AsSpan().ContainsAnyExcept((byte)0))
            {
                await tar.ReadExactlyAsync(header, cancelled);
                if (header.AsSpan().ContainsAnyExcept((byte)0)) throw new InvalidDataException("the tar's end mark is not whole");
                break;
            }

            if (!ChecksumHolds(header)) throw new InvalidDataException("a tar header's checksum does not hold");
            var size = sizeToCome ?? Number(header.AsSpan(124, 12));
            sizeToCome = null;
            indexed |= Text(header.AsSpan(0, 100)) == Index;
            if (header[156] == 'x') sizeToCome = SizeIn(await Content(tar, size, cancelled));
            else await Skip(tar, size, cancelled);
            await Skip(tar, (Block - (size % Block)) % Block, cancelled);
        }

        if (!indexed) throw new InvalidDataException($"it holds no {Index}");
    }

    private static bool ChecksumHolds(ReadOnlySpan<byte> header)
    {
        long sum = 8 * ' ';
        for (var i = 0; i < Block; i++) sum += i is >= 148 and < 156 ? 0 : header[i];
        return sum == Number(header.Slice(148, 8));
    }

    // octal digits, or (high bit set) a big-endian binary number
    private static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0) return BinaryPrimitives.ReadInt64BigEndian(field[^8..]);
        long value = 0;
        foreach (var digit in field.Trim((byte)' '))
        {
            if (digit is 0 or (byte)' ') break;
            if (digit is < (byte)'0' or > (byte)'7') throw new InvalidDataException("a tar header holds no number where one belongs");
            value = (value * 8) + (digit - '0');
        }

        return value;
    }

    // "LENGTH KEY=VALUE\n" records (POSIX pax); a file of 8 GiB or more has its size here
    private static long? SizeIn(ReadOnlySpan<byte> records)
    {
        long? size = null;
        while (records.Length > 0)
        {
            var blank = records.IndexOf((byte)' ');
            if (blank <= 0 || !int.TryParse(Encoding.ASCII.GetString(records[..blank]), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length <= blank || length > records.Length)
                throw new InvalidDataException("a pax header is not whole");
            var record = records[(blank + 1)..(length - 1)];
            records = records[length..];
            if (!record.StartsWith("size="u8)) continue;
            if (!long.TryParse(Encoding.ASCII.GetString(record[5..]), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
                throw new InvalidDataException("a pax header holds no number where one belongs");
            size = bytes;
        }

        return size;
    }

    private static async Task<byte[]> Content(Stream tar, long size, CancellationToken cancelled)
    {
        if (size is < 0 or > 1 << 24) throw new InvalidDataException("a pax header is larger than 16 MiB");
        var content = new byte[size];
        await tar.ReadExactlyAsync(content, cancelled);
        return content;
    }

    private static async Task Skip(Stream tar, long count, CancellationToken cancelled)
    {
        if (count < 0) throw new InvalidDataException("a tar header holds a negative size");
        var buffer = new byte[Math.Min(count, 1 << 17)];
        while (count > 0)
        {
            var read = await tar.ReadAsync(buffer.AsMemory(0, (int)Math.Min(count, buffer.Length)), cancelled);
            if (read == 0) throw new EndOfStreamException("the tar ends in the middle of a file");
            count -= read;
        }
    }

    private static string Text(ReadOnlySpan<byte> field) => Encoding.UTF8.GetString(field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field);

    private class CountingStream(Stream inner) : ForwardStream
    {
        public long Count { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Count += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class PackedStream(Stream inner) : CountingStream(inner)
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private uint tail;

        public uint LastFourBytes => BinaryPrimitives.ReverseEndianness(tail);

        public string Sha256() => Convert.ToHexStringLower(hash.GetCurrentHash());

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            hash.AppendData(buffer.Span[..read]);
            foreach (var one in buffer.Span[Math.Max(0, read - 4)..read]) tail = (tail << 8) | one;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
