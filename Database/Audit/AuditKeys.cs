using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Database.Objects;

namespace Database.Audit;

/// <summary>
/// One key for each person whom events are about, wrapped by a master key. Without the key the particulars of an event are gone for
/// good while its hash, and so the chain, stays as it is.
/// </summary>
public sealed class AuditKeys
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int MostOpen = 20_000;
    private static readonly Lazy<AuditKeys> OfThisProcess = new(() => new AuditKeys(() => new MasterKeys([new("unset", RandomNumberGenerator.GetBytes(KeyBytes))])));
    private readonly Lazy<MasterKeys> masters;
    private readonly ConcurrentDictionary<string, byte[]> open = new(StringComparer.Ordinal);

    // opened at the first event: a start that misses its master key tells of whatever else is missing too
    internal AuditKeys(Func<MasterKeys> masters) => this.masters = new(masters);

    /// <summary>For a database that was opened without configuration: events can be written, their particulars read by this process alone.</summary>
    internal static AuditKeys Unset => OfThisProcess.Value;

    // events of nobody known, such as failed sign-ins, share a key a day, so that a day can be forgotten as a whole
    internal static string SubjectOf(AuditEvent done, DateTimeOffset now) =>
        done.About ?? done.PersonId ?? done.AccountId ?? FormattableString.Invariant($"day_{Ist.Date(now):yyyy-MM-dd}");

    /// <summary>The subject's key, made when there is none; null once it was erased: then nothing more is kept about them.</summary>
    internal async Task<byte[]?> ForWriting(Tx tx, string subject, DateTimeOffset now)
    {
        if (open.TryGetValue(subject, out var known) || tx.NewKeys.TryGetValue(subject, out known)) return known;
        if (await tx.One<AuditKeyRow>(Sql.Find, new { Subject = subject }) is { } row)
        {
            if (row.ErasedAt is not null) return null;
            if (open.Count >= MostOpen) open.Clear();
            return open[subject] = Unwrap(row);
        }

        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        await tx.Execute(Sql.Add, new { Subject = subject, MasterKeyId = masters.Value.Newest.Id, Wrapped = Wrap(subject, key), Now = now });
        // not yet for others: the transaction may still be rolled back, and its key with it
        return tx.NewKeys[subject] = key;
    }

    /// <summary>Forgets the particulars of all events about the subject (a person's or an account's id), in every process, for good.</summary>
    public async Task Erase(Tx tx, string subject, DateTimeOffset now)
    {
        await tx.Execute(Sql.AddErased, new { Subject = subject, MasterKeyId = masters.Value.Newest.Id, Wrapped = Array.Empty<byte>(), Now = now });
        await tx.Execute(Sql.Erase, new { Subject = subject, Wrapped = Array.Empty<byte>(), Now = now });
        open.TryRemove(subject, out _);
    }

    /// <summary>The particulars of an event; null when there are none, or no longer.</summary>
    public AuditParticulars? Read(StoredAuditEvent stored)
    {
        if (stored is not { Personal: { } personal, Wrapped: { Length: > 0 } wrapped, MasterKeyId: { } master }) return null;
        var row = new AuditKeyRow { Subject = stored.KeySubject, MasterKeyId = master, Wrapped = wrapped };
        var id = stored.Id.Value;
        var plain = new byte[personal.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(Unwrap(row), TagBytes);
        cipher.Decrypt(personal.AsSpan(0, NonceBytes), personal.AsSpan(NonceBytes, plain.Length), personal.AsSpan(^TagBytes..), plain, Encoding.ASCII.GetBytes(id));
        return JsonSerializer.Deserialize<AuditParticulars>(plain, RecordEvent.Json);
    }

    internal static byte[] Seal(byte[] key, AuditEventId id, byte[] plain)
    {
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(
            sealedBytes.AsSpan(0, NonceBytes), plain, sealedBytes.AsSpan(NonceBytes, plain.Length), sealedBytes.AsSpan(^TagBytes..),
            Encoding.ASCII.GetBytes(id.Value));
        return sealedBytes;
    }

    /// <summary>Wraps again, under the newest master key, what older ones still wrap.</summary>
    internal async Task<int> Rewrap(Db db, CancellationToken cancelled)
    {
        var done = 0;
        while (!cancelled.IsCancellationRequested)
        {
            var old = await db.Query<AuditKeyRow>(Sql.WrappedByOthers, new { MasterKeyId = masters.Value.Newest.Id, First = 1, Last = 200 });
            if (old.Count == 0) break;
            foreach (var row in old)
            {
                var args = new { row.Subject, MasterKeyId = masters.Value.Newest.Id, Wrapped = Wrap(row.Subject, Unwrap(row)), OldMasterKeyId = row.MasterKeyId };
                done += await db.Write(tx => tx.Execute(Sql.Rewrap, args));
            }
        }

        return done;
    }

    private byte[] Wrap(string subject, byte[] key) => Sealed(masters.Value.Newest.Bytes, key, Bound(subject));

    private byte[] Unwrap(AuditKeyRow row)
    {
        if (row.Wrapped.Length != NonceBytes + KeyBytes + TagBytes) throw new CryptographicException($"The audit key of {row.Subject} is damaged.");
        var key = new byte[KeyBytes];
        using var cipher = new AesGcm(masters.Value[row.MasterKeyId].Bytes, TagBytes);
        var wrapped = row.Wrapped.AsSpan();
        cipher.Decrypt(wrapped[..NonceBytes], wrapped[NonceBytes..^TagBytes], wrapped[^TagBytes..], key, Bound(row.Subject));
        return key;
    }

    private static byte[] Sealed(byte[] master, byte[] key, byte[] bound)
    {
        var wrapped = new byte[NonceBytes + KeyBytes + TagBytes];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(master, TagBytes);
        cipher.Encrypt(wrapped.AsSpan(0, NonceBytes), key, wrapped.AsSpan(NonceBytes, KeyBytes), wrapped.AsSpan(^TagBytes..), bound);
        return wrapped;
    }

    private static byte[] Bound(string subject) => Encoding.UTF8.GetBytes($"portal audit key\0{subject}");

    internal static class Sql
    {
        public const string Find = "select Subject, MasterKeyId, Wrapped, ErasedAt from AuditKey where Subject = @Subject";

        public const string Add = """
            insert into AuditKey (Subject, MasterKeyId, Wrapped, CreatedAt)
            values (@Subject, @MasterKeyId, @Wrapped, @Now)
            """;

        public const string AddErased = """
            insert into AuditKey (Subject, MasterKeyId, Wrapped, CreatedAt, ErasedAt)
            select @Subject, @MasterKeyId, @Wrapped, @Now, @Now
            where not exists (select 1 from AuditKey where Subject = @Subject)
            """;

        public const string Erase = """
            update AuditKey
            set Wrapped = @Wrapped, ErasedAt = @Now
            where Subject = @Subject
                and ErasedAt is null
            """;

        public const string WrappedByOthers = """
            select Subject, MasterKeyId, Wrapped
            from (
                select Subject, MasterKeyId, Wrapped, row_number() over (order by Subject) as Position
                from AuditKey
                where MasterKeyId <> @MasterKeyId
                    and ErasedAt is null
            ) old
            where Position between @First and @Last
            """;

        public const string Rewrap = """
            update AuditKey
            set MasterKeyId = @MasterKeyId, Wrapped = @Wrapped
            where Subject = @Subject
                and MasterKeyId = @OldMasterKeyId
                and ErasedAt is null
            """;
    }
}

