using System.Text;

namespace Database.Objects;

/// <summary>What a put has stored: the bytes read from the stream and their SHA-256 (lower-case hex).</summary>
public sealed record StoredObject(long Bytes, string Sha256);

/// <summary>An object as a listing shows it; <paramref name="Bytes"/> is the size as stored.</summary>
public sealed record ListedObject(string Key, long Bytes);

/// <summary>The store has no object of that key.</summary>
public sealed class ObjectMissingException(string key) : Exception($"The object store has no object '{key}'.");

/// <summary>
/// Whole objects under a key: local files by default, an S3 bucket where one is configured. An object is seen whole or not at all:
/// a put that is cut off, or whose process dies, leaves what was there before.
/// </summary>
public abstract class ObjectStore
{
    private const int LongestKey = 900;
    private const int LongestSegment = 200;

    /// <summary>Reads the stream to its end (any length, bounded memory) and stores it under the key, in place of what was there.</summary>
    public abstract Task<StoredObject> Put(string key, Stream content, CancellationToken cancelled = default);

    /// <summary>The object's bytes; the caller disposes the stream.</summary>
    /// <exception cref="ObjectMissingException">There is none.</exception>
    public abstract Task<Stream> Open(string key, CancellationToken cancelled = default);

    /// <summary>Removes the object; harmless when there is none.</summary>
    public abstract Task Delete(string key, CancellationToken cancelled = default);

    /// <summary>Every object whose key begins with the prefix, in no promised order; an empty prefix lists all.</summary>
    public abstract IAsyncEnumerable<ListedObject> List(string prefix, CancellationToken cancelled = default);

    /// <summary>
    /// Keys are segments parted by '/': at most 900 bytes of UTF-8 in all and 200 a segment, none empty or starting with a dot,
    /// no control characters, no backslash. What is a folder of one key is not the key of another object.
    /// </summary>
    /// <exception cref="ArgumentException">The key is none.</exception>
    protected static void Check(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (Complaint(key) is { } complaint) throw new ArgumentException($"'{key}' is no object key: {complaint}.", nameof(key));
    }

    private static string? Complaint(string key)
    {
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        try
        {
            if (strict.GetByteCount(key) is 0 or > LongestKey) return $"it is empty or longer than {LongestKey} bytes";
        }
        catch (EncoderFallbackException)
        {
            return "it is no valid Unicode";
        }

        if (key.Any(sign => char.IsControl(sign) || sign == '\\')) return "it has a control character or a backslash";
        foreach (var segment in key.Split('/'))
        {
            if (segment.Length == 0) return "it has an empty segment";
            if (segment[0] == '.') return "a segment starts with a dot";
            if (strict.GetByteCount(segment) > LongestSegment) return $"a segment is longer than {LongestSegment} bytes";
        }

        return null;
    }
}
