using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Database;

/// <summary>An id of one kind: three letters that name the kind, an underscore, 26 characters of base32hex of a UUIDv7.</summary>
public interface IId<TSelf>
    where TSelf : struct, IId<TSelf>
{
    /// <summary>The three letters that name the kind, e.g. <c>inv</c>.</summary>
    static abstract string Prefix { get; }

    /// <summary>Takes a text that is known to be an id of this kind (from our own rows).</summary>
    static abstract TSelf From(string value);

    /// <summary>The id as stored and shown.</summary>
    string Value { get; }
}

/// <summary>Makes and reads ids. They sort by the time of their making, on both engines, as plain text.</summary>
public static class Id
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";
    private const int Characters = 26;
    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);

    /// <summary>A new id of the kind <typeparamref name="T"/>, made at <paramref name="now"/> (UTC, milliseconds).</summary>
    public static T New<T>(DateTimeOffset now)
        where T : struct, IId<T> => T.From($"{T.Prefix}_{Text(Guid.CreateVersion7(now))}");

    /// <summary>The id of the kind <typeparamref name="T"/> that shares its 26 characters with another id (an instance and its server).</summary>
    public static T Like<T>(string other)
        where T : struct, IId<T> => T.From($"{T.Prefix}_{other[^Characters..]}");

    /// <summary>Reads an id that came from outside; false when it is not one of this kind.</summary>
    public static bool TryParse<T>([NotNullWhen(true)] string? text, out T id)
        where T : struct, IId<T>
    {
        id = default;
        if (text is null || text.Length != T.Prefix.Length + 1 + Characters) return false;
        if (!text.StartsWith(T.Prefix, StringComparison.Ordinal) || text[T.Prefix.Length] != '_') return false;
        if (text.AsSpan(T.Prefix.Length + 1).ContainsAnyExcept(Allowed)) return false;
        id = T.From(text);
        return true;
    }

    // base32hex, since plain base32 does not sort as its bytes do
    private static string Text(Guid guid)
    {
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        Span<char> text = stackalloc char[Characters];
        for (var i = Characters - 1; i >= 0; i--, value >>= 5) text[i] = Alphabet[(int)(uint)(value & 31)];
        return new string(text);
    }
}