internal sealed record AuditKeyRow
{
    public string Subject { get; init; } = "";

    public string MasterKeyId { get; init; } = "";

    public byte[] Wrapped { get; init; } = [];

    public DateTimeOffset? ErasedAt { get; init; }
}

/// <summary>An event as it is stored, with the key of its particulars: what a reader selects.</summary>
public record StoredAuditEvent
{
    /// <summary>The columns, of <c>AuditEvent e left join AuditKey k on k.Subject = e.KeySubject</c>.</summary>
    public const string Columns =
        "e.Id, e.AccountId, e.PersonId, e.OnBehalfOf, e.ClientId, e.Action, e.Resource, e.KeySubject, e.Personal, k.MasterKeyId, k.Wrapped, e.HappenedAt";

    /// <summary>The event.</summary>
    public AuditEventId Id { get; init; }

    /// <summary>The account it concerns.</summary>
    public string? AccountId { get; init; }

    /// <summary>Who did it.</summary>
    public string? PersonId { get; init; }

    /// <summary>The staff access or approval in whose name it was done.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>The program.</summary>
    public string? ClientId { get; init; }

    /// <summary>What was done.</summary>
    public string Action { get; init; } = "";

    /// <summary>To what.</summary>
    public string? Resource { get; init; }

    /// <summary>Whose key the particulars are encrypted with.</summary>
    public string KeySubject { get; init; } = "";

    /// <summary>The particulars, encrypted.</summary>
    public byte[]? Personal { get; init; }

    /// <summary>The master key that wraps the person's.</summary>
    public string? MasterKeyId { get; init; }

    /// <summary>The person's key; empty once erased.</summary>
    public byte[]? Wrapped { get; init; }

    /// <summary>When (UTC).</summary>
    public DateTimeOffset HappenedAt { get; init; }
}
