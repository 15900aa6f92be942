namespace Database.Objects;

/// <summary>The object store with each account's objects encrypted by that account's own key.</summary>
public sealed class EncryptedObjects
{
    private readonly ObjectStore store;
    private readonly DataKeys keys;

    internal EncryptedObjects(ObjectStore store, DataKeys keys) => (this.store, this.keys) = (store, keys);

    /// <summary>Encrypts the stream on its way into the store; size and SHA-256 are those of the plain bytes.</summary>
    public async Task<StoredObject> Put(string accountId, string key, Stream content, CancellationToken cancelled = default)
    {
        var (id, dataKey) = await keys.Newest(accountId);
        var header = Envelope.NewHeader(id);
        await using var sealing = new SealingStream(content, Envelope.Cipher(dataKey, accountId, key, header), header);
        await store.Put(key, sealing, cancelled);
        return sealing.Plain();
    }

    /// <summary>The plain bytes; the caller disposes the stream. Read to its end, it is the whole object as it was put.</summary>
    /// <exception cref="ObjectMissingException">There is no such object.</exception>
    /// <exception cref="ObjectDamagedException">Here or while reading: it is not the object that this account has put.</exception>
    public async Task<Stream> Open(string accountId, string key, CancellationToken cancelled = default)
    {
        var stored = await store.Open(key, cancelled);
        try
        {
            var header = new byte[Envelope.HeaderBytes];
            var read = await stored.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancelled);
            var id = Envelope.KeyOf(header.AsSpan(0, read)) ?? throw new ObjectDamagedException(key, "it has no header");
            var dataKey = await keys.Find(accountId, id) ?? throw new ObjectDamagedException(key, "its key is none of this account");
            return new OpeningStream(stored, Envelope.Cipher(dataKey, accountId, key, header), key);
        }
        catch
        {
            await stored.DisposeAsync();
            throw;
        }
    }

    /// <summary>Removes the object; harmless when there is none.</summary>
    public Task Delete(string key, CancellationToken cancelled = default) => store.Delete(key, cancelled);
}
