using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

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

/// <summary>
/// Makes and reads ids. They sort by the time of their making, on both engines, as plain text; those of one process and millisecond in
/// the order of their making (RFC 9562 section 6.2, method 1), since work on one thing is done in the order of its ids.
/// </summary>
public static class Id
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";
    private const int Characters = 26;
    private const int CounterBits = 12;
    private const int Moment = 1000;
    private static readonly SearchValues<char> Allowed = SearchValues.Create(Alphabet);
    private static long last;

    /// <summary>A new id of the kind <typeparamref name="T"/>, made at <paramref name="now"/> (UTC, milliseconds).</summary>
    public static T New<T>(DateTimeOffset now)
        where T : struct, IId<T> => T.From($"{T.Prefix}_{Text(Next(now.ToUnixTimeMilliseconds()))}");

    /// <summary>Below every id that is made at <paramref name="at"/> (UTC, milliseconds) or later, above every earlier one: for spans of time.</summary>
    public static T First<T>(DateTimeOffset at)
        where T : struct, IId<T> => T.From($"{T.Prefix}_{Text((UInt128)(ulong)at.ToUnixTimeMilliseconds() << 80)}");

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

    // UUIDv7: 48 bits of milliseconds, version, 12 bits that count within the millisecond, variant, 62 random bits
    private static UInt128 Next(long milliseconds)
    {
        var (before, next) = (Volatile.Read(ref last), 0L);
        while (true)
        {
            // whoever read the clock a moment before another goes on counting; a random start tells nobody how many were made
            next = (before >> CounterBits) - milliseconds is >= 0 and < Moment
                ? before + 1
                : (milliseconds << CounterBits) | (uint)RandomNumberGenerator.GetInt32(1 << (CounterBits - 1));
            var seen = Interlocked.CompareExchange(ref last, next, before);
            if (seen == before) break;
            before = seen;
        }

        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        var upper = ((ulong)(next >> CounterBits) << 16) | 0x7000 | ((ulong)next & ((1 << CounterBits) - 1));
        return new UInt128(upper, (BinaryPrimitives.ReadUInt64BigEndian(random) >> 2) | (1UL << 63));
    }

    // base32hex, since plain base32 does not sort as its bytes do
    private static string Text(UInt128 value) => string.Create(Characters, value, static (text, rest) =>
    {
        for (var i = Characters - 1; i >= 0; i--, rest >>= 5) text[i] = Alphabet[(int)(uint)(rest & 31)];
    });
}
