using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Database.Objects;

/// <summary>The id of a data key.</summary>
public readonly record struct DataKeyId(string Value) : IId<DataKeyId>
{
    /// <inheritdoc/>
    public static string Prefix => "dky";

    /// <inheritdoc/>
    public static DataKeyId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

internal sealed record DataKeyRow
{
    public DataKeyId Id { get; init; }
    public string AccountId { get; init; } = "";
    public int Version { get; init; }
    public string MasterKeyId { get; init; } = "";
    public byte[] Wrapped { get; init; } = [];
}

/// <summary>
/// One key an account, made when its first object comes, kept wrapped (AES-256-GCM) by a master key. Whoever holds the database
/// and the objects but no master key can read nothing.
/// </summary>
internal sealed class DataKeys(Db db, MasterKeys masters, TimeProvider clock)
{
    internal const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly ConcurrentDictionary<DataKeyId, byte[]> open = new();

    /// <summary>The account's newest key, made when there is none.</summary>
    internal async Task<(DataKeyId Id, byte[] Key)> Newest(string accountId)
    {
        var row = await db.One<DataKeyRow>(Sql.Newest, new { AccountId = accountId }) ?? await Make(accountId);
        return (row.Id, Unwrap(row));
    }

    /// <summary>The account's key of that id; null when the account has no such key.</summary>
    internal async Task<byte[]?> Find(string accountId, DataKeyId id) =>
        await db.One<DataKeyRow>(Sql.ById, new { AccountId = accountId, Id = id }) is { } row ? Unwrap(row) : null;

    /// <summary>Wraps again, under the newest master key, what older ones still wrap; the number of keys done.</summary>
    internal async Task<int> Rewrap(CancellationToken cancelled)
    {
        var done = 0;
        while (!cancelled.IsCancellationRequested)
        {
            var old = await db.Query<DataKeyRow>(Sql.WrappedByOthers, new { MasterKeyId = masters.Newest.Id, First = 1, Last = 200 });
            if (old.Count == 0) break;
            foreach (var row in old)
            {
                var wrapped = Wrap(row.Id, row.AccountId, Unwrap(row));
                done += await db.Write(tx => tx.Execute(
                    Sql.Rewrap,
                    new { row.AccountId, row.Id, MasterKeyId = masters.Newest.Id, Wrapped = wrapped, OldMasterKeyId = row.MasterKeyId }));
            }
        }

        return done;
    }

    private async Task<DataKeyRow> Make(string accountId)
    {
        var now = clock.GetUtcNow();
        var id = Id.New<DataKeyId>(now);
        var wrapped = Wrap(id, accountId, RandomNumberGenerator.GetBytes(KeyBytes));
        await db.Write(tx => tx.Execute(
            Sql.Add, new { Id = id, AccountId = accountId, Version = 1, MasterKeyId = masters.Newest.Id, Wrapped = wrapped, Now = now }));
        return await db.One<DataKeyRow>(Sql.Newest, new { AccountId = accountId })
            ?? throw new InvalidOperationException($"The data key of {accountId} was written and is not there.");
    }

    private byte[] Wrap(DataKeyId id, string accountId, byte[] key)
    {
        var wrapped = new byte[NonceBytes + KeyBytes + TagBytes];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(masters.Newest.Bytes, TagBytes);
        cipher.Encrypt(
            wrapped.AsSpan(0, NonceBytes), key, wrapped.AsSpan(NonceBytes, KeyBytes), wrapped.AsSpan(NonceBytes + KeyBytes), Bound(id, accountId));
        return wrapped;
    }

    private byte[] Unwrap(DataKeyRow row) => open.GetOrAdd(row.Id, _ =>
    {
        var wrapped = row.Wrapped.AsSpan();
        if (wrapped.Length != NonceBytes + KeyBytes + TagBytes) throw new CryptographicException($"The data key {row.Id} is damaged.");
        var key = new byte[KeyBytes];
        using var cipher = new AesGcm(masters[row.MasterKeyId].Bytes, TagBytes);
        cipher.Decrypt(wrapped[..NonceBytes], wrapped[NonceBytes..^TagBytes], wrapped[^TagBytes..], key, Bound(row.Id, row.AccountId));
        return key;
    });

    // a wrapped key copied into another account's row does not open
    private static byte[] Bound(DataKeyId id, string accountId) => Encoding.UTF8.GetBytes($"portal data key\0{id}\0{accountId}");

    internal static class Sql
    {
        public const string Columns = "Id, AccountId, Version, MasterKeyId, Wrapped";

        public const string Newest = $"""
            select {Columns}
            from DataKey
            where AccountId = @AccountId
            order by Version desc
            """;

        public const string ById = $"""
            select {Columns}
            from DataKey
            where AccountId = @AccountId
                and Id = @Id
            """;

        public const string WrappedByOthers = $"""
            -- all accounts: a new master key takes over every data key
            select {Columns}
            from (
                select {Columns}, row_number() over (order by Id) as Position
                from DataKey
                where MasterKeyId <> @MasterKeyId
            ) old
            where Position between @First and @Last
            """;

        public const string Add = """
            insert into DataKey (Id, AccountId, Version, MasterKeyId, Wrapped, CreatedAt)
            select @Id, @AccountId, @Version, @MasterKeyId, @Wrapped, @Now
            where not exists (select 1 from DataKey where AccountId = @AccountId)
            """;

        public const string Rewrap = """
            update DataKey
            set MasterKeyId = @MasterKeyId, Wrapped = @Wrapped
            where AccountId = @AccountId
                and Id = @Id
                and MasterKeyId = @OldMasterKeyId
            """;
    }
}
